"""Runs a command and writes down what it took.

    python -I -S measured.py RESULT COMMAND…     RESULT gets seconds, the peak resident set in KB, and CPU seconds

A process of its own, and with few imports, because Linux counts the memory of the process that starts another towards
the other's peak: this one is 9 MB, the one that draws the tables is not.
"""

import os
import sys
import time

result, *command = sys.argv[1:]
began = time.perf_counter()
child = os.posix_spawnp(command[0], command, os.environ)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - began
with open(result, "w", encoding="utf-8") as file:
    file.write(f"{seconds} {usage.ru_maxrss} {usage.ru_utime + usage.ru_stime}")
sys.exit(abs(os.waitstatus_to_exitcode(status)))
