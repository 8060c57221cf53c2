#!/bin/bash
# A PostgreSQL server for tests, on a free port of this machine only: start DIR prints TEST_POSTGRES_URL=…, stop DIR ends it
# and removes what start has put there. `restart DIR` ends every connection at once and comes back on the same port.
# POSTGRES_OPTIONS are more of the server's own.
set -euo pipefail
. "$(dirname "$0")/processes.sh"

usage="usage: $0 start|restart|stop DIR"
action=${1:?$usage}
mkdir -p "${2:?$usage}"
folder=$(cd "$2" && pwd)
data=$folder/postgres

bin=""
for candidate in "$(pg_config --bindir 2>/dev/null || true)" /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin; do
    [ ! -x "$candidate/initdb" ] || bin=$candidate
done
[ -n "$bin" ] || { echo "waxwing: PostgreSQL's server is missing: install it with 'apt-get install postgresql'" >&2; exit 1; }

# The server outlives the caller's other files: whoever waits for one of them to be closed would wait for the server.
for descriptor in /dev/fd/*; do
    number=${descriptor##*/}
    # 255 is this script, which bash keeps to itself.
    [ "$number" -le 2 ] || [ "$number" = 255 ] || eval "exec $number>&-"
done

# The server refuses to run as root.
as_server() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# Before pg_ctl gives up on a busy machine; a server that starts late would be there beside the next.
export PGCTLTIMEOUT=600

start() {
    mkdir -p "$data"
    if [ "$(id -u)" = 0 ]; then
        # Every folder on the way must let the server's user through.
        as_server test -x "$folder" || chmod go+x "$folder"
        chown postgres "$data"
    fi
    # Text sorted by its bytes, as SQLite does.
    as_server "$bin/initdb" -D "$data/cluster" -U waxwing -A trust -E UTF8 --lc-collate=C --lc-ctype=C.UTF-8 >/dev/null
    # Room for the locks of hundreds of schemas at once; a service, which has one, needs no more than the default.
    local port
    for _ in 1 2 3 4 5; do
        port=$(free_port)
        if as_server "$bin/pg_ctl" -D "$data/cluster" -l "$data/log" -w \
            -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=1000 ${POSTGRES_OPTIONS:-} \
                -c max_locks_per_transaction=512 -c max_pred_locks_per_transaction=512" \
            start >/dev/null; then
            echo "TEST_POSTGRES_URL=postgres://waxwing@127.0.0.1:$port/postgres"
            return
        fi
    done
    echo "waxwing: the PostgreSQL server did not start: see $data/log" >&2
    exit 1
}

case $action in
    start) start ;;
    restart) as_server "$bin/pg_ctl" -D "$data/cluster" -l "$data/log" -w -m immediate restart >/dev/null ;;
    stop)
        as_server "$bin/pg_ctl" -D "$data/cluster" -w -m fast stop >/dev/null || true
        rm -rf "$data"
        ;;
    *)
        echo "$usage" >&2
        exit 2
        ;;
esac
