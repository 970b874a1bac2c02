#!/usr/bin/env bash
# Outages and upgrades under load, each with one line of figures. See --help.
set -euo pipefail
cd "$(dirname "$0")/../.."

declare -A drills=(
    [rolling-update]=RollingUpdateDrillIT
    [scale-out]=ScaleOutDrillIT
    [broker-restarted]=BrokerRestartDrillIT
    [broker-killed]=BrokerKilledDrillIT
    [network-cut]=NetworkCutDrillIT
    [disk-full]=StateDiskFullDrillIT
    [models-away]=ModelsAwayDrillIT
    [clock-stepped]=ClockSteppedDrillIT
)

usage() {
    cat <<'HELP'
Usage: deploy/drills/run.sh [NAME...]

Lets 300 images/s come to a scoring service and brings about what an operator has to expect. Everything runs on this
machine in processes of its own: brokers, instances, feed. Every drill ends with one line of measured figures; it fails
when an image was lost or answered twice, when the answers do not become prompt again, or when an instance is not well
in the end. Without a name all drills run, for some eight minutes on two cores.

  rolling-update    three instances, each ended with SIGTERM and started again; no image may wait for 10 s
  scale-out         from one instance to three and back to one; no image may wait for 10 s
  broker-restarted  the only broker is stopped and comes back after some seconds
  broker-killed     one of three brokers ends with kill -9 and is started again later
  network-cut       nothing comes through to the broker for 30 s, by a TCP proxy that holds everything back
  disk-full         the disk of an instance's state stores is full while it takes over partitions
  models-away       the broker that has the only copy of the models topic is away
  clock-stepped     the clock of the instances jumps an hour ahead and back

Needs Linux and Java 17 or newer. disk-full mounts a small tmpfs, so it must run as root (`unshare -rm deploy/drills/run.sh
disk-full` will do); clock-stepped needs libfaketime (`apt-get install faketime`). A drill that lacks these fails. The
whole output goes to target/drills.log.
HELP
}

classes=()
for name in "$@"; do
    case $name in
        -h | --help)
            usage
            exit 0
            ;;
    esac
    if [ -z "${drills[$name]:-}" ]; then
        echo "run.sh: no drill is called '$name', see --help" >&2
        exit 2
    fi
    classes+=("${drills[$name]}")
done
if [ ${#classes[@]} -eq 0 ]; then
    classes=("${drills[@]}")
fi

mkdir -p target
log=target/drills.log
tests=$(
    IFS=,
    echo "${classes[*]}"
)
if ! ./mvnw -q -B -ntp verify -Pdrills -Dit.test="$tests" 2>&1 | tee "$log" | sed -u -n 's/^drill: //p'; then
    grep -E '^\[ERROR\] +[A-Za-z]+DrillIT|COMPILATION ERROR' "$log" >&2 || tail -n 20 "$log" >&2
    echo "run.sh: failed, see $log" >&2
    exit 1
fi
