#!/bin/bash
# Another program that speaks as Stripe does, by other people: localstripe, on loopback only. It knows customers, subscriptions
# and invoices, and no checkout, portal or prices.
#
#   Scripts/localstripe-server.sh start DIR   prints `export TEST_LOCALSTRIPE_BASE=…`, once it answers
#   Scripts/localstripe-server.sh env DIR     prints it again
#   Scripts/localstripe-server.sh stop DIR    ends it by its number and removes DIR
#
# Needs a Python with localstripe: $PYTHON, python3, or one it makes itself in .build with venv and pip.
set -euo pipefail
. "$(dirname "$0")/peer.sh"
. "$(dirname "$0")/python.sh"

launch() {
    find_python localstripe localstripe 1.15.10 \
        || lacks "no localstripe: apt-get install python3-venv, or pip install localstripe"
    make_folder
    cat >"$dir/server.py" <<'PYTHON'
import asyncio, os, signal, sys
from aiohttp import web
from localstripe import resources
from localstripe.server import app

folder = sys.argv[1]
# It would keep everything in a file that all of them share.
resources.Store.dump_to_disk = lambda self: None


async def main():
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    runner = web.AppRunner(app)
    await runner.setup()
    # Its own main listens on every address. Port 0: the system gives a free one.
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    with open(f"{folder}/env.partial", "w") as file:
        file.write(f"export TEST_LOCALSTRIPE_BASE=http://127.0.0.1:{port}\n")
    os.rename(f"{folder}/env.partial", f"{folder}/env")
    await stopped.wait()
    await runner.cleanup()


asyncio.run(main())
PYTHON
    serve "$python" -W ignore "$dir/server.py" "$dir"
}

run_peer "$@"
