"""`python -m simulator.toolchain` prints the folder to put first on PATH, and says on stderr where `pulumi` comes from."""

import sys

from simulator.toolchain.engine import NoEngineError, folder

try:
    print(folder())
except NoEngineError as problem:
    sys.exit(str(problem))
