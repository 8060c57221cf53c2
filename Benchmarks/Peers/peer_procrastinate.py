"""Puts jobs through procrastinate on PostgreSQL, as `jobs` does.

    python peer_procrastinate.py enqueue URL COUNT BATCH | drain URL COUNT CONCURRENCY | latency URL COUNT | idle URL SECONDS

As it comes: it hears of new jobs by LISTEN. In `latency` the one who enqueues has a connection of its own, as in another
process.
"""

import asyncio
import json
import logging
import random
import sys
import time

import procrastinate

logging.disable(logging.CRITICAL)


def make() -> procrastinate.App:
    return procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=sys.argv[2]))


app = make()
waits: list[float] = []


@app.task(name="nothing")
async def nothing(number: int) -> None:
    pass


@app.task(name="wait")
async def wait(sent: float) -> None:
    waits.append(time.time() - sent)


async def main() -> None:
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await {"enqueue": enqueue, "drain": drain, "latency": latency, "idle": idle}[sys.argv[1]](int(sys.argv[3]))


async def enqueue(count: int) -> None:
    began = time.perf_counter()
    await _fill(count, int(sys.argv[4]))
    _report(jobs_per_second=count / (time.perf_counter() - began))


async def drain(count: int) -> None:
    await _fill(count, 100)
    began = time.perf_counter()
    await app.run_worker_async(concurrency=int(sys.argv[4]), wait=False, install_signal_handlers=False)
    _report(jobs_per_second=count / (time.perf_counter() - began))


async def latency(count: int) -> None:
    worker = asyncio.create_task(app.run_worker_async(install_signal_handlers=False))
    await asyncio.sleep(2)
    chance = random.Random(1)
    async with make().open_async() as other:
        for number in range(count):
            await other.configure_task("wait").defer_async(sent=time.time())
            await asyncio.sleep(chance.uniform(0.02, 0.06))
            while len(waits) <= number:
                await asyncio.sleep(0.005)
    worker.cancel()
    waits.sort()
    _report(p50=waits[count // 2] * 1000, p99=waits[count * 99 // 100] * 1000, longest=waits[-1] * 1000)


async def idle(seconds: int) -> None:
    worker = asyncio.create_task(app.run_worker_async(install_signal_handlers=False))
    await asyncio.sleep(1)
    before = time.process_time()
    await asyncio.sleep(seconds)
    _report(processor_milliseconds_per_second=(time.process_time() - before) * 1000 / seconds)
    worker.cancel()


async def _fill(count: int, batch: int) -> None:
    for first in range(0, count, batch):
        if batch == 1:
            await nothing.defer_async(number=first)
        else:
            await nothing.batch_defer_async(*({"number": n} for n in range(first, min(first + batch, count))))


def _report(**figures: float) -> None:
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
