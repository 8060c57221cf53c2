#!/bin/bash
# Installs the peers into a virtual environment, builds our side, and measures both: `make bench-peers`.
#
# PEERS_VENV   a virtual environment to use as it is, instead of Benchmarks/.venv
# WAXWING      a waxwing program built elsewhere
set -euo pipefail
cd "$(dirname "$0")/../.."

requirements=Benchmarks/Peers/requirements.txt
environment=${PEERS_VENV:-Benchmarks/.venv}

# aubio is built on the spot: it wants a C compiler, Python's headers and libsndfile's (which we want too).
missing_packages() {
    python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv
    python3 -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' ||
        echo python3-dev
    command -v cc >/dev/null || echo build-essential
}

install_peers() {
    local missing
    cmp -s "$requirements" "$environment/installed.txt" && return
    missing=$(missing_packages | tr '\n' ' ')
    if [ -n "$missing" ]; then
        echo "bench-peers: missing system packages, install them with: sudo apt-get install $missing" >&2
        exit 1
    fi
    echo "Installing the peers into $environment" >&2
    python3 -m venv "$environment"
    "$environment/bin/pip" install -q --disable-pip-version-check -r "$requirements"
    # Last, so that a broken installation is tried again.
    cp "$requirements" "$environment/installed.txt"
}

build_ours() {
    local libraries
    [ -n "${WAXWING:-}" ] || swift build -c release --product waxwing >&2
    for product in benchmarks storage jobs; do
        swift build -c release --package-path Benchmarks --scratch-path .build --product "$product" >&2
    done
    read -ra libraries <<<"$(pkg-config --cflags --libs sndfile fftw3f)"
    cc -O3 Benchmarks/Floor/floor.c -o .build/floor "${libraries[@]}" -lm
}

[ -n "${PEERS_VENV:-}" ] || install_peers
build_ours
exec "$environment/bin/python" Benchmarks/Peers/bench.py "$@"
