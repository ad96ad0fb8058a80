"""`python -m simulator.toolchain` prints the folder to put first on PATH; stderr says where `pulumi` comes from."""

import sys

from simulator.toolchain.engine import NoEngineError, console, ready

try:
    engine = ready()
except NoEngineError as problem:
    sys.exit(str(problem))
console.print(f"pulumi: {engine.way}")
print(engine.program.parent)
