# Sends one image and reads its score. Arguments: the stream it is sent on, the images to take it from.
set -eu
stream=$1
images=$2
score=$(mktemp)

afterimage tail --stream "$stream" --limit 1 > "$score" &
reader=$!
# The heading appears when the reader knows where each partition ends: a score that comes later is not missed.
until [ -s "$score" ]; do
    kill -0 "$reader"
    sleep 1
done
afterimage produce --images "$images" --stream "$stream" --limit 1
wait "$reader"
cat "$score"
grep -q "$stream" "$score"
