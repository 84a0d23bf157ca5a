"""Where a database that lives for one test run keeps its files: in memory where there is room, else where all files go.

A new database is some six hundred files. On a disk that others write to as well, making them is most of what a test of
the records takes; nothing in these tests is about the disk.
"""

import os
import shutil

MEMORY, ENOUGH = "/dev/shm", 2 * 2**30


def roomy() -> str | None:
    """A folder in memory with room for a database; None where the machine has none (a container's may be 64 MB)."""
    if os.access(MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY).free >= ENOUGH:
        return MEMORY
    return None
