#!/usr/bin/env bash
# The suite on a machine that is busy: `tests/under_load.sh [LOOPS] [pytest's arguments]` keeps so
# many processes busy (4, if nothing else is said) while `tests/run.sh` runs.
set -euo pipefail
cd "$(dirname "$0")/.."
loops=4
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
  loops=$1
  shift
fi
busy=()
trap '[ ${#busy[@]} = 0 ] || kill "${busy[@]}"' EXIT
for ((i = 0; i < loops; i++)); do
  while :; do :; done &
  busy+=($!)
done
bash tests/run.sh "$@"
