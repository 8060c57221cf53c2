#!/bin/bash
# A small program that speaks as Stripe does, on loopback only: Tests/Stripe/server.py, which says what it knows. For tests, and
# for trying Waxwing by hand.
#
#   Scripts/stripe-server.sh start DIR [URL]   prints `export TEST_STRIPE_…` lines, once it answers; webhooks go to URL
#   Scripts/stripe-server.sh env DIR           prints them again
#   Scripts/stripe-server.sh stop DIR          ends it by its number and removes DIR
#
# Needs python3, and nothing else.
set -euo pipefail
. "$(dirname "$0")/peer.sh"

launch() {
    command -v python3 >/dev/null || lacks "python3 is missing: apt-get install python3"
    make_folder
    serve python3 -B "$(dirname "$0")/../Tests/Stripe/server.py" "$dir" "$@"
}

run_peer "$@"
