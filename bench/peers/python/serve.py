"""Draws with one library whenever it is asked on standard input, and answers with a line of JSON.

    python3 serve.py torch 2

The first line that it prints tells the library's version, or why there is none:

    {"version": "2.13.0"} or {"error": "ModuleNotFoundError: No module named 'torch'"}

Then every line that it reads is a piece of work (work.py), answered by {"ms": ...} or by {"error": ...}: the latter also if
what was drawn is not of the distribution. The first run of a work compiles, and touches memory that is drawn into again;
the caller does not count it. The variables of the environment that tell libraries how many threads to take are the caller's.
"""

import importlib
import json
import os
import sys
import time

import numpy

from checks import check_file, check_new, check_values
from work import Work


class Server:
    """Runs works; one at a time has memory."""

    def __init__(self, library):
        self.library = library
        self.drawn_as = None
        self.draws = {}
        self.drawn = None
        self.last_rows = {}

    def run(self, work):
        self.make_room(work)
        if work not in self.draws:
            self.draws[work] = self.library.prepare(work)
        draw = self.draws[work]
        started_at = time.perf_counter()
        self.drawn = draw()
        if work.path is not None:
            self.library.save(self.drawn, work.path)
        elapsed = time.perf_counter() - started_at
        self.check(work)
        return elapsed * 1000

    def make_room(self, work):
        """Frees what the last run drew, and the memory of works of another kind; removes the file of an earlier run."""
        self.drawn = None
        if self.drawn_as != (work.kind, work.dtype):
            self.draws.clear()
            self.last_rows.clear()
            self.drawn_as = (work.kind, work.dtype)
        if work.path is not None and os.path.exists(work.path):
            os.remove(work.path)

    def check(self, work):
        rows = numpy.array(self.library.to_float32(self.drawn[:: work.row_step]))
        check_values(work, rows)
        check_new(rows, self.last_rows.get(work))
        self.last_rows[work] = rows
        if work.path is not None:
            check_file(work)


def say(value):
    # The pipe's other end waits for whole lines.
    print(json.dumps(value), file=sys.__stdout__, flush=True)


def describe(error):
    return " ".join(f"{type(error).__name__}: {error}".split())


def main():
    # Output that packages print is not an answer.
    sys.stdout = sys.stderr
    name, threads = sys.argv[1], int(sys.argv[2])
    try:
        library = importlib.import_module(f"with_{name}")
        library.open_library(threads)
    except Exception as error:  # a package may fail to load in more ways than ImportError
        say({"error": describe(error)})
        return
    say({"version": library.VERSION})
    server = Server(library)
    for line in sys.stdin:
        try:
            say({"ms": server.run(Work.parse(line))})
        except Exception as error:
            say({"error": describe(error)})


if __name__ == "__main__":
    main()
