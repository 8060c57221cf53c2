#!/bin/bash
# Builds and runs every test; prints each step's time, and at the end how many tests ran.
set -euo pipefail
cd "$(dirname "$0")/.."

step() {
    local name=$1 began=$SECONDS
    shift
    echo "== $name"
    "$@"
    printf '== %s: %d min %02d s\n' "$name" $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60))
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT

run_tests() {
    swift test --skip-build --disable-xctest 2>&1 | tee "$log" | grep -vE '^◇|✔ Test (case|")|passed after' || true
    return "${PIPESTATUS[0]}"
}

step "build" swift build --build-tests
step "tests" run_tests
skipped=$(grep -cE '^(➜|.*skipped)' "$log" || true)
echo "$(grep -oE 'Test run with [0-9]+ tests? in [0-9]+ suites?' "$log" | tail -1); $skipped skipped"
