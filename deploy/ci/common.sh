# Sourced by the scripts beside it: where things are, one line per part with its time, and the engine to talk to.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# Everything the scripts leave behind: the engine's data, logs. Removing it loses nothing but time.
# (A name that begins with AFTERIMAGE_ would be a setting of the service, and an unknown one.)
scratch=${CONTAINERS_DIR:-${TMPDIR:-/tmp}/afterimage-ci}
mkdir -p "$scratch/logs"

# An engine of our own, if engine.sh had to start one. A distribution's client comes with what its engine can do.
if [ -S "$scratch/engine/docker.sock" ]; then
    export DOCKER_HOST=unix://$scratch/engine/docker.sock
    docker() { /usr/bin/docker "$@"; }
fi
export DOCKER_BUILDKIT=1 COMPOSE_DOCKER_CLI_BUILD=1

# part NAME COMMAND...: runs it with its output in a log, prints one line, and on failure the end of the log.
part() {
    local name=$1 log begin seconds
    shift
    log=$scratch/logs/${name//[^a-zA-Z0-9]/-}.log
    begin=$(date +%s)
    # In a subshell with errexit on: within `if` it would not count.
    set +e
    (
        set -e
        "$@"
    ) >"$log" 2>&1
    local code=$?
    set -e
    seconds=$(($(date +%s) - begin))
    if [ "$code" -ne 0 ]; then
        printf '%-42s FAILED after %4d s, %s ends with\n' "$name" "$seconds" "$log"
        tail -n 60 "$log"
        return "$code"
    fi
    printf '%-42s %4d s  %s\n' "$name" "$seconds" "$(sed -n 's/^result: //p' "$log" | paste -sd ';')"
}

# result TEXT: what the line of a part says beside its time.
result() {
    echo "result: $*"
}

# pinned NAME: the default of an ARG of the Dockerfile, or of a ${NAME:-...} of docker-compose.yml.
pinned() {
    sed -n "s/^ARG $1=//p; s/.*\${$1:-\([^}]*\)}.*/\1/p" "$root/deploy/Dockerfile" "$root/docker-compose.yml" | head -n 1
}

compose() {
    if docker compose version >/dev/null 2>&1; then
        docker compose "$@"
    else
        docker-compose "$@"
    fi
}
