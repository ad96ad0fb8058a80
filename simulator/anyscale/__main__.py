"""`python -m simulator.anyscale --folder DIR`: the control plane alone, for clients that are other programs.

Prints its URL as one line, and stops when its standard input ends, which it does when the caller ends.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from simulator.anyscale.faults import UnusableFaultsError
from simulator.anyscale.server import serve
from simulator.anyscale.state import Polls
from simulator.world import UnusableWorldError, World


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m simulator.anyscale", description="Anyscale, simulated.")
    parser.add_argument("--folder", type=Path, required=True, help="where the world is kept")
    parser.add_argument("--activation-polls", type=int, default=Polls.activation, help="before a cloud is active")
    asked = parser.parse_args()
    with serve(World(asked.folder), polls=Polls(activation=asked.activation_polls)) as url:
        print(url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    try:
        main()
    except (UnusableFaultsError, UnusableWorldError) as problem:
        sys.exit(str(problem))
