from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from anyscale_session import anyscale

from simulator.anyscale import Polls
from simulator.anyscale.state import REMEMBERED_REQUESTS
from simulator.world import World


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": "Bearer"}, 401),
        ({"authorization": "Bearer my-password"}, 401),
        ({"authorization": "Bearer apassword"}, 401),
        ({"authorization": "Basic sss_test"}, 401),
        ({"authorization": "Bearer sss_test"}, 200),
        ({"authorization": "Bearer aph0_test"}, 200),
        ({"cookie": "cli_token=sss_test"}, 200),
    ],
)
def test_a_request_needs_a_token_as_a_bearer_or_as_the_vendors_cookie(
    tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    with anyscale(tmp_path) as session:
        assert httpx.get(session.http.base_url.join("/api/v2/userinfo/"), headers=headers).status_code == status


@pytest.mark.parametrize("slash", ["", "/"])
def test_paths_are_served_with_and_without_a_trailing_slash(tmp_path: Path, slash: str) -> None:
    with anyscale(tmp_path) as session:
        cloud_id = session.cloud()

        for path in ("clouds", f"clouds/{cloud_id}", f"clouds/{cloud_id}/resources", "userinfo"):
            assert session.http.get(f"/api/v2/{path}{slash}").status_code == 200, "clients differ in the slash"


def test_a_cloud_becomes_active_after_as_many_polls_as_asked(tmp_path: Path) -> None:
    with anyscale(tmp_path, polls=Polls(activation=2)) as session:
        cloud_id = session.cloud()

        seen = [session.http.get(f"/api/v2/clouds/{cloud_id}").json()["result"] for _ in range(4)]

        assert [(cloud["state"], cloud["status"]) for cloud in seen] == [
            ("CREATING", "pending"),
            ("CREATING", "pending"),
            ("ACTIVE", "ready"),
            ("ACTIVE", "ready"),
        ]


def test_two_clouds_may_have_one_name(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        ids = [session.cloud("ray"), session.cloud("ray")]

        assert ids[0] != ids[1], "the real one makes a second cloud, so a client must look before it creates"
        assert session.http.post("/api/v2/clouds/find_by_name", json={"name": "ray"}).json()["result"]["id"] == ids[0]


def test_an_unknown_cloud_is_404_by_name_and_by_id(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        by_name = session.http.post("/api/v2/clouds/find_by_name", json={"name": "nobody"})

        assert by_name.status_code == 404
        assert by_name.json() == {"error": {"detail": "Cloud with name nobody does not exist."}}
        assert session.http.get("/api/v2/clouds/cld_nobody").status_code == 404


def test_a_list_is_paged_by_tokens_until_there_is_none(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        made = [session.cloud(f"cloud-{number}") for number in range(5)]

        found: list[str] = []
        token: str | None = ""
        while token is not None:
            page = session.http.get("/api/v2/clouds", params={"count": 2, "paging_token": token}).json()
            assert len(page["results"]) <= 2
            found += [cloud["id"] for cloud in page["results"]]
            token = page["metadata"]["next_paging_token"]

        assert found == made, "nothing is lost or repeated at the edges of pages"


def test_a_page_holds_fifty_unless_asked_otherwise(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        for number in range(51):
            session.cloud(f"cloud-{number}")

        assert len(session.http.get("/api/v2/clouds").json()["results"]) == 50


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"provider": "AZUR"}, "provider"),
        ({"compute_stack": "VM"}, "compute_stack"),
        ({"credentials": None}, "credentials"),
        ({"regoin": "eastus"}, "regoin"),
    ],
)
def test_a_cloud_that_breaks_a_rule_is_422_and_says_where(
    tmp_path: Path, fields: dict[str, str | None], place: str
) -> None:
    body = {"name": "ray", "provider": "AZURE", "region": "eastus", "credentials": "", **fields}
    with anyscale(tmp_path) as session:
        answer = session.http.post("/api/v2/clouds", json=body)

        assert answer.status_code == 422
        assert [problem["loc"] for problem in answer.json()["error"]["detail"]] == [["body", place]]
        assert place in answer.json()["error"]["message"]


def test_an_empty_cloud_learns_what_it_is_from_its_first_resource(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id = session.http.post("/api/v2/clouds/empty", json={"name": "ray"}).json()["result"]["id"]
        before = session.http.get(f"/api/v2/clouds/{cloud_id}").json()["result"]
        session.added(cloud_id, region="westus3")
        after = session.http.get(f"/api/v2/clouds/{cloud_id}").json()["result"]

        assert before["state"] == "CREATING", "it waits for a resource however often it is polled"
        assert (after["state"], after["provider"], after["region"]) == ("ACTIVE", "AZURE", "westus3")


def test_a_deleted_cloud_is_gone_with_all_its_resources(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id = session.cloud()
        session.added(cloud_id)
        session.added(cloud_id, name="second")

        assert session.http.put(f"/api/v2/clouds/{cloud_id}/state", params={"state": "DELETING"}).status_code == 200
        assert session.http.delete(f"/api/v2/clouds/{cloud_id}").status_code == 204
        assert session.http.delete(f"/api/v2/clouds/{cloud_id}").status_code == 404
        assert session.world.anyscale["clouds"] == {}


def test_a_setting_of_a_cloud_can_be_switched(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id = session.cloud()

        session.http.put(f"/api/v2/clouds/{cloud_id}/auto_add_user", params={"auto_add_user": "true"})

        assert session.http.get(f"/api/v2/clouds/{cloud_id}").json()["result"]["auto_add_user"] is True


def test_the_plane_tells_what_it_runs_on_and_whom_operators_must_address(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        infra = session.http.get("/api/v2/workos/deployment_infra").json()["result"]
        audience = session.http.get("/api/v2/clouds/anyscale/azure_operator_audience").json()["result"]

        assert infra == {"deployment_infra": "aws"}
        assert audience == {"azure_operator_audience": "api://086bc555-6989-4362-ba30-fded273e432b"}


def test_two_worlds_with_one_history_are_equal(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        with anyscale(tmp_path / folder) as session:
            session.added(session.cloud())

    assert (tmp_path / "one/world.json").read_text() == (tmp_path / "other/world.json").read_text()


def test_another_process_finds_the_clouds_of_the_first(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        cloud_id = session.cloud()
    with anyscale(tmp_path) as session:
        assert session.http.get(f"/api/v2/clouds/{cloud_id}").json()["result"]["name"] == "ray"
        assert session.cloud() != cloud_id, "ids go on where they were"


def test_requests_are_remembered_without_their_token(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        session.cloud("ray")

        assert session.world.anyscale["requests"][-1] == {
            "method": "POST",
            "path": "/api/v2/clouds/",
            "body": {"name": "ray", "provider": "AZURE", "region": "eastus", "credentials": ""},
            "writes": 0,
        }
    assert "sss_test" not in World(tmp_path).path.read_text()


def test_only_the_last_requests_are_remembered(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        for number in range(REMEMBERED_REQUESTS + 1):
            session.http.post("/api/v2/clouds/find_by_name", json={"name": str(number)})
        requests = session.world.anyscale["requests"]

        assert [requests[0]["body"]["name"], len(requests)] == ["1", REMEMBERED_REQUESTS], "a long run stays small"


@pytest.mark.parametrize(
    ("query", "status"), [({"count": "0"}, 422), ({"count": "51"}, 422), ({"paging_token": "cld_nobody"}, 400)]
)
def test_a_page_that_cannot_be_is_refused(tmp_path: Path, query: dict[str, str], status: int) -> None:
    with anyscale(tmp_path) as session:
        session.cloud()

        assert session.http.get("/api/v2/clouds", params=query).status_code == status


def test_clouds_can_be_listed_by_name(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        for name in ("ray", "other"):
            session.cloud(name)

        found = session.http.get("/api/v2/clouds", params={"name": "ray"}).json()["results"]
        assert [cloud["name"] for cloud in found] == ["ray"]


def test_the_first_cloud_is_the_organizations_default(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        assert session.http.get("/ext/v0/clouds/default").status_code == 404
        first, second = session.cloud("ray"), session.cloud("other")
        shown = [session.http.get(f"/api/v2/clouds/{cloud_id}").json()["result"] for cloud_id in (first, second)]

        assert [cloud["is_default"] for cloud in shown] == [True, False]
        assert session.http.get("/ext/v0/clouds/default").json()["result"]["id"] == first


def test_a_state_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with anyscale(tmp_path) as session:
        answer = session.http.put(f"/api/v2/clouds/{session.cloud()}/state", params={"state": "GONE"})

        assert answer.status_code == 422
