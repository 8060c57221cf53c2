#!/bin/sh
# Installs the system packages that are missing; says in one line which they are when it may not. With PEERS=all also those
# that only tests and measurements use: without them those are skipped, and say so.
set -eu

if ! command -v swift >/dev/null; then
    echo "waxwing: Swift 6.3 is missing: install it from https://www.swift.org/install" >&2
    exit 1
fi

if [ "$(uname)" = Darwin ]; then
    missing=""
    for formula in fftw libsndfile libsoxr libpng argon2 libpq zlib pkg-config; do
        brew list "$formula" >/dev/null 2>&1 || missing="$missing $formula"
    done
    [ -z "$missing" ] || brew install $missing
    exit 0
fi

wanted="libfftw3-dev libsndfile1-dev libsoxr-dev libpng-dev libargon2-dev libsqlite3-dev libpq-dev zlib1g-dev pkg-config"
if [ "${PEERS:-}" = all ]; then
    wanted="$wanted lmms-common hydrogen-drumkits ffmpeg sox
        postgresql ceph-common ceph-mon ceph-osd radosgw python3 python3-venv python3-aiosmtpd openssl"
    # Ubuntu has it as a snap only.
    [ "$(. /etc/os-release && echo "$ID")" = ubuntu ] || wanted="$wanted chromium"
fi
missing=""
for package in $wanted; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "waxwing: missing system packages, install them with: sudo apt-get install$missing" >&2
    exit 1
fi
echo "Installing$missing"
# Another installation may hold the lock, and a mirror may be away for a moment.
apt="$as_root apt-get -o DPkg::Lock::Timeout=900 -o Acquire::Retries=5"
install="$apt install -y -q --no-install-recommends$missing"
export DEBIAN_FRONTEND=noninteractive
$install >/dev/null 2>&1 || { $apt update -q >/dev/null && $install >/dev/null; }
