#!/usr/bin/env bash
# How much memory the two services take in their image: where the limits of docker-compose.yml and of the chart's values come
# from. Not a part of continuous integration; needs an engine, and the images that images.sh and compose.sh leave there.
#
#   memory.sh retrainer WINDOW LIMIT    until a candidate that has learned from WINDOW images is judged
#   memory.sh scoring IMAGES LIMIT      while a backlog of IMAGES is scored as fast as it goes
#
# The images are digits of 28 by 28 pixels, or those of the file named by $IMAGES (a zip, for instance). LIMIT is the
# container's, such as 2g; the Java heap may take a half of it. Prints the most that the kernel has seen: resident memory of
# the Java process, and anonymous memory of the container (which is what a limit kills for).
. "$(dirname "$0")/common.sh"

what=$1 images=$2 limit=$3
set=builtin:digits
files=()
if [ -n "${IMAGES:-}" ]; then
    set=/data/${IMAGES##*/}
    files=(-v "$(realpath "$IMAGES"):$set:ro")
fi
name=afterimage-memory-$what-$images-$limit
kafka=$(pinned KAFKA_IMAGE)
peak=0

remove() {
    docker rm -fv "$name" "$name-kafka" >/dev/null 2>&1 || true
    docker network rm "$name" >/dev/null 2>&1 || true
}
trap remove EXIT
remove

# A command in the image, started with $options.
afterimage() {
    docker run --network "$name" -e KAFKA_BOOTSTRAP_SERVERS="$name-kafka:19092" --read-only --tmpfs /tmp:exec \
        "${options[@]}" "$(pinned AFTERIMAGE_IMAGE)" "$@"
}

# In MiB.
resident() {
    local pid
    pid=$(docker inspect -f '{{.State.Pid}}' "$name")
    awk '/^VmHWM/ { printf "%d", $2 / 1024 }' "/proc/$pid/status"
}

anonymous() {
    local id
    id=$(docker inspect -f '{{.Id}}' "$name")
    if [ -d /sys/fs/cgroup/memory/docker ]; then
        awk '/^total_rss /{ printf "%d", $2 / 1048576 }' "/sys/fs/cgroup/memory/docker/$id/memory.stat"
    else
        awk '/^anon /{ printf "%d", $2 / 1048576 }' "/sys/fs/cgroup/system.slice/docker-$id.scope/memory.stat"
    fi
}

# metric PORT NAME: the sum over its series, whole; 0 while nobody answers.
metric() {
    curl -fs "http://$(docker port "$name" "$1/tcp")/metrics" |
        awk -v name="$2" 'index($1, name) == 1 && $1 !~ /^#/ { sum += $NF } END { printf "%d", sum }'
}

sample() {
    local now
    sleep 0.5
    if [ "$(docker inspect -f '{{.State.Running}}' "$name")" != true ]; then
        docker logs --tail 20 "$name"
        docker inspect -f 'ended with {{.State.ExitCode}}, out of memory: {{.State.OOMKilled}}' "$name"
        exit 1
    fi
    now=$(anonymous)
    [ "$now" -le "$peak" ] || peak=$now
}

docker network create "$name" >/dev/null
docker run -d --name "$name-kafka" --network "$name" \
    -e KAFKA_NODE_ID=1 -e KAFKA_PROCESS_ROLES=broker,controller -e KAFKA_CONTROLLER_QUORUM_VOTERS=1@localhost:9093 \
    -e KAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER -e KAFKA_LISTENERS=N://:19092,CONTROLLER://:9093 \
    -e KAFKA_ADVERTISED_LISTENERS="N://$name-kafka:19092" -e KAFKA_INTER_BROKER_LISTENER_NAME=N \
    -e KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=N:PLAINTEXT,CONTROLLER:PLAINTEXT -e KAFKA_MESSAGE_MAX_BYTES=17825792 \
    -e KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=1 -e KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR=1 \
    -e KAFKA_TRANSACTION_STATE_LOG_MIN_ISR=1 -e KAFKA_HEAP_OPTS=-Xmx512m "$kafka" >/dev/null
options=(--rm "${files[@]}")
until afterimage topics create --partitions 6; do sleep 1; done
afterimage produce --images "$set" --stream camera-1 --repeat --limit "$((images * 51 / 100 + 1))"
afterimage produce --images "$set" --stream camera-2 --repeat --limit "$((images * 51 / 100 + 1))"

begin=$SECONDS
options=(-d --name "$name" --memory "$limit" --memory-swap "$limit" --cpus "${CPUS:-2}" -p 127.0.0.1::8080 -p 127.0.0.1::8081)
case $what in
    retrainer)
        options+=(-e AFTERIMAGE_RETRAIN_WINDOW_IMAGES="$images" -e AFTERIMAGE_RETRAIN_LEAST_IMAGES="$((images * 9 / 10))")
        afterimage retrain >/dev/null
        options=(--rm)
        until [ "$(metric 8081 afterimage_retrain_window_images)" -ge "$images" ]; do sample; done
        afterimage models retrain
        until docker logs "$name" 2>&1 | grep -E 'Candidate [0-9a-f]+ is'; do sample; done
        ;;
    scoring)
        afterimage serve >/dev/null
        until [ "$(metric 8080 afterimage_images_scored_total)" -ge "$images" ]; do sample; done
        ;;
esac
echo "$what, $images images, limit $limit, $((SECONDS - begin)) s: process $(resident) MiB, container $peak MiB"
