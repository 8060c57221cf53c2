#!/bin/bash
# Programs of others that read /openapi.json, for tests: schemathesis, which makes requests up from it, and
# openapi-python-client, which writes a client from it.
#
#   Scripts/api-clients.sh    prints `export TEST_API_CLIENTS=…`, the Python that has both
#
# Needs a Python that has them: $PYTHON, python3, or one it makes itself in .build with venv and pip.
set -euo pipefail
. "$(dirname "$0")/python.sh"

find_python schemathesis schemathesis 4.32.5 openapi-python-client==0.29.1 || {
    echo "api-clients: no schemathesis: apt-get install python3-venv, or pip install schemathesis openapi-python-client" >&2
    exit 69
}
"$python" -c "import openapi_python_client" || {
    echo "api-clients: no openapi-python-client beside schemathesis: pip install openapi-python-client" >&2
    exit 69
}
printf 'export TEST_API_CLIENTS=%q\n' "$(command -v "$python")"
