from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from anyscale_session import anyscale

from simulator.anyscale import Fault, Faults, serve
from simulator.anyscale.faults import VARIABLE
from simulator.world import World

ADD = ".*/add_resource"


def test_a_fault_strikes_as_often_as_asked_and_then_the_truth_is_heard(tmp_path: Path) -> None:
    with anyscale(tmp_path, faults=Faults([Fault(method="PUT", path=ADD, times=2, status=503)])) as session:
        cloud_id = session.cloud()

        assert [session.add(cloud_id).status_code for _ in range(3)] == [503, 503, 200]


def test_a_fault_lets_the_first_requests_pass_if_asked(tmp_path: Path) -> None:
    faults = Faults([Fault(path="/api/v2/clouds", skip=1, status=500)])
    with anyscale(tmp_path, faults=faults) as session:
        seen = [session.http.get("/api/v2/clouds/").status_code for _ in range(3)]

        assert seen == [200, 500, 200], "the path is matched without its trailing slash"
        assert faults.unused == ()


def test_a_fault_strikes_only_its_own_method_and_path(tmp_path: Path) -> None:
    faults = Faults([Fault(method="DELETE", path="/api/v2/clouds/[^/]+", status=500)])
    with anyscale(tmp_path, faults=faults) as session:
        cloud_id = session.cloud()

        assert session.http.get(f"/api/v2/clouds/{cloud_id}").status_code == 200
        assert session.remove(cloud_id, "any").status_code == 404
        assert [fault.method for fault in faults.unused] == ["DELETE"]
        assert session.http.delete(f"/api/v2/clouds/{cloud_id}").status_code == 500


@pytest.mark.parametrize(("committed", "made"), [(False, 0), (True, 1)])
def test_a_timeout_has_its_effect_only_where_it_was_committed(tmp_path: Path, committed: bool, made: int) -> None:
    faults = Faults([Fault(path=ADD, status=504, committed=committed)])
    with anyscale(tmp_path, faults=faults) as session:
        cloud_id = session.cloud()

        assert session.add(cloud_id).status_code == 504
        assert len(session.resources(cloud_id)) == made


def test_a_connection_can_break_after_the_effect(tmp_path: Path) -> None:
    with anyscale(tmp_path, faults=Faults([Fault(path=ADD, dropped=True, committed=True)])) as session:
        cloud_id = session.cloud()

        with pytest.raises(httpx.RemoteProtocolError):
            session.add(cloud_id)
        assert len(session.resources(cloud_id)) == 1


def test_a_fault_may_ask_for_patience(tmp_path: Path) -> None:
    with anyscale(tmp_path, faults=Faults([Fault(path=".*", status=429, retry_after=7)])) as session:
        answer = session.http.get("/api/v2/clouds")

        assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


def test_a_late_answer_is_the_truth(tmp_path: Path) -> None:
    faults = Faults([Fault(path="/api/v2/clouds", delay_seconds=0.01)])
    with anyscale(tmp_path, faults=faults) as session:
        assert session.http.get("/api/v2/clouds").status_code == 200
        assert faults.unused == ()


def test_errors_come_in_every_envelope_that_clients_meet(tmp_path: Path) -> None:
    faults = Faults()
    with anyscale(tmp_path, faults=faults) as session:
        for envelope in ("error", "bare", "html"):
            faults.add(Fault(path=".*", status=502, detail="broken", envelope=envelope))
        own, bare, html = (session.http.get("/api/v2/clouds") for _ in range(3))

        assert own.json() == {"error": {"detail": "broken"}}
        assert bare.json() == {"detail": "broken"}
        assert html.headers["content-type"].startswith("text/html")


def test_faults_can_be_set_for_a_rehearsal_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, json.dumps([{"path": "/api/v2/userinfo", "status": 418}]))
    with serve(World(tmp_path)) as url:
        answer = httpx.get(f"{url}/api/v2/userinfo", headers={"authorization": "Bearer sss_test"})

    assert answer.status_code == 418


def test_it_runs_alone_for_other_programs_until_they_end(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "simulator.anyscale", "--folder", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin, "asked for"
        assert process.stdout, "asked for"
        url = process.stdout.readline().strip()
        assert httpx.get(f"{url}/api/v2/userinfo").status_code == 401
        process.stdin.close()

        assert process.wait(timeout=30) == 0
