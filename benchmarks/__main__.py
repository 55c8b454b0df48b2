"""Every figure of docs/design/performance.md: `python -m benchmarks [ROW ...] [--rounds N] [--json FILE]`.

It starts its own servers on loopback, one after the other, runs the contenders in turn and prints medians. What the
plain design needs is in requirements-bench.txt; `make bench` installs it.
"""

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import commands, growth, homes, limits, pages, reads, start, toggles, watchers

ROWS: dict[str, Callable[[int, float], dict[str, Any]]] = {
    "limits": lambda rounds, seconds: limits.run(rounds=rounds, seconds=seconds),
    "toggles": lambda rounds, seconds: toggles.run(rounds=rounds, seconds=seconds),
    "commands": lambda rounds, seconds: commands.run(rounds=rounds, seconds=seconds),
    "watchers": lambda rounds, seconds: watchers.run(rounds=rounds, pushes=max(5, int(4 * seconds))),
    "reads": lambda rounds, seconds: reads.run(rounds=rounds, seconds=seconds),
    "pages": lambda _rounds, _seconds: pages.run(),
    "growth": lambda rounds, seconds: growth.run(rounds=rounds, seconds=seconds),
    "homes": lambda rounds, seconds: homes.run(rounds=rounds, seconds=seconds),
    "start": lambda rounds, seconds: start.run(rounds=rounds, seconds=seconds),
}


def main() -> None:
    asked = argparse.ArgumentParser(prog="benchmarks")
    asked.add_argument("rows", nargs="*", choices=[*ROWS, []], help="all of them where none is named")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--seconds", type=float, default=4)
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    found: dict[str, Any] = {}
    print(f"{os.cpu_count()} cores, loopback; {given.rounds} rounds of {given.seconds:g} s, medians\n")
    for row in given.rows or _all():
        found[row] = ROWS[row](given.rounds, given.seconds)
        for title, table in found[row].items():
            print(f"{row}: {title}\n{_table(table)}\n")
    if given.json:
        given.json.write_text(json.dumps(found, indent=2))


def _all() -> list[str]:
    if os.environ.get("DATABASE_URL"):
        return list(ROWS)
    print("Without homes: that row needs DATABASE_URL and REDIS_URL.\n")
    return [row for row in ROWS if row != "homes"]


def _table(rows: dict[str, dict[str, float]]) -> str:
    columns = list(next(iter(rows.values())))
    lines = [["", *columns], *([name, *(f"{one[key]:.2f}" for key in columns)] for name, one in rows.items())]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns) + 1)]
    return "\n".join("  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)) for line in lines)


if __name__ == "__main__":
    main()
