"""How a running server bears clients that are slow, go away, or all come at once.

    waxwing serve                                    (WAXWING_CONNECTIONS_PER_ADDRESS=100000, WAXWING_WORKERS=0)
    python3 Benchmarks/Edge/edge.py 8080 PID slow        2,000 connections of each of three slow kinds, and good clients
    python3 Benchmarks/Edge/edge.py 8080 PID drops       10,000 clients that go away anywhere in an upload or download
    python3 Benchmarks/Edge/edge.py 8080 PID uploads     100 uploads of 200 MB at once

Prints what good clients wait, which connections were ended, and what the process (PID) holds of memory and files.
"""

import asyncio, json, os, random, struct, sys, threading, time, urllib.request

PORT, PID, TRIAL = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
COUNT = int(sys.argv[4]) if len(sys.argv) > 4 else None
HEALTH = b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def resident():
    """MiB."""
    with open(f"/proc/{PID}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def files():
    return len(os.listdir(f"/proc/{PID}/fd"))


def call(method, path, body=None, token=None, kind="application/json"):
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", data=body, method=method)
    request.add_header("Content-Type", kind)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def sign_in():
    name = f"edge{random.randrange(10**9)}@example.com"
    account = json.dumps({"email": name, "password": "correct horse 9"}).encode()
    call("POST", "/api/auth/register", account)
    return json.loads(call("POST", "/api/auth/login", account))["data"]["access_token"]


def wav(size):
    data = random.Random(1).randbytes(size - 44)
    return struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", size - 8, b"WAVE", b"fmt ", 16, 1, 2, 44100, 176400, 4, 16,
                       b"data", len(data)) + data


def form(content):
    return (b'--b\r\nContent-Disposition: form-data; name="audio"; filename="a.wav"\r\n\r\n', content, b"\r\n--b--\r\n")


def upload_head(token, length):
    return (f"POST /api/upload HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: "
            f"multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n").encode()


async def answer(reader):
    """The status, after reading the whole answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = next((int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length")), 0)
    await reader.readexactly(length)
    return int(head.split()[1])


async def good(seconds, times, failures):
    """A client that asks for health on a connection of its own, again and again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.perf_counter()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
            writer.write(HEALTH)
            if await answer(reader) != 200:
                failures.append("status")
            writer.close()
        except (OSError, asyncio.IncompleteReadError) as error:
            failures.append(repr(error))
        times.append(time.perf_counter() - begun)
        await asyncio.sleep(0.05)


