"""Puts jobs through huey on SQLite, as `jobs` does.

    python peer_huey.py enqueue FILE COUNT BATCH | drain FILE COUNT CONCURRENCY | latency FILE COUNT | idle FILE SECONDS

As it comes, but for its polls: a worker that found nothing looks again after POLL seconds, not after up to ten. Batches are
one transaction, though huey has no call for that: its own connection is told to begin and to commit.
"""

import json
import logging
import os
import random
import sys
import threading
import time

from huey import SqliteHuey
from huey.consumer import Consumer

POLL = float(os.environ.get("HUEY_POLL", "0.01"))

logging.disable(logging.CRITICAL)
huey = SqliteHuey(filename=sys.argv[2], results=False)
left = 0
done = threading.Event()
counting = threading.Lock()
waits: list[float] = []


@huey.task()
def nothing(number: int) -> None:
    global left
    with counting:
        left -= 1
        if left == 0:
            done.set()


@huey.task()
def wait(sent: float) -> None:
    waits.append(time.time() - sent)


def main() -> None:
    count = int(sys.argv[3])
    {"enqueue": enqueue, "drain": drain, "latency": latency, "idle": idle}[sys.argv[1]](count)


def enqueue(count: int) -> None:
    began = time.perf_counter()
    _fill(count, int(sys.argv[4]))
    _report(jobs_per_second=count / (time.perf_counter() - began))


def drain(count: int) -> None:
    global left
    left = count
    _fill(count, 100)
    consumer = _consumer(int(sys.argv[4]))
    began = time.perf_counter()
    consumer.start()
    done.wait()
    _report(jobs_per_second=count / (time.perf_counter() - began))
    os._exit(0)


def latency(count: int) -> None:
    consumer = _consumer(1)
    consumer.start()
    time.sleep(2)
    chance = random.Random(1)
    for number in range(count):
        wait(time.time())
        time.sleep(chance.uniform(0.02, 0.06))
        while len(waits) <= number:
            time.sleep(0.005)
    waits.sort()
    _report(p50=waits[count // 2] * 1000, p99=waits[count * 99 // 100] * 1000, longest=waits[-1] * 1000)
    os._exit(0)


def idle(seconds: int) -> None:
    _consumer(1).start()
    time.sleep(1)
    before = time.process_time()
    time.sleep(seconds)
    _report(processor_milliseconds_per_second=(time.process_time() - before) * 1000 / seconds)
    os._exit(0)


def _fill(count: int, batch: int) -> None:
    for first in range(0, count, batch):
        if batch == 1:
            nothing(first)
            continue
        with huey.storage.db(commit=True, close=False) as cursor:
            for number in range(first, min(first + batch, count)):
                task = nothing.s(number)
                cursor.execute(
                    "insert into task(queue, data, priority) values(?, ?, ?)",
                    (huey.name, huey.serialize_task(task), 0))


def _consumer(workers: int) -> Consumer:
    return Consumer(huey, workers=workers, periodic=False, initial_delay=POLL, max_delay=POLL)


def _report(**figures: float) -> None:
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
