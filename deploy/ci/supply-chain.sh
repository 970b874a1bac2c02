#!/usr/bin/env bash
# What is shipped and whether it can be built again: licences and known vulnerabilities of what the bill of materials names that
# `./mvnw verify` has written, and the application's jar built twice, in two places, with the same bytes.
. "$(dirname "$0")/common.sh"
cd "$root"

jar=target/afterimage/lib/afterimage.jar

built_in() {
    rm -rf "$1"
    git clone -q . "$1"
    (cd "$1" && ./mvnw -q -B -ntp -Dmaven.test.skip package && sha256sum <"$jar" | cut -d ' ' -f 1)
    rm -rf "$1"
}

reproducible() {
    local once again
    once=$(built_in "$scratch/once" | tail -n 1)
    again=$(built_in "$scratch/elsewhere/again" | tail -n 1)
    if [ -z "$once" ] || [ "$once" != "$again" ]; then
        echo "one build gave $once, another $again"
        return 1
    fi
    result "sha256 ${once:0:16}"
}

mkdir -p "$scratch/elsewhere"
part "licences" node deploy/ci/licences.mjs
part "known vulnerabilities" node deploy/ci/advisories.mjs
part "jar built twice" reproducible
