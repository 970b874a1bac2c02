#!/usr/bin/env bash
# Builds the image, brings docker-compose.yml up without Grafana, sends an image from outside, reads its score, sees that
# Prometheus scrapes, and takes everything down again. Needs what engine.sh and images.sh provide.
. "$(dirname "$0")/common.sh"
cd "$root"

AFTERIMAGE_IMAGE=$(pinned AFTERIMAGE_IMAGE)
export COMPOSE_PROJECT_NAME=afterimage-ci AFTERIMAGE_IMAGE
services=(kafka topics afterimage retrainer feed faults prometheus)
broker=localhost:9092

build() {
    docker build -q -f deploy/Dockerfile -t "$AFTERIMAGE_IMAGE" .
    local ours=0 whole size
    whole=$(docker image inspect -f '{{.Size}}' "$AFTERIMAGE_IMAGE")
    for size in $(docker history --no-trunc --human=false --format '{{.Size}} {{.CreatedBy}}' "$AFTERIMAGE_IMAGE" |
        grep -E 'COPY /layers|ArchiveClasses' | cut -d ' ' -f 1); do
        ours=$((ours + size))
    done
    result "image $((whole / 1000000)) MB, $((ours / 1000000)) MB of it on top of the base"
    result "$(docker history --no-trunc --human=false --format '{{.Size}} {{.CreatedBy}}' "$AFTERIMAGE_IMAGE" |
        sed -n 's/^\([0-9]*\).*COPY \/layers\/\([a-z]*\).*/\2 \1/p; s/^\([0-9]*\).*ArchiveClasses.*/class archive \1/p' |
        awk '{ $NF = sprintf("%.0f MB", $NF / 1e6); print }' | paste -sd ',')"
}

# The image holds what it promises: no root, nowhere to write, a check that fails when nobody answers.
promises() {
    [ "$(docker run --rm --read-only --entrypoint id "$AFTERIMAGE_IMAGE" -u)" = 10001 ]
    docker run --rm --read-only --tmpfs /tmp:exec "$AFTERIMAGE_IMAGE" score --images builtin:digits-test --limit 3 |
        grep -c '"verdict"' | grep -qx 3
    if docker run --rm --read-only --entrypoint healthcheck "$AFTERIMAGE_IMAGE"; then
        echo "the health check is content although nobody answers"
        return 1
    fi
    # As any other user, and with an archive of classes that is used.
    docker run --rm --read-only --tmpfs /tmp:exec -u 54321 -e JAVA_OPTS=-Xshare:on "$AFTERIMAGE_IMAGE" --version
}

health() {
    local id
    for id in $(compose ps -q "$1"); do
        docker inspect -f '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{end}}' "$id"
    done
}

# await SECONDS WHAT COMMAND...: until the command succeeds.
await() {
    local end=$(($(date +%s) + $1)) what=$2
    shift 2
    until "$@"; do
        if [ "$(date +%s)" -ge "$end" ]; then
            echo "waited in vain for $what"
            return 1
        fi
        sleep 2
    done
}

is_healthy() {
    [ "$(health "$1" | sort -u)" = "running healthy" ]
}

up() {
    compose up -d --no-build "${services[@]}"
    local service
    for service in kafka afterimage retrainer prometheus feed faults; do
        await 300 "$service to be healthy" is_healthy "$service"
    done
    result "all healthy"
    compose run --rm --no-deps where | grep '^Metrics'
}

# From a start of the container to the first 200 of /readyz, without a restart of anything else.
startup() {
    local id begin port ready
    id=$(compose ps -q afterimage)
    docker stop "$id" >/dev/null
    begin=$(date +%s%N)
    docker start "$id" >/dev/null
    port=$(docker port "$id" 8080/tcp | head -n 1)
    until curl -fs -o /dev/null "http://$port/readyz"; do
        sleep 0.1
        [ $((($(date +%s%N) - begin) / 1000000000)) -lt 120 ]
    done
    ready=$((($(date +%s%N) - begin) / 1000000))
    result "ready ${ready} ms after docker start"
}

# Not with kcat's -e: a feed that goes on moves the end that it waits for.
scored() {
    timeout 20 kcat -C -b "$broker" -t afterimage.scores -X isolation.level=read_committed -o beginning -q -u -f '%k %s\n' \
        2>/dev/null | grep -m 1 "^outside " >"$scratch/score" || true
    grep -q '"verdict"' "$scratch/score"
}

image_in_score_out() {
    local png=$scratch/digit.png
    # A grey stripe, 28 by 28 pixels.
    base64 -d >"$png" <<'PNG'
iVBORw0KGgoAAAANSUhEUgAAABwAAAAcCAAAAABXZoBIAAAAMElEQVR42mNgGAVAwCkkraJrZu8RGJWcU1rXPmHmotVb9h47f+Phq8+jkoQlRwYAANrgki/9bX60AAAAAElFTkSuQmCC
PNG
    kcat -P -b "$broker" -t afterimage.images -k outside -H content-type=image/png "$png"
    await 60 "a score of the image sent from outside" scored
    result "$(sed 's/.*"score":\([-0-9.]*\).*"pValue":\([-0-9.E]*\).*"verdict":"\([a-z]*\)".*/score \1, p \2, \3/' "$scratch/score")"
}

targets_up() {
    local answer
    answer=$(curl -fs --data-urlencode 'query=sum by (job) (up)' http://localhost:9090/api/v1/query) || return 1
    for job in afterimage retrainer; do
        grep -q "\"job\":\"$job\"},\"value\":\[[0-9.]*,\"1\"" <<<"$answer" || return 1
    done
}

counted() {
    curl -fs --data-urlencode 'query=sum(afterimage_images_scored_total) > 0' http://localhost:9090/api/v1/query |
        grep -q '"value"'
}

scraped() {
    await 90 "Prometheus to have both targets up" targets_up
    await 60 "Prometheus to have counted images" counted
    result "$(curl -fs http://localhost:9090/api/v1/targets | grep -o '"health":"up"' | wc -l) targets up"
}

# Two more instances, on the same volume and without a clash of ports.
scaled() {
    compose up -d --no-build --scale afterimage=3 afterimage
    [ "$(compose ps -q afterimage | wc -l)" = 3 ]
    await 240 "three instances to be healthy" is_healthy afterimage
    result "3 instances healthy"
}

down() {
    compose down --volumes --remove-orphans
    [ -z "$(docker ps -aq --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME")" ]
    [ -z "$(docker volume ls -q --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME")" ]
}

on_failure() {
    local code=$?
    if [ "$code" -ne 0 ]; then
        compose ps || true
        compose logs --no-color --tail 60 || true
        compose down --volumes --remove-orphans >/dev/null 2>&1 || true
    fi
    exit "$code"
}
trap on_failure EXIT

if ! command -v kcat >/dev/null || ! command -v curl >/dev/null; then
    part "kcat" apt-get install -y -q --no-install-recommends kcat curl
fi
part "image" build
part "image keeps its promises" promises
part "compose up" up
part "image in, score out, by kcat" image_in_score_out
part "Prometheus" scraped
part "start-up" startup
part "scale to three" scaled
part "compose down" down
