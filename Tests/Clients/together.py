"""Two devices of an account meet in a room and keep things in step: python together.py SERVER TOKEN"""

import asyncio
import functools
import hashlib
import json
import sys
import urllib.request

import websockets
from websockets.asyncio import client

# On a busy machine an answer may take long.
connect = functools.partial(client.connect, open_timeout=None, ping_interval=None, close_timeout=300)
server, token = sys.argv[1:3]
sockets = server.replace("http", "ws", 1)
bearer = {"Authorization": f"Bearer {token}"}


def ask(path, body=None, **fields):
    request = urllib.request.Request(
        server + path, body and json.dumps(body).encode(), {**bearer, "Content-Type": "application/json", **fields}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["data"], answer.headers


async def hear(socket, kind):
    """The next message of a kind, past the others."""
    while (message := json.loads(await socket.recv()))["type"] != kind:
        pass
    return message.get("data")


async def rooms():
    async with connect(f"{sockets}/api/rooms/tea", additional_headers=bearer) as one:
        assert (await hear(one, "welcome"))["messages"] == []
        async with connect(f"{sockets}/api/rooms/tea", additional_headers=bearer) as other:
            assert [person["connections"] for person in (await hear(other, "welcome"))["people"]] == [2]
            await one.send(json.dumps({"type": "message", "text": "hello", "ref": "1"}))
            said = await hear(other, "message")
            assert (said["text"], said["ref"]) == ("hello", "1"), said
            assert await hear(one, "message") == said
            await other.send(json.dumps({"type": "state", "state": {"bpm": 92}}))
            assert (await hear(one, "state"))["data"] == {"bpm": 92}
        answer, _ = await asyncio.to_thread(ask, "/api/rooms/tea/messages", {"text": "by mail"})
        assert answer["number"] == said["number"] + 1
        assert (await hear(one, "message"))["text"] == "by mail"
    async with connect(f"{sockets}/api/rooms/tea?after={said['number']}", additional_headers=bearer) as again:
        welcome = await hear(again, "welcome")
        assert [message["text"] for message in welcome["messages"]] == ["by mail"], welcome


async def steps():
    things = [{"type": "note", "id": str(number), "data": {"n": number, "é": [1.5]}} for number in range(300)]
    first, _ = await asyncio.to_thread(ask, "/api/sync/batch", {"changes": things}, **{"X-Idempotency-Key": "first"})
    again, headers = await asyncio.to_thread(ask, "/api/sync/batch", {"changes": things}, **{"X-Idempotency-Key": "first"})
    assert again == first and headers["X-Idempotent-Replay"] == "true"
    canonical = json.dumps(things[7]["data"], separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    assert first["results"][7]["checksum"] == hashlib.sha256(canonical.encode()).hexdigest()
    async with connect(f"{sockets}/api/sync/socket?device=phone", additional_headers=bearer) as phone:
        assert (await hear(phone, "WELCOME"))["seq"] == 300
        await phone.send(json.dumps({"type": "SYNC_REQUEST", "last_seq": 0}))
        assert not (await hear(phone, "SYNC_RESPONSE"))["reset"]
        bulks = [await hear(phone, "BULK_SYNC"), await hear(phone, "BULK_SYNC")]
        assert [len(bulk["changes"]) for bulk in bulks] == [250, 50] and bulks[1]["done"]
        change = {"type": "note", "id": "7", "data": {"n": 7}, "if_version": 1}
        for device in ["phone", "desk"]:
            await asyncio.to_thread(ask, "/api/sync", {"changes": [change]}, **{"X-Device-ID": device})
            change = {"type": "note", "id": "7", "deleted": True, "if_version": 2}
        gone = await hear(phone, "DELETE")
        assert (gone["id"], gone["device"], gone["version"]) == ("7", "desk", 3), gone
        await phone.send(json.dumps({"type": "PING"}))
        await hear(phone, "PONG")


async def refused(path):
    try:
        async with connect(sockets + path):
            raise AssertionError(f"{path} was opened")
    except websockets.InvalidStatus as refusal:
        assert refusal.response.status_code == 401, refusal


async def main():
    await rooms()
    await steps()
    await refused("/api/rooms/tea")
    await refused("/api/sync/socket")


asyncio.run(asyncio.wait_for(main(), 540))