async def slow(kind, ended):
    """One byte in five seconds, or an answer that nobody reads."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT, limit=1024)
    except OSError as error:
        ended.append((kind, 0.0, repr(error)))
        return
    begun = time.monotonic()
    try:
        if kind == "head":
            writer.write(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nX: ")
        elif kind == "body":
            writer.write(b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n{")
        else:
            writer.transport.pause_reading()
            writer.write(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100)
        while time.monotonic() < begun + 90:
            await asyncio.sleep(5)
            if kind != "read" and reader.at_eof():
                break
            writer.write(b"a" if kind != "read" else b"\r\n")
            await writer.drain()
    except OSError:
        pass
    ended.append((kind, time.monotonic() - begun, ""))
    writer.close()


async def slow_trial():
    count = COUNT or 2000
    quiet, failures, ended, times = [], [], [], []
    await good(3, quiet, failures)
    before = resident()
    tasks = []
    for index in range(count):
        tasks += [asyncio.create_task(slow(kind, ended)) for kind in ("head", "body", "read")]
        if index % 50 == 0:
            await asyncio.sleep(0.05)
    peak = [0.0, 0]

    async def watch():
        while True:
            peak[0], peak[1] = max(peak[0], resident()), max(peak[1], files())
            await asyncio.sleep(0.5)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(good(70, times, failures) for _ in range(4)))
    await asyncio.gather(*tasks)
    watching.cancel()
    report("alone", quiet)
    report(f"beside 3 x {count} slow", times)
    for kind in ("head", "body", "read"):
        ages = sorted(age for one, age, _ in ended if one == kind)
        print(f"{kind}: {len(ages)} ended, median {ages[len(ages) // 2]:.1f} s, last {ages[-1]:.1f} s")
    print(f"failures of good clients: {len(failures)} {failures[:3]}")
    print(f"memory: {before:.0f} MiB before, {peak[0]:.0f} at most "
          f"({(peak[0] - before) * 1024 / (3 * count):.1f} KiB a connection), {resident():.0f} after; "
          f"files: {peak[1]} at most, {files()} after")


def report(name, times):
    times = sorted(times)
    print(f"good clients {name}: {len(times)} requests, median {times[len(times) // 2] * 1000:.1f} ms, "
          f"p99 {times[int(len(times) * 0.99)] * 1000:.1f} ms, longest {times[-1] * 1000:.1f} ms")


def cut(writer):
    """By a reset, not a farewell."""
    writer.transport.abort()


async def drops_trial():
    count, token, sound = COUNT or 10_000, sign_in(), wav(300_000)
    accepted = json.loads(call("POST", "/api/upload", b"".join(form(sound)), token, "multipart/form-data; boundary=b"))
    print(f"sample in job {accepted['data']['job_id']}")
    link = "/openapi.json"
    await asyncio.sleep(1)
    before = (files(), resident())
    gate = asyncio.Semaphore(50)

    async def drop(seed):
        random_ = random.Random(seed)
        async with gate:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
                if seed % 2:
                    body = b"".join(form(sound))
                    writer.write(upload_head(token, len(body)) + body[: random_.randrange(len(body))])
                    await asyncio.wait_for(writer.drain(), 20)
                    await asyncio.sleep(random_.random() * 0.02)
                else:
                    writer.write(f"GET {link} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                    await asyncio.wait_for(reader.read(random_.randrange(1, 100_000)), 20)
                cut(writer)
            except OSError:
                pass

    begun = time.monotonic()
    for first in range(0, count, 500):
        await asyncio.gather(*(drop(seed) for seed in range(first, min(count, first + 500))))
    print(f"{count} drops in {time.monotonic() - begun:.0f} s")
    await asyncio.sleep(15)
    print(f"files: {before[0]} before, {files()} after; memory: {before[1]:.0f} MiB before, {resident():.0f} after")
    held = json.loads(call("GET", "/api/user", token=token))["data"]["quota"]
    print("held:", {unit: value["held"] for unit, value in held.items()})


async def uploads_trial():
    count, token, size = COUNT or 100, sign_in(), 200_000_000
    piece = random.Random(1).randbytes(1 << 20)
    before, peak, done = resident(), [0.0], []

    async def upload():
        head, _, tail = form(b"")
        start = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", size - 8, b"WAVE", b"fmt ", 16, 1, 2, 44100, 176400, 4, 16,
                            b"data", size - 44)
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        writer.write(upload_head(token, len(head) + size + len(tail)) + head + start)
        left = size - len(start)
        try:
            while left > 0:
                writer.write(piece[: min(left, len(piece))])
                left -= len(piece)
                await writer.drain()
            writer.write(tail)
        except OSError:
            pass
        done.append(await answer(reader))
        writer.close()

    async def watch():
        while True:
            peak[0] = max(peak[0], resident())
            await asyncio.sleep(0.2)

    watching, begun = asyncio.create_task(watch()), time.monotonic()
    await asyncio.gather(*(upload() for _ in range(count)))
    watching.cancel()
    seconds = time.monotonic() - begun
    print(f"{count} uploads of {size // 10**6} MB: {seconds:.0f} s, {count * size / seconds / 1e6:.0f} MB/s, answers "
          f"{ {status: done.count(status) for status in set(done)} }; memory {before:.0f} MiB before, {peak[0]:.0f} at most")


asyncio.run({"slow": slow_trial, "drops": drops_trial, "uploads": uploads_trial}[TRIAL]())
