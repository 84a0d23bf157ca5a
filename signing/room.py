"""The drawing room: a process that draws papers for whoever holds its standard input, bounded in memory and time.

`python -m signing.room` is begun by `signing.pen`, with no key, no address and no password in its environment: a text
that somebody wrote to do harm can at worst end this process. Each message, either way, is its length in four bytes and
what it says: a sheet's plain fields (pickled) in, an answer out, which is never unpickled. It ends at once when its
input does, in the middle of a paper too: nobody is left who would read it.
"""

import gc
import json
import os
import pickle
import resource
import select
import struct
import sys
import threading
from collections.abc import Mapping
from typing import Any, BinaryIO

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_S = 20
"""What one paper may take (measured: the longest that may be drawn takes a few seconds)."""
LENGTH = struct.Struct(">I")


DRAWN, UNFIT, WRONG = b"D", b"U", b"W"
"""How an answer begins: a PDF; what is said of a text that cannot stand on a paper (JSON: Thai, English, field);
what is missing or broke (JSON: its name, its words)."""


def draw(fields: Mapping[str, Any]) -> bytes:
    """One paper, or what is in its way."""
    from signing.document import render, sheet_of
    from signing.fitting import UnfitText

    try:
        return DRAWN + render(sheet_of(fields))
    except UnfitText as unfit:
        return UNFIT + json.dumps([unfit.th, unfit.en, unfit.field]).encode()
    except MemoryError:
        raise  # it is no longer known what this process holds
    except Exception as wrong:
        return WRONG + json.dumps([type(wrong).__name__, str(wrong)]).encode()


def main() -> None:
    """Draw until nobody asks any more."""
    threading.Thread(target=_end_with_the_input, daemon=True).start()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no answer
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    frozen = False
    while asked := _read(sys.stdin.buffer):
        _bound_time()
        answer = draw(pickle.loads(asked))
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()
        if not frozen:  # to ask the collector would count all that is frozen, an eighth of a paper's cost
            gc.collect()
            gc.freeze()  # what the first paper has loaded stays for good
            frozen = True


def _end_with_the_input() -> None:
    nobody_left = select.poll()
    nobody_left.register(sys.stdin.fileno(), 0)  # no event but the end of it, which is always told
    nobody_left.poll()
    os._exit(0)


def _read(source: BinaryIO) -> bytes:
    """The next message; nothing at the end of all."""
    length = source.read(LENGTH.size)
    return source.read(LENGTH.unpack(length)[0]) if len(length) == LENGTH.size else b""


def _bound_time() -> None:
    """So much CPU time from here on; past it the process is ended (SIGXCPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + CPU_S
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
