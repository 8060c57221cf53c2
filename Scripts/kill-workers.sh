#!/bin/bash
# Does what must not harm to real workers on a real database, and looks what became of their jobs: `kill-workers.sh sqlite|postgres
# [KILLS] [JOBS] [ROUNDS]`. Kills a random one of 8 workers KILLS times over JOBS jobs, on PostgreSQL with a server that is
# restarted now and then; freezes one past its leases, and asks one to stop, ROUNDS times each. Prints a line of JSON for each
# of the three; ends with 1 if a job was lost or done twice, a stale end was kept, or a stop or a rescue took too long.
set -euo pipefail
cd "$(dirname "$0")/.."

engine=${1:?usage: $0 sqlite|postgres [KILLS] [JOBS] [ROUNDS]}
kills=${2:-1000}
jobs=${3:-100000}
rounds=${4:-100}

program=${JOBS:-.build/release/jobs}
[ -n "${JOBS:-}" ] || swift build -c release --package-path Benchmarks --product jobs >&2

folder=$(mktemp -d)
restart=()
case $engine in
    sqlite)
        trap 'rm -rf "$folder"' EXIT
        place() { echo "$folder/$1.sqlite"; }
        ;;
    postgres)
        trap 'Scripts/postgres-server.sh stop "$folder"; rm -rf "$folder"' EXIT
        url=$(Scripts/postgres-server.sh start "$folder" | cut -d= -f2-)
        restart=("$PWD/Scripts/postgres-server.sh restart $folder")
        # A schema of its own for each trial.
        place() {
            psql -q "$url" -c "CREATE SCHEMA $1" >&2
            echo "$url?options=-csearch_path%3D$1"
        }
        ;;
    *)
        echo "usage: $0 sqlite|postgres [KILLS] [JOBS] [ROUNDS]" >&2
        exit 2
        ;;
esac

status=0
"$program" kill "$(place killed)" "$kills" "$jobs" "${restart[@]}" || status=1
"$program" freeze "$(place frozen)" "$rounds" || status=1
"$program" stop "$(place stopped)" "$rounds" || status=1
exit $status
