#!/usr/bin/env bash
# Every image that the Dockerfile, docker-compose.yml and the tests start from: pulled, or made here under its public name
# where nothing can be pulled. Grafana has no stand-in.
. "$(dirname "$0")/common.sh"

stand_ins=$(dirname "$0")/stand-ins
stand_ins=$(cd "$stand_ins" && pwd)
debian=afterimage-ci/debian:trixie
java=afterimage-ci/java:25

have() {
    docker image inspect "$1" >/dev/null 2>&1
}

pull() {
    have "$1" || timeout "${CONTAINERS_PULL_SECONDS:-20}" /usr/bin/env docker pull -q "$1"
}

debian() {
    have "$debian" && return
    if ! command -v debootstrap >/dev/null; then
        apt-get update -q
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends debootstrap
    fi
    local folder=$scratch/debian
    if [ ! -e "$folder/.complete" ]; then
        rm -rf "$folder"
        debootstrap --variant=minbase --include=ca-certificates trixie "$folder" http://deb.debian.org/debian
        touch "$folder/.complete"
    fi
    tar -C "$folder" -c . | docker import - "$debian"
    rm -rf "$folder"
}

java() {
    have "$java" && return
    debian
    local context=$scratch/java
    rm -rf "$context"
    mkdir -p "$context/certificates"
    cp "$stand_ins/base/Dockerfile" "$context/"
    find /usr/local/share/ca-certificates -name '*.crt' -exec cp {} "$context/certificates/" \; 2>/dev/null || true
    touch "$context/certificates/.keep"
    docker build -q --build-arg "DEBIAN=$debian" -t "$java" "$context"
}

kafka() {
    java
    local context=$scratch/kafka version=${1##*:}
    rm -rf "$context"
    cp -r "$stand_ins/kafka" "$context"
    "$root/mvnw" -q -B -ntp -f "$context/pom.xml" "-Dkafka.version=$version" \
        dependency:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=$context/libs"
    docker build -q --build-arg "JRE=$java" -t "$1" "$context"
}

prometheus() {
    debian
    docker build -q --build-arg "DEBIAN=$debian" -t "$1" "$stand_ins/prometheus"
}

# image NAME MAKER: pulled, or tagged as what MAKER made.
image() {
    if have "$1"; then
        result "$1 was there"
    elif pull "$1"; then
        result "$1 pulled"
    else
        "$2" "$1"
        have "$1" || docker tag "$java" "$1"
        result "$1 cannot be pulled: a stand-in"
    fi
}

build=$(pinned BUILD_IMAGE)
runtime=$(pinned RUNTIME_IMAGE)
part "image $build" image "$build" java
part "image $runtime" image "$runtime" java
part "image $(pinned KAFKA_IMAGE)" image "$(pinned KAFKA_IMAGE)" kafka
part "image $(pinned PROMETHEUS_IMAGE)" image "$(pinned PROMETHEUS_IMAGE)" prometheus
