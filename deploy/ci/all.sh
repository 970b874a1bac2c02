#!/usr/bin/env bash
# Everything that needs Docker, one line per part with its time. Most of it is the functional suite in containers.
set -euo pipefail
here=$(dirname "$0")
trap '"$here/engine.sh" stop' EXIT
"$here/engine.sh"
"$here/images.sh"
"$here/compose.sh"
"$here/containers.sh"
