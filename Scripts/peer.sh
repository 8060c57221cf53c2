# For scripts that start one server for tests in a folder of its own: sourced, not run. Such a script says in its first lines
# what it is for, defines `launch`, which makes the folder and ends with `serve COMMAND…`, and calls `run_peer "$@"`.
. "$(dirname "${BASH_SOURCE[0]}")/processes.sh"

peer=$(basename "$0" .sh)

usage() {
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2
    exit 64
}

fail() {
    echo "$peer: $1" >&2
    tail -n 5 "$dir/log" >&2 || true
    stop
    exit 1
}

lacks() {
    echo "$peer: $1" >&2
    exit 69
}

# An empty folder for nobody else, marked as ours.
make_folder() {
    if [ -e "$dir" ] && [ -n "$(ls -A "$dir")" ]; then
        echo "$peer: '$dir' is not empty: stop the server there, or name another folder" >&2
        exit 73
    fi
    mkdir -p "$dir"
    chmod 700 "$dir"
    echo "$peer" >"$dir/peer"
}

# Runs "$@", whose command line names the folder, until it writes `env` there, and prints that.
serve() {
    # In a session of its own, so that the end of the terminal is not its end.
    setsid "$@" </dev/null >>"$dir/log" 2>&1 &
    echo $! >"$dir/pid"
    for _ in $(seq 3000); do
        [ ! -f "$dir/env" ] || break
        kill -0 "$(cat "$dir/pid")" 2>/dev/null || fail "the server did not start"
        sleep 0.1
    done
    [ -f "$dir/env" ] || fail "the server did not answer within 300 s"
    cat "$dir/env"
}

stop() {
    end_process "$dir/pid" "$dir"
    rm -rf "$dir"
}

# start|env|stop DIR [MORE for launch]
run_peer() {
    [ $# -ge 2 ] || usage
    local action=$1
    dir=$(realpath -m "$2")
    shift 2
    case $action in
    start) launch "$@" ;;
    env) cat "$dir/env" ;;
    stop)
        # Nothing that the script did not make is removed.
        [ "$(cat "$dir/peer" 2>/dev/null)" = "$peer" ] || {
            echo "$peer: no server in '$dir'" >&2
            exit 66
        }
        stop
        ;;
    *) usage ;;
    esac
}
