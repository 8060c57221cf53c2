"""Follows the events of a running service over a WebSocket: python events.py SERVER TOKEN SOUND"""

import asyncio
import functools
import json
import sys
import urllib.request

import websockets
from websockets.asyncio import client

# On a busy machine an answer may take long.
connect = functools.partial(client.connect, open_timeout=None, ping_interval=None, close_timeout=300)
server, token, sound = sys.argv[1:4]
address = server.replace("http", "ws", 1) + "/api/events"
bearer = {"Authorization": f"Bearer {token}"}


def upload():
    with open(sound, "rb") as file:
        content = file.read()
    form = (
        b'--b\r\nContent-Disposition: form-data; name="audio"; filename="loop.wav"\r\n\r\n' + content + b"\r\n--b--\r\n"
    )
    request = urllib.request.Request(
        server + "/api/upload", form, {**bearer, "Content-Type": "multipart/form-data; boundary=b"}
    )
    return json.load(urllib.request.urlopen(request))["data"]["job_id"]


async def told(socket, kind):
    """The first event of the kind, with those before it."""
    events = []
    while not events or events[-1]["type"] != kind:
        events.append(json.loads(await socket.recv()))
    return events


async def refused(status, path, **options):
    try:
        async with connect(path, **options):
            raise AssertionError(f"{path} was opened")
    except websockets.InvalidStatus as refusal:
        assert refusal.response.status_code == status, refusal


async def main():
    async with connect(address, additional_headers=bearer, compression=None) as socket:
        assert json.loads(await socket.recv())["type"] == "hello"
        job = await asyncio.to_thread(upload)
        events = await told(socket, "job.completed")
        assert [event["type"] for event in events] == [
            "job.pending", "job.processing", "job.progress", "job.progress", "sample.added", "job.completed",
        ], events
        assert events[-1]["data"]["job_id"] == job and events[-1]["data"]["sample_id"]
        await (await socket.ping(b"there?"))
        await socket.send(['{"type"', ':"ping', '"}'])
        assert json.loads(await socket.recv()) == {"type": "pong"}
        last = events[1]["id"]

    # Compression is offered by default, and not taken up.
    async with connect(f"{address}?after={last}", additional_headers=bearer) as socket:
        events = await told(socket, "job.completed")
        assert [event["id"] for event in events] == list(range(last, last + 5)), events
        await socket.close(1000, "enough")
        assert socket.close_code == 1000

    async with connect(address, additional_headers=bearer) as socket:
        try:
            await socket.send(b"x" * 200_000)
            while True:
                await socket.recv()
        except websockets.ConnectionClosedError as end:
            assert end.rcvd.code == 1009, end

    async with connect(address, additional_headers=bearer) as socket:
        socket.transport.abort()

    await refused(404, address + "/nowhere", additional_headers=bearer)
    await refused(401, address)
    await refused(401, address, additional_headers={"Authorization": "Bearer guess"})


asyncio.run(asyncio.wait_for(main(), 540))
