"""A `pulumi` that answers what a test wrote down: a program on PATH, fast, with made events."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fleet_events import Json
from specs import ROOT

PROGRAM = """
import json, os, signal, sys, time
home = {home!r}
words = sys.argv[1:]
flag = lambda name: words[words.index(name) + 1] if name in words else ""
stack, verb = flag("--stack"), words[0]
def append(file, value):
    with open(os.path.join(home, file), "a") as out:
        out.write(json.dumps(value) + "\\n")
def lines(file):
    path = os.path.join(home, file)
    return [json.loads(line) for line in open(path)] if os.path.exists(path) else []
with open(os.path.join(home, "answers")) as file:
    answers = json.load(file)
key = (verb + " " + stack).strip() if verb != "stack" else " ".join(["stack", words[1], stack]).strip()
if "--preview-only" in words:
    key = "look " + key
told = next((answers[each] for each in (key, key.removesuffix(stack).strip(), key.split()[0]) if each in answers), {{}})
if isinstance(told, list):
    told = told[min(sum(1 for call in lines("calls") if call["key"] == key), len(told) - 1)]
append("calls", {{"key": key, "words": words, "cwd": os.getcwd()}})
if verb == "stack" and words[1] == "init":
    answers["stack ls"]["out"] = json.dumps(json.loads(answers["stack ls"]["out"]) + [{{"name": words[2]}}])
    with open(os.path.join(home, "answers"), "w") as file:
        json.dump(answers, file)
patience = told.get("interrupts", 0)
if patience:
    got = []
    def heard(number, frame):
        got.append(number)
        append("signals", {{"stack": stack, "signal": number}})
    signal.signal(signal.SIGINT, heard)
    open(os.path.join(home, "lock." + stack), "w").close()
with open(flag("--event-log") or os.devnull, "a") as log:
    log.write(told.get("log", ""))
append("begun", {{"key": key}})
while patience and len(got) < patience:
    time.sleep(0.01)
if patience == 1:
    os.remove(os.path.join(home, "lock." + stack))
sys.stdout.write(told.get("out", ""))
sys.stderr.write(told.get("err", ""))
sys.stdout.flush()
if told.get("signal"):
    os.kill(os.getpid(), told["signal"])
sys.exit(told.get("code", 0))
"""
SUMMARY: Json = {"summaryEvent": {"result": "succeeded"}}


def log(*events: Json, whole: bool = True) -> str:
    """Lines of an event log."""
    return "".join(json.dumps(event) + "\n" for event in (*events, *([SUMMARY] if whole else [])))


class FakeEngine:
    """A project of eastus, which owns the cloud, and westus3, which joins it; and a `pulumi` that knows both.

    Attributes:
        project: folder of the stack files.
    """

    def __init__(self, folder: Path) -> None:
        self.project, self._home = folder / "project", folder / "home"
        self._bin = folder / "bin"
        for each in (self.project, self._home, self._bin):
            each.mkdir()
        for name in ("Pulumi.yaml", "Pulumi.eastus.yaml", "Pulumi.westus3.yaml"):
            shutil.copy2(ROOT / name, self.project)
        program = self._home / "pulumi.py"
        program.write_text(PROGRAM.format(home=str(self._home)))
        script = self._bin / "pulumi"
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -I -S {shlex.quote(str(program))} "$@"\n')
        script.chmod(0o755)
        self._answers: dict[str, Any] = {}
        self.says("version", out="v3.250.0\n")
        self.knows("eastus", "westus3")
        self.tells("eastus", cloud_id="cld_1")
        for verb in ("preview", "up", "destroy", "refresh", "look"):
            self.says(verb, log=log())

    @property
    def path(self) -> str:
        """PATH on which it comes first."""
        return f"{self._bin}{os.pathsep}{os.environ['PATH']}"

    def says(self, key: str, *more: Json, **answer: Any) -> None:
        """What a command answers: `out`, `err`, `log`, `code`, `signal`, and `interrupts` that it waits for.

        Args:
            key: `preview eastus`, `stack ls`; `look destroy eastus` where it only looks; `preview` for all stacks.
            more: answers to the calls after the first.
        """
        self._answers[key] = [answer, *more] if more else answer
        (self._home / "answers").write_text(json.dumps(self._answers))

    def knows(self, *stacks: str, resources: int = 80) -> None:
        """Which stacks the backend lists."""
        rows = [{"name": stack, "resourceCount": resources} for stack in stacks]
        self.says("stack ls", out=json.dumps(rows))

    def tells(self, primary: str, *later: str, cloud_id: str) -> None:
        """What joins a primary finds in its outputs; with `later`, ids of its cloud after further calls."""
        told = [{"out": json.dumps(_shared(each) if each else {})} for each in (cloud_id, *later)]
        self._answers[f"stack output {primary}"] = told
        self.says("stack output", out="{}")

    def calls(self, *verbs: str) -> list[str]:
        """What was asked of it, in order."""
        found = [call["key"] for call in self._lines("calls")]
        return [key for key in found if not verbs or key.split()[0] in verbs]

    def words(self, key: str) -> list[str]:
        """The words of the last such call."""
        return [call["words"] for call in self._lines("calls") if call["key"] == key][-1]

    def begun(self) -> list[str]:
        """Calls that have written their events."""
        return [each["key"] for each in self._lines("begun")]

    def signals(self) -> list[str]:
        """Stacks whose engine heard a Ctrl-C, once for each."""
        return [each["stack"] for each in self._lines("signals")]

    def locked(self) -> list[str]:
        """Stacks whose engine did not end in order."""
        return sorted(path.suffix[1:] for path in self._home.glob("lock.*"))

    def start(self, *words: str, group: bool = False) -> subprocess.Popen[str]:
        """The command as a process of its own, in a group of its own where asked."""
        return subprocess.Popen(
            [sys.executable, "-m", "fleet", *words],
            cwd=self.project,
            env={**os.environ, "PATH": self.path, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0 if group else None,
        )

    def use(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """For commands in this process."""
        monkeypatch.setenv("PATH", self.path)
        monkeypatch.chdir(self.project)

    def _lines(self, file: str) -> list[Json]:
        path = self._home / file
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _shared(cloud_id: str) -> Json:
    names = ("CloudName", "StorageAccount", "StorageAccountId", "StorageResourceGroup")
    return {
        "contract": 1,
        "sharedCloudId": cloud_id,
        "sharedStorageContainers": [],
        "sharedStorageAccess": "entra",
        **{f"shared{n}": "x" for n in names},
    }
