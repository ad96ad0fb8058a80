"""The world: what outlives the process, and what several processes see of it."""

from __future__ import annotations

import json
import multiprocessing
import threading
from pathlib import Path

import pytest

from simulator.world import Call, Record, UnusableWorldError, World


def a_record(key: str, **outputs: object) -> Record:
    return Record(provider="azure-native", type="t:T", id=key, key=key, stack="a", inputs={}, outputs=dict(outputs))


CALL = Call(provider="azure-native", operation="create", type="t:T", key="k", done=True)


def test_a_record_is_on_disk_before_put_returns(tmp_path: Path) -> None:
    World(tmp_path).put(a_record("k", a=1))
    found = World(tmp_path).get("k")
    assert found and found.outputs == {"a": 1}, "a killed run must leave what the cloud would"


def test_the_file_is_readable_json(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.put(a_record("k"))
    world.anyscale["clouds"] = ["c"]
    world.save()
    whole = json.loads((tmp_path / "world.json").read_text())
    assert list(whole["records"]) == ["k"], "a person looks the world up in this file"
    assert whole["anyscale"] == {"clouds": ["c"]}, "Anyscale's section is saved with the records"


def test_records_come_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    world = World(tmp_path)
    for key in ("z", "a", "m"):
        world.put(a_record(key))
    world.put(a_record("a", again=True))
    assert [r.key for r in World(tmp_path).records()] == ["z", "a", "m"], "an update must not reorder the world"


def test_removing_answers_what_was_there(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.put(a_record("k"))
    assert world.remove("k") is not None, "the record itself is the answer"
    assert world.remove("k") is None, "nothing is left to remove"
    assert World(tmp_path).get("k") is None, "the removal must be on disk too"


def test_the_journal_only_grows_and_survives(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.note(CALL)
    assert World(tmp_path).journal == (CALL,), "the journal is read back from its own file"
    world.note(CALL)
    assert len((tmp_path / "journal.jsonl").read_text().splitlines()) == 2, "one line a call"


def test_noting_a_call_does_not_write_the_records_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.put(a_record("k"))
    before = world.path.stat().st_ino
    world.note(CALL)
    assert world.path.stat().st_ino == before, "many calls must not cost a whole file each"


def test_two_worlds_over_one_folder_see_each_other(tmp_path: Path) -> None:
    one, other = World(tmp_path), World(tmp_path)
    one.put(a_record("k"))
    one.note(CALL)
    assert other.get("k") is not None, "commands in separate processes see the same world"
    other.put(a_record("l"))
    assert {r.key for r in one.records()} == {"k", "l"}, "neither may write over what the other wrote"
    assert other.journal == (CALL,), "the journal is shared as well"


def _put_many(folder: Path, prefix: str) -> None:
    world = World(folder)
    for number in range(20):
        world.put(a_record(f"{prefix}{number}"))


def test_writers_in_several_processes_and_threads_lose_nothing(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_put_many, args=(tmp_path, prefix)) for prefix in "ab"]
    threads = [threading.Thread(target=_put_many, args=(tmp_path, prefix)) for prefix in "cd"]
    for worker in (*processes, *threads):
        worker.start()
    for worker in (*processes, *threads):
        worker.join()
    assert len(list(World(tmp_path).records())) == 80, "every put is a look and a write under one lock"


@pytest.mark.parametrize(("asked", "found"), [({"provider": "kubernetes"}, []), ({"type_suffix": ":T"}, ["k"])])
def test_records_are_filtered(tmp_path: Path, asked: dict[str, str], found: list[str]) -> None:
    world = World(tmp_path)
    world.put(a_record("k"))
    assert [r.key for r in world.records(**asked)] == found, "by provider and by the end of the type"


def test_a_file_that_goes_or_breaks_under_an_open_world_is_told_to_everyone_and_blocks_nobody(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.put(a_record("k"))
    told: list[str] = []

    def look() -> None:
        try:
            world.get("k")
        except UnusableWorldError as error:
            told.append(str(error))

    for spoil in (world.path.unlink, lambda: world.path.write_text("{")):
        spoil()
        threads = [threading.Thread(target=look, daemon=True) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)
        assert not any(thread.is_alive() for thread in threads), "who was told must let the others in"

    assert len(told) == 4 and all("reset" in text for text in told), "each caller hears what to do"
