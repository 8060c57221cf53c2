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
. "$(dirname "$0")/peer.sh"
. "$(dirname "$0")/python.sh"

launch() {
    find_python oidc_provider_mock oidc-provider-mock 0.3.4 \
        || lacks "no oidc-provider-mock: apt-get install python3-venv, or pip install oidc-provider-mock"
    make_folder
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
    serve "$python" -W ignore "$dir/server.py" "$dir"
}

run_peer "$@"
