"""What a person may get wrong around the simulator: each is answered with one line, never with a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from reachable import by_signals

from simulator.mirror import Mirror, UnusableProjectError
from simulator.sandbox import Simulator
from simulator.simulate import simulate
from simulator.world import Call, World

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def sandbox(tmp_path: Path) -> Path:
    folder = tmp_path / "sandbox"
    folder.mkdir()
    return folder


def command(*words: str, module: str = "simulator", **environment: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", module, *words]
    env = {**os.environ, **environment}
    done = subprocess.run(line, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.mark.parametrize("words", [("export",), ("simulate", "eastus"), ("--", "true")])
@pytest.mark.parametrize(
    ("name", "content"), [("world.json", '{"records": {'), ("world.json", "[]"), ("journal.jsonl", '{"pro')]
)
def test_a_world_that_was_cut_is_named_with_the_command_that_forgets_it(
    sandbox: Path, name: str, content: str, words: tuple[str, ...]
) -> None:
    (sandbox / name).write_text(content)

    done = command("--folder", str(sandbox), *words)

    assert done.returncode == 1
    assert str(sandbox / name) in done.stderr, "which file"
    assert f"python -m simulator --folder {sandbox} reset" in done.stderr, "what to do"


def test_a_call_that_a_killed_process_half_wrote_is_refused_where_others_are_whole(sandbox: Path) -> None:
    World(sandbox).note(Call(provider="azuread", operation="create", type="t:T", key="k", done=True))
    with (sandbox / "journal.jsonl").open("a") as journal:
        journal.write('{"pro')

    assert str(sandbox / "journal.jsonl") in command("--folder", str(sandbox), "export").stderr


def test_a_folder_that_cannot_hold_a_world_is_named(tmp_path: Path) -> None:
    taken = tmp_path / "letter.txt"
    taken.touch()

    exported, forgotten = (command("--folder", str(taken), word) for word in ("export", "reset"))

    assert exported.returncode == 1
    assert f"{taken} cannot hold" in exported.stderr
    assert forgotten.returncode == 2
    assert "nothing is removed" in forgotten.stderr
    assert taken.exists()


@pytest.mark.parametrize("faults", ["[{", '{"path": "/"}', '[{"path": "/", "often": 2}]', '[{"path": "("}]', '["/"]'])
def test_faults_that_are_none_are_named_with_their_variable(sandbox: Path, faults: str) -> None:
    done = command("--folder", str(sandbox), "--", "true", SIMULATOR_ANYSCALE_FAULTS=faults)

    assert done.returncode == 1
    assert "SIMULATOR_ANYSCALE_FAULTS is no JSON list of faults" in done.stderr


def test_anyscale_alone_tells_of_a_world_or_faults_that_are_none(tmp_path: Path, sandbox: Path) -> None:
    taken = tmp_path / "letter.txt"
    taken.touch()

    lost = command("--folder", str(taken), module="simulator.anyscale")
    wrong = command("--folder", str(sandbox), module="simulator.anyscale", SIMULATOR_ANYSCALE_FAULTS="[{")

    assert (lost.returncode, wrong.returncode) == (1, 1)
    assert f"{taken} cannot hold" in lost.stderr
    assert "SIMULATOR_ANYSCALE_FAULTS is no JSON list" in wrong.stderr


def test_a_world_that_cannot_be_removed_is_not_said_to_be_forgotten(tmp_path: Path) -> None:
    World(tmp_path / "world")
    (tmp_path / "link").symlink_to(tmp_path / "world")
    (tmp_path / "world" / "world.json").touch()

    done = command("--folder", str(tmp_path / "link"), "reset")

    assert done.returncode == 1
    assert "cannot be removed" in done.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("name: [", "cannot be read as YAML"),
        ("- a list", "no project of Pulumi"),
        ("name: tiny\n", "no project of Pulumi"),
        (None, "cannot be read"),
    ],
)
def test_a_project_file_that_is_none_is_named(project: Path, sandbox: Path, content: str | None, words: str) -> None:
    (project / "Pulumi.yaml").unlink()
    if content is not None:
        (project / "Pulumi.yaml").write_text(content)

    with pytest.raises(UnusableProjectError, match=words) as refused:
        Mirror(sandbox, project).refresh()

    assert str(project / "Pulumi.yaml") in str(refused.value)


def test_a_stack_file_that_is_no_text_is_named(project: Path, sandbox: Path) -> None:
    (project / "Pulumi.one.yaml").write_bytes("config: {}".encode("utf-16"))

    with pytest.raises(UnusableProjectError, match=r"Pulumi\.one\.yaml is no UTF-8 text"):
        Mirror(sandbox, project).refresh()


def test_a_folder_named_as_a_stack_file_is_named(project: Path, sandbox: Path) -> None:
    (project / "Pulumi.two.yaml").mkdir()

    with pytest.raises(UnusableProjectError, match=r"Pulumi\.two\.yaml cannot be read"):
        Mirror(sandbox, project).refresh()


def test_a_list_of_copies_that_was_cut_is_named(project: Path, sandbox: Path) -> None:
    (sandbox / "copied.json").write_text("{")

    with pytest.raises(UnusableProjectError, match=r"copied\.json .*remove it"):
        Mirror(sandbox, project).refresh()


def test_a_file_that_becomes_unreadable_is_told_by_the_next_pulumi(project: Path, sandbox: Path) -> None:
    with Simulator(sandbox, project=project) as simulator:
        (project / "Pulumi.one.yaml").write_bytes(b"\xff")
        done = simulator.run("pulumi", "version")

    assert done.returncode == 1
    assert "is no UTF-8 text" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("word", "code"), [("/", 126), ("./no-such-file", 127)])
def test_what_cannot_be_started_is_named_with_the_folder_it_was_looked_up_in(
    sandbox: Path, word: str, code: int
) -> None:
    done = command("--folder", str(sandbox), "--", word)

    assert done.returncode == code, "as shells have it"
    assert f"{word} cannot be started in {sandbox}" in done.stderr


def test_a_user_without_a_shell_gets_the_usual_one(sandbox: Path) -> None:
    assert command("--folder", str(sandbox), "shell", SHELL="").returncode == 0


@pytest.mark.engine
@pytest.mark.parametrize(("stack", "words"), [("a b", "stack name"), ("list", "could not create secrets manager")])
def test_a_stack_that_the_engine_does_not_make_is_told_in_its_words(
    project: Path, sandbox: Path, capsys: pytest.CaptureFixture[str], stack: str, words: str
) -> None:
    (project / f"Pulumi.{stack}.yaml").write_text("- no mapping\n")

    with Simulator(sandbox, project=project) as simulator:
        assert simulate(simulator, [stack]) == 1

    said = capsys.readouterr().out
    assert f"`pulumi stack init {stack}` failed" in said, "which command"
    assert words in said, "and why"


@pytest.mark.engine
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP], ids=["Ctrl-C", "a closed terminal"])
def test_a_deployment_that_is_interrupted_ends_in_order_and_can_be_done_again(
    project: Path, sandbox: Path, number: signal.Signals
) -> None:
    begun = project / "begun"
    (project / "__main__.py").write_text(f"import pathlib, time\npathlib.Path({str(begun)!r}).touch()\ntime.sleep(3)\n")
    lines = [
        "import sys; from pathlib import Path",
        "from simulator.sandbox import Simulator; from simulator.simulate import simulate",
        "with Simulator(Path(sys.argv[1]), project=Path(sys.argv[2])) as simulator:",
        "    sys.exit(simulate(simulator, ['one']))",
    ]
    line = [sys.executable, "-c", "\n".join(lines), str(sandbox), str(project)]
    locks = sandbox / "state" / ".pulumi" / "locks"
    with (
        by_signals(),
        subprocess.Popen(line, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process,
    ):
        while process.poll() is None and not begun.exists():  # to make the stack takes a lock too
            time.sleep(0.05)
        assert [*locks.rglob("*.json")]
        process.send_signal(number)
        said, _ = process.communicate()

    assert process.returncode == 1, said
    assert "`pulumi up" in said, "what was interrupted"
    assert not [*locks.rglob("*.json")], "a lock left behind would refuse the next deployment"
