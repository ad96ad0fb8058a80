"""What must end before a region or a cloud may go, and what it takes to end it."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from anyscale_session import Session, anyscale

from simulator.anyscale import Polls

SERVICE = "RAY_OBS_EVENTS_API_SERVICE"


def describe(session: Session, cloud_id: str, **query: str) -> dict[str, str]:
    asked = {"workload_name": SERVICE, "start_cluster": "false", **query}
    answer = session.http.post(f"/api/v2/system_workload/{cloud_id}/describe", params=asked)
    return answer.raise_for_status().json()["result"]


def terminate(session: Session, cloud_id: str, **query: str) -> httpx.Response:
    return session.http.post(f"/api/v2/system_workload/{cloud_id}/terminate", params=query)


def two_regions(session: Session, *, status: str = "HEALTHY") -> tuple[str, str, str]:
    """Ids of a cloud, its primary and its second resource, both with operators of that status."""
    cloud_id = session.cloud()
    ids = session.added(cloud_id), session.added(cloud_id, name="second")
    session.world.anyscale["operator_status"] = dict.fromkeys(ids, status)
    return cloud_id, *ids


def test_a_system_cluster_starts_once_the_operator_is_healthy(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, primary, second = two_regions(session, status="UNHEALTHY")
        assert describe(session, cloud_id)["status"] is None
        session.world.anyscale["operator_status"][primary] = "HEALTHY"

        assert describe(session, cloud_id)["status"] == "Running", "the primary is meant where none is named"
        assert describe(session, cloud_id, cloud_resource_id=second)["status"] is None


def test_a_cloud_may_do_without_system_clusters(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id = session.cloud()
        session.http.put(f"/api/v2/clouds/{cloud_id}/update_system_cluster_config", params={"is_enabled": "false"})
        session.world.anyscale["operator_status"] = {session.added(cloud_id): "HEALTHY"}

        assert describe(session, cloud_id)["status"] is None


def test_a_system_cluster_ends_after_as_many_polls_as_asked(tmp_path: Path) -> None:
    with anyscale(tmp_path, polls=Polls(activation=0, termination=2)) as session:
        cloud_id, _, _ = two_regions(session)
        assert terminate(session, cloud_id).json()["result"]["completed"] is False

        seen = [describe(session, cloud_id)["status"] for _ in range(4)]

        assert seen == ["Terminating", "Terminating", "Terminated", "Terminated"]


def test_ending_what_has_ended_or_never_was_is_refused_differently(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, _, second = two_regions(session)
        session.world.anyscale["operator_status"][second] = "UNHEALTHY"
        terminate(session, cloud_id)
        describe(session, cloud_id)

        assert terminate(session, cloud_id).status_code == 409, "it has already ended"
        assert terminate(session, cloud_id, cloud_resource_id=second).status_code == 404, "it never was"


def test_describing_may_start_an_ended_system_cluster_again(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, _, _ = two_regions(session)
        terminate(session, cloud_id)

        assert describe(session, cloud_id)["status"] == "Terminated", "not without being asked to"
        assert describe(session, cloud_id, start_cluster="true")["status"] == "Running"


def test_nothing_ends_without_its_operator(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, primary, _ = two_regions(session)
        describe(session, cloud_id)
        session.world.anyscale["operator_status"][primary] = "DISCONNECTED"
        terminate(session, cloud_id)

        assert [describe(session, cloud_id)["status"] for _ in range(3)] == ["Terminating"] * 3
        assert session.http.delete(f"/api/v2/clouds/{cloud_id}").status_code == 409, "the cloud is stuck"


def test_a_resource_stays_while_a_users_workload_runs_in_it(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, primary, second = two_regions(session, status="UNHEALTHY")
        job = {"cloud_resource_id": second, "name": "nightly-training", "state": "RUNNING"}
        elsewhere = {"cloud_resource_id": primary, "name": "serving", "state": "RUNNING"}
        session.world.anyscale["workloads"] = [job, elsewhere]
        refused = session.remove(cloud_id, "second")

        assert refused.status_code == 409
        assert "1 associated Clusters that are still active: nightly-training" in refused.json()["error"]["detail"]
        job["state"] = "SUCCEEDED"
        assert session.remove(cloud_id, "second").status_code == 204, "what runs elsewhere does not matter"


def test_the_clusters_of_a_cloud_are_listed_by_state_and_its_own_are_told_apart(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, _, second = two_regions(session)
        other = session.added(session.cloud("other"))
        session.world.anyscale["workloads"] = [
            {"cloud_resource_id": second, "name": "training", "state": "RUNNING"},
            {"cloud_resource_id": second, "name": "nightly", "state": "SUCCEEDED"},
            {"cloud_resource_id": other, "name": "serving", "state": "RUNNING"},
        ]

        def listed(**query: str | list[str]) -> set[tuple[str, str]]:
            answer = session.http.get("/api/v2/decorated_sessions/", params={"cloud_id": cloud_id, **query})
            rows = answer.raise_for_status().json()["results"]
            return {("system" if row["is_system_cluster"] else row["name"], row["state"]) for row in rows}

        assert listed() == {("training", "Running"), ("nightly", "Terminated"), ("system", "Running")}
        assert listed(state_filter=["StartingUp", "Running"]) == {("training", "Running"), ("system", "Running")}
        assert listed(state_filter="Stopping") == set()


def test_a_removed_resource_leaves_no_system_cluster_behind(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, primary, second = two_regions(session)
        session.resources(cloud_id)
        assert session.remove(cloud_id, "second").status_code == 409, "its system cluster still runs"
        terminate(session, cloud_id, cloud_resource_id=second)

        assert session.remove(cloud_id, "second").status_code == 204
        assert list(session.world.anyscale["system_clusters"]) == [primary]


@pytest.mark.parametrize(("force", "status"), [("false", 409), ("true", 204)])
def test_a_cloud_stays_while_anything_runs_unless_forced(tmp_path: Path, force: str, status: int) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, _, _ = two_regions(session)

        assert session.http.delete(f"/api/v2/clouds/{cloud_id}", params={"force": force}).status_code == status


def test_a_cloud_goes_once_every_system_cluster_has_ended(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, primary, second = two_regions(session)
        session.resources(cloud_id)
        for resource_id in (primary, second):
            assert terminate(session, cloud_id, cloud_resource_id=resource_id).status_code == 200

        assert session.http.delete(f"/api/v2/clouds/{cloud_id}").status_code == 204
        assert session.world.anyscale["system_clusters"] == {}


def test_only_anyscales_own_services_can_be_described(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id, _, _ = two_regions(session)
        asked = {"workload_name": "training"}

        assert session.http.post(f"/api/v2/system_workload/{cloud_id}/describe", params=asked).status_code == 422
