#!/bin/bash
# `make run` as a new user sees it: the service comes up on the embedded default, is well, and stops when it is told to.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export WAXWING_DATA=$folder/var PORT=0
make run >"$folder/log" 2>&1 &
run=$!
until port=$(grep -oP 'listens on http://127\.0\.0\.1:\K\d+' "$folder/log"); do
    kill -0 "$run" 2>/dev/null || { cat "$folder/log" >&2; echo "make run ended by itself" >&2; exit 1; }
    sleep 0.2
done
# Which has a few seconds; a machine may be busy when a program starts.
for try in $(seq 30); do
    ! PORT=$port .build/release/waxwing doctor --live || break
    [ "$try" != 30 ] || { echo "the service is not well" >&2; exit 1; }
done
# The program, which make started.
program=$(<"/proc/$run/task/$run/children")
kill -TERM "${program% }"
wait "$run"
