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

# The tests of the analysis compute for minutes. They run alone, and the others a few at a time: those of leases and time
# limits would wait for a processor until their time is over.
run_tests() {
    swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width 16 "$@" 2>&1 | tee -a "$log" \
        | { grep -vE '^◇|✔ Test (case|")|passed after' || true; }
}

step "build" swift build --build-tests
step "tests of the analysis" run_tests --filter AudioCoreTests
step "tests of the rest" run_tests --skip AudioCoreTests
skipped=$(grep -cE '^(➜|.*skipped)' "$log" || true)
grep -oE 'Test run with [0-9]+ tests? in [0-9]+ suites?' "$log" \
    | awk -v skipped="$skipped" '{ tests += $4; suites += $7 } END { print tests " tests in " suites " suites; " skipped " skipped" }'
