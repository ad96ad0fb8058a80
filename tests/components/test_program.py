from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "__main__.py"


def test_the_program_run_without_the_engine_says_in_one_line_what_to_run() -> None:
    done = subprocess.run([sys.executable, PROGRAM], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert "pulumi preview" in line and "make simulate" in line, "with an account, and without one"
