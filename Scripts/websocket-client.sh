#!/bin/bash
# A WebSocket client of others, for tests: Python's `websockets`.
#
#   Scripts/websocket-client.sh    prints `export TEST_WEBSOCKETS=…`, the Python that has it
#
# Needs a Python that has it: $PYTHON, python3, or one it makes itself in .build with venv and pip.
set -euo pipefail
. "$(dirname "$0")/python.sh"

find_python websockets websockets 17.4 || {
    echo "websocket-client: no websockets: apt-get install python3-venv, or pip install websockets" >&2
    exit 69
}
printf 'export TEST_WEBSOCKETS=%q\n' "$(command -v "$python")"
