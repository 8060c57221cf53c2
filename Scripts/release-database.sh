#!/bin/bash
# Keeps what a release writes, so that later programs are tested on it: release-database.sh PROGRAM NAME has PROGRAM, the
# release's `waxwing`, make an installation, and writes it as Tests/Fixtures/Upgrade/NAME.sql and NAME.json.
# Needs python3 and the sounds of lmms-common (Scripts/setup.sh installs both with PEERS=all).
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)

[ $# = 2 ] || { echo "usage: Scripts/release-database.sh PROGRAM NAME" >&2; exit 64; }
[ -x "$1" ] || { echo "'$1' is no program: give the path of the release's waxwing" >&2; exit 66; }
[[ "$2" =~ ^[a-z0-9.-]+$ ]] || { echo "'$2' is no name: give the release's version, as 0.2.0" >&2; exit 64; }
[ -d /usr/share/lmms/samples/drums ] || { echo "sounds are missing: apt-get install lmms-common" >&2; exit 69; }
out=$here/Tests/Fixtures/Upgrade/$2
[ ! -e "$out.sql" ] || { echo "$out.sql is there: what a release wrote is never changed" >&2; exit 73; }

python3 "$here/Tests/Upgrade/installation.py" "$(realpath "$1")" "$out"
echo "Tests/Fixtures/Upgrade/$2.sql and $2.json: commit them, and UpgradeTests reads them from now on"
