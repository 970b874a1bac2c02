#!/usr/bin/env bash
# A Docker engine to work with: the one that answers, or else Debian's, installed and started with a socket and a data
# folder of its own. `engine.sh stop` stops the one that was started here.
. "$(dirname "$0")/common.sh"

home=$scratch/engine
pid=$home/docker.pid

stop() {
    if [ -f "$pid" ]; then
        local process
        process=$(cat "$pid")
        kill "$process" 2>/dev/null || true
        for _ in $(seq 1 60); do
            kill -0 "$process" 2>/dev/null || break
            sleep 0.5
        done
    fi
    rm -f "$home/docker.sock"
}

ensure() {
    if docker info >/dev/null 2>&1; then
        result "engine $(docker version --format '{{.Server.Version}}') was there"
        return
    fi
    if ! { [ -x /usr/sbin/dockerd ] && [ -x /usr/bin/docker ] && command -v docker-compose >/dev/null; }; then
        apt-get update -q
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends docker.io docker-compose iptables
    fi
    mkdir -p "$home"
    rm -f "$pid" "$home/docker.sock"
    setsid /usr/sbin/dockerd --data-root "$home/data" --exec-root "$home/exec" --pidfile "$pid" \
        -H "unix://$home/docker.sock" </dev/null >"$scratch/logs/dockerd.log" 2>&1 &
    export DOCKER_HOST=unix://$home/docker.sock
    for _ in $(seq 1 60); do
        if /usr/bin/docker info >/dev/null 2>&1; then
            result "engine $(/usr/bin/docker version --format '{{.Server.Version}}') on $DOCKER_HOST"
            return
        fi
        sleep 0.5
    done
    echo "the engine does not answer; its log ends with"
    tail -n 30 "$scratch/logs/dockerd.log"
    return 1
}

case ${1:-start} in
    start) part "docker engine" ensure ;;
    stop) stop ;;
    *)
        echo "usage: $0 [start | stop]" >&2
        exit 2
        ;;
esac
