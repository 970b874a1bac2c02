#!/usr/bin/env bash
# The functional suite on apache/kafka in a container, with the service in its image, and on a broker that takes nothing but
# SASL_SSL. Fails without Docker, and when a test was skipped or one of the three did not run. Needs the image of
# deploy/Dockerfile under the name of docker-compose.yml.
. "$(dirname "$0")/common.sh"
cd "$root"

# Tests take away what they start; what is left after a crash goes with the engine.
export TESTCONTAINERS_RYUK_DISABLED=${TESTCONTAINERS_RYUK_DISABLED:-true}
# Testcontainers looks for the engine's machine by other ways first, and those can take minutes to fail.
export TESTCONTAINERS_HOST_OVERRIDE=${TESTCONTAINERS_HOST_OVERRIDE:-localhost}
reports=target/failsafe-reports

# count SUFFIX ATTRIBUTE: the sum over the reports of one way to run.
count() {
    cat "$reports"/TEST-*-"$1".xml 2>/dev/null | sed -n "s/.*<testsuite .* $2=\"\([0-9]*\)\".*/\1/p" |
        awk '{ sum += $1 } END { print sum + 0 }'
}

suite() {
    rm -rf "$reports"
    ./mvnw -B -ntp -Pcontainers verify "$@"
    local way tests skipped
    for way in kafka-container service-image sasl-ssl; do
        tests=$(count "$way" tests)
        skipped=$(count "$way" skipped)
        if [ "$tests" -eq 0 ] || [ "$skipped" -ne 0 ]; then
            echo "$way: $tests tests, $skipped skipped"
            return 1
        fi
        result "$way $tests tests"
    done
}

part "functional suite in containers" suite "$@"
