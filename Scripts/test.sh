#!/bin/bash
# Builds and runs the tests; prints each step's time, and at the end how many ran and how many were skipped.
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
servers=$(mktemp -d)
stop_servers() {
    [ ! -d "$servers/postgres" ] || Scripts/postgres-server.sh stop "$servers"
    for peer in s3 smtp oidc stripe localstripe; do
        [ ! -d "$servers/$peer" ] || "Scripts/$peer-server.sh" stop "$servers/$peer"
    done
    rm -rf "$log" "$servers"
}
# A long log's last lines are what is read first.
end() {
    local code=$?
    if [ "$code" != 0 ] && grep -q '✘' "$log"; then
        echo "== failed"
        grep -A 8 '✘ Test .* recorded an issue' "$log" | cut -c 1-1000 | head -n 200
    fi
    # What is left behind makes no test fail.
    stop_servers || true
    exit "$code"
}
trap end EXIT

# What cannot be started says why; then its tests are skipped, and say so. Not in continuous integration.
start_servers() {
    rows='StoragePostgresTests|StorageOperationsTests'
    # What is written must outlive the server, which tests crash, and not the machine.
    if postgres=$(POSTGRES_OPTIONS="-c fsync=off" Scripts/postgres-server.sh start "$servers"); then
        export "${postgres?}"
        # Once more, everything that keeps rows. Of HTTP that is what routes do: heads, bodies and connections know no rows.
        rows+='|JobsTests|AuthTests|BillingTests|SampleLibraryTests|WaxwingServiceTests'
        rows+='|WaxwingHTTPTests\.(\w+RouteTests|\w*OwnershipTests|InterruptedRequestTests|KeptAnswerTests)'
    elif [ -n "${CI:-}" ]; then
        exit 1
    fi
    local peer variables
    for peer in s3 smtp oidc stripe localstripe; do
        if variables=$("Scripts/$peer-server.sh" start "$servers/$peer"); then
            eval "$variables"
        elif [ -n "${CI:-}" ]; then
            exit 1
        fi
    done
    local program
    for program in browser api-clients websocket-client; do
        if variables=$("Scripts/$program.sh"); then
            eval "$variables"
        elif [ -n "${CI:-}" ]; then
            exit 1
        fi
    done
}

# The tests of the analysis compute for minutes. They run alone, and the others a few at a time: those of leases and time
# limits would wait for a processor until their time is over, those of PostgreSQL for a connection.
run_tests() {
    swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width 16 "$@" 2>&1 | tee -a "$log" \
        | { grep -vE '^◇|✔ Test (case|")|passed after' || true; }
}

step "build" swift build --build-tests
step "tests of the analysis" run_tests --filter AudioCoreTests
step "tests without servers" run_tests --skip 'AudioCoreTests|WaxwingCLITests|WaxwingProvidersTests|StoragePostgresTests|StorageS3Tests'
step "start of PostgreSQL, S3, SMTP, OpenID Connect, Stripe, a browser and clients" start_servers
step "tests on PostgreSQL" run_tests --filter "$rows"
step "tests on S3, of mail, of providers and of the program" run_tests --filter 'StorageS3Tests|WaxwingProvidersTests|WaxwingCLITests'
skipped=$(grep -cE '^(➜|.*skipped)' "$log" || true)
grep -oE 'Test run with [0-9]+ tests? in [0-9]+ suites?' "$log" \
    | awk -v skipped="$skipped" '{ tests += $4; suites += $7 } END { print tests " tests in " suites " suites; " skipped " skipped" }'
