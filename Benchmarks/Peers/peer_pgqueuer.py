"""Puts jobs through pgqueuer on PostgreSQL, as `jobs` does.

    python peer_pgqueuer.py enqueue URL COUNT BATCH | drain URL COUNT CONCURRENCY | latency URL COUNT | idle URL SECONDS

It takes as many jobs at once as it may do at once, half of what its own rule allows for them; what it looks at besides is as
it comes. In `latency` the one who enqueues has a connection of its own, as in another process.
"""

import asyncio
import json
import logging
import random
import sys
import time

import asyncpg
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode

logging.disable(logging.CRITICAL)
waits: list[float] = []


async def main() -> None:
    driver = AsyncpgDriver(await asyncpg.connect(sys.argv[2]))
    await Queries(driver).install()
    await {"enqueue": enqueue, "drain": drain, "latency": latency, "idle": idle}[sys.argv[1]](driver, int(sys.argv[3]))


def worker(driver: AsyncpgDriver) -> PgQueuer:
    queue = PgQueuer(driver)

    @queue.entrypoint("nothing")
    async def nothing(job: Job) -> None:
        pass

    @queue.entrypoint("wait")
    async def wait(job: Job) -> None:
        waits.append(time.time() - float(job.payload or b""))

    return queue


async def enqueue(driver: AsyncpgDriver, count: int) -> None:
    began = time.perf_counter()
    await _fill(driver, count, int(sys.argv[4]))
    _report(jobs_per_second=count / (time.perf_counter() - began))


async def drain(driver: AsyncpgDriver, count: int) -> None:
    await _fill(driver, count, 100)
    concurrency = int(sys.argv[4])
    began = time.perf_counter()
    await worker(driver).run(
        batch_size=concurrency, max_concurrent_tasks=2 * concurrency, mode=QueueExecutionMode.drain)
    _report(jobs_per_second=count / (time.perf_counter() - began))


async def latency(driver: AsyncpgDriver, count: int) -> None:
    running = asyncio.create_task(worker(driver).run(batch_size=1))
    await asyncio.sleep(2)
    chance = random.Random(1)
    other = Queries(AsyncpgDriver(await asyncpg.connect(sys.argv[2])))
    for number in range(count):
        await other.enqueue("wait", str(time.time()).encode())
        await asyncio.sleep(chance.uniform(0.02, 0.06))
        while len(waits) <= number:
            await asyncio.sleep(0.005)
    running.cancel()
    waits.sort()
    _report(p50=waits[count // 2] * 1000, p99=waits[count * 99 // 100] * 1000, longest=waits[-1] * 1000)


async def idle(driver: AsyncpgDriver, seconds: int) -> None:
    running = asyncio.create_task(worker(driver).run())
    await asyncio.sleep(1)
    before = time.process_time()
    await asyncio.sleep(seconds)
    _report(processor_milliseconds_per_second=(time.process_time() - before) * 1000 / seconds)
    running.cancel()


async def _fill(driver: AsyncpgDriver, count: int, batch: int) -> None:
    queries = Queries(driver)
    for first in range(0, count, batch):
        if batch == 1:
            await queries.enqueue("nothing", b"1")
        else:
            size = min(batch, count - first)
            await queries.enqueue(["nothing"] * size, [b"1"] * size, [0] * size)


def _report(**figures: float) -> None:
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
