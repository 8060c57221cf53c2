#!/bin/bash
# An OpenID Connect provider for tests, oidc-provider-mock on loopback only. It knows ada, whose e-mail address it has
# verified, and eve, whose it has not; it lets in whoever asks.
#
#   Scripts/oidc-server.sh start DIR   prints `export TEST_OIDC_ISSUER=…`, once it answers
#   Scripts/oidc-server.sh env DIR     prints it again
#   Scripts/oidc-server.sh stop DIR    ends it by its number and removes DIR
#
# Needs a Python with oidc-provider-mock: $PYTHON, python3, or one it makes itself in .build with venv and pip.
set -euo pipefail
. "$(dirname "$0")/processes.sh"
. "$(dirname "$0")/python.sh"

usage() {
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 64
}

fail() {
    echo "oidc-server: $1" >&2
    tail -n 5 "$dir/log" >&2 || true
    stop
    exit 1
}

start() {
    find_python oidc_provider_mock oidc-provider-mock 0.3.4 || {
        echo "oidc-server: no oidc-provider-mock: apt-get install python3-venv, or pip install oidc-provider-mock" >&2
        exit 69
    }
    if [ -e "$dir" ] && [ -n "$(ls -A "$dir")" ]; then
        echo "oidc-server: '$dir' is not empty: stop the server there, or name another folder" >&2
        exit 73
    fi
    mkdir -p "$dir"
    chmod 700 "$dir"

    cat >"$dir/server.py" <<'PYTHON'
import os, signal, sys, threading
import werkzeug.serving
from oidc_provider_mock import User, app

folder = sys.argv[1]
people = [
    User(sub="ada", claims={"email": "ada@example.com", "email_verified": True, "name": "Ada Lovelace"}),
    User(sub="eve", claims={"email": "eve@example.com", "email_verified": False, "name": "Eve"}),
]
# Port 0: the system gives a free one.
server = werkzeug.serving.make_server("127.0.0.1", 0, app(require_nonce=True, user_claims=people), threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
with open(f"{folder}/env.partial", "w") as file:
    file.write(f"export TEST_OIDC_ISSUER=http://127.0.0.1:{server.server_port}\n")
os.rename(f"{folder}/env.partial", f"{folder}/env")
signal.sigwait([signal.SIGTERM])
PYTHON
    # In a session of its own, so that the end of the terminal is not its end.
    setsid "$python" -W ignore "$dir/server.py" "$dir" </dev/null >>"$dir/log" 2>&1 &
    echo $! >"$dir/pid"
    for _ in $(seq 300); do
        [ ! -f "$dir/env" ] || break
        kill -0 "$(cat "$dir/pid")" 2>/dev/null || fail "the server did not start"
        sleep 0.1
    done
    [ -f "$dir/env" ] || fail "the server did not answer within 30 s"
    cat "$dir/env"
}

stop() {
    end_process "$dir/pid" "$dir/server.py"
    rm -rf "$dir"
}

[ $# = 2 ] || usage
dir=$(realpath -m "$2")
case $1 in
start) start ;;
env) cat "$dir/env" ;;
stop)
    # Nothing that the script did not make is removed.
    [ -f "$dir/server.py" ] || {
        echo "oidc-server: no server in '$dir'" >&2
        exit 66
    }
    stop
    ;;
*) usage ;;
esac
