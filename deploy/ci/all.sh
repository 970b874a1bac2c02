#!/usr/bin/env bash
# Everything that needs Docker, one line per part with its time. `all.sh --suite` also runs the functional tests in containers,
# which takes a quarter of an hour and more.
set -euo pipefail
here=$(dirname "$0")
trap '"$here/engine.sh" stop' EXIT
"$here/engine.sh"
"$here/images.sh"
"$here/compose.sh"
if [ "${1:-}" = --suite ]; then
    "$here/containers.sh"
fi
