"""What the workflows promise, whoever edits them: rights, pins, no script with a stranger's text in it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import typer
import typer.main

from fleet.app import app
from tests.workflows.workflow import FLEET, FOLDER, NAMES, PROJECT, Workflow, read

Json = dict[str, Any]

READ, SIGN_IN = {"contents": "read"}, {"contents": "read", "id-token": "write"}
PERMISSIONS = {
    "pull-request": {
        "checks": READ,
        "stacks": READ | {"pull-requests": "read"},
        "preview": SIGN_IN,
        "report": READ | {"pull-requests": "write"},
        "gate": READ | {"pull-requests": "read"},
    },
    "deploy": {
        "stacks": READ,
        "preview": SIGN_IN,
        "gate": READ | {"pull-requests": "read"},
        "owners": SIGN_IN,
        "joiners": SIGN_IN,
    },
    "drift": {"stacks": READ, "compare": SIGN_IN, "track": READ | {"issues": "write"}},
}
IN_AN_ENVIRONMENT = {
    ("pull-request", "preview"),
    ("deploy", "preview"),
    ("deploy", "owners"),
    ("deploy", "joiners"),
    ("drift", "compare"),
}
AZURE = {
    "ARM_USE_OIDC": "true",
    "ARM_CLIENT_ID": "${{ vars.AZURE_CLIENT_ID }}",
    "ARM_TENANT_ID": "${{ vars.AZURE_TENANT_ID }}",
    "AZURE_CLIENT_ID": "${{ vars.AZURE_CLIENT_ID }}",
    "AAD_LOGIN_METHOD": "workloadidentity",
    "AZURE_TOKEN_CREDENTIALS": "AzureCLICredential",
    "PULUMI_BACKEND_URL": "${{ vars.PULUMI_BACKEND_URL }}",
}
TRIGGERS = {
    "pull-request": {
        "pull_request": {"branches": ["main"], "types": ["opened", "reopened", "synchronize", "labeled", "unlabeled"]}
    },
    "deploy": {"push", "workflow_dispatch"},
    "drift": {"schedule", "workflow_dispatch"},
}
ASKING_GITHUB = {
    "pull-request": ["ci matrix", "ci merge", "ci comment", "ci gate"],
    "deploy": ["ci gate", "ci latest", "ci latest"],
    "drift": ["ci tracking-issue"],
}
SECRET = re.compile(r"secrets\.|secrets\[")


@pytest.fixture(params=NAMES)
def workflow(request: pytest.FixtureRequest) -> Workflow:
    return read(request.param)


def test_there_are_three_files() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == [f"{name}.yaml" for name in NAMES]


def test_a_job_has_the_rights_that_it_needs_and_the_workflow_none(workflow: Workflow) -> None:
    assert workflow.content["permissions"] == {}
    assert {name: job["permissions"] for name, job in workflow.jobs.items()} == PERMISSIONS[workflow.name]


def test_the_token_is_with_the_commands_that_ask_github_and_no_other(workflow: Workflow) -> None:
    found = [step for _, step in workflow.steps() if "github.token" in str(step)]

    assert [" ".join(step["run"].removeprefix(FLEET).split()[:2]) for step in found] == ASKING_GITHUB[workflow.name]
    assert all(step["env"]["GITHUB_TOKEN"] == "${{ github.token }}" for step in found)


def test_nothing_else_sets_a_workflow_off(workflow: Workflow) -> None:
    expected = TRIGGERS[workflow.name]

    assert workflow.triggers == expected if isinstance(expected, dict) else set(workflow.triggers) == expected
    assert "pull_request_target" not in workflow.text, "it would give a fork's code the repository's rights"


def test_every_action_is_pinned_by_commit_with_its_version_beside(workflow: Workflow) -> None:
    uses = re.findall(r"uses: *(.*)", workflow.text)

    assert uses
    for line in uses:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+(\.\d+){1,2}", line), line


def test_an_action_has_one_pin_in_all_workflows() -> None:
    pins = {line for name in NAMES for line in re.findall(r"uses: *(.*)", read(name).text)}

    assert len({line.partition("@")[0] for line in pins}) == len(pins)


def test_no_script_has_an_expression_in_it(workflow: Workflow) -> None:
    for _, step in workflow.steps():
        assert "${{" not in step.get("run", ""), "a branch may be called $(...): texts go through the environment"


def test_every_script_is_one_of_our_commands(workflow: Workflow) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    for name, step in workflow.steps():
        if "run" not in step:
            continue
        run: str = step["run"]
        assert "\n" not in run, f"{name}: logic belongs where tests reach it"
        if run.startswith("make "):
            assert run.removeprefix("make ") in targets
        else:
            assert run.startswith(FLEET)
            assert not re.search(r"[;&|<>`()]", run), run


def test_every_command_of_the_fleet_takes_the_options_that_it_is_given(workflow: Workflow) -> None:
    for words in workflow.fleet_commands(*workflow.jobs):
        command: Any = typer.main.get_command(app)
        depth = 2 if words[0] == "ci" else 1
        for name in words[:depth]:
            command = command.commands[name]
        command.make_context(words[0], words[depth:])


def test_code_is_checked_out_without_the_token(workflow: Workflow) -> None:
    found = [step for _, step in workflow.steps() if step.get("uses", "").startswith("actions/checkout@")]

    assert len(found) == len(workflow.jobs)
    for step in found:
        assert step["with"] == {"persist-credentials": "false"}, "of a pull request: what main would be after it"


def test_every_job_has_an_end(workflow: Workflow) -> None:
    for name, job in workflow.jobs.items():
        assert 0 < int(job["timeout-minutes"]) <= 120, name


def test_previews_are_cut_off_by_newer_ones_and_deployments_never() -> None:
    own = "pull-request-${{ github.event.pull_request.number }}"

    assert read("pull-request").content["concurrency"] == {"group": own, "cancel-in-progress": "true"}
    assert read("deploy").content["concurrency"] == {"group": "deploy", "cancel-in-progress": "false"}
    assert read("drift").content["concurrency"] == {"group": "drift", "cancel-in-progress": "false"}


def test_who_signs_in_to_azure_does_so_in_an_environment_and_nobody_else_has_a_secret(workflow: Workflow) -> None:
    for name, job in workflow.jobs.items():
        signs_in = "id-token" in job["permissions"]
        assert ("environment" in job) == ((workflow.name, name) in IN_AN_ENVIRONMENT)
        assert job.get("environment", "${{ matrix.environment }}") == "${{ matrix.environment }}"
        assert signs_in == ("environment" in job), "a federated credential names the environment"
        assert signs_in == any("azure/login@" in step.get("uses", "") for step in job["steps"])
        assert (job.get("env") == AZURE) == signs_in
        holders = [step for step in job["steps"] if SECRET.search(str(step))]
        assert len(holders) == signs_in, "one step, so that no other program sees it"
        for step in holders:
            assert step["env"]["ANYSCALE_CLI_TOKEN"] == "${{ secrets.ANYSCALE_CLI_TOKEN }}"
    assert not SECRET.search(str(workflow.content.get("env")))


def test_the_tests_run_without_any_right_and_for_forks_too() -> None:
    checks = read("pull-request").jobs["checks"]

    assert "if" not in checks and "needs" not in checks and "env" not in checks
    assert [step["run"] for step in checks["steps"] if "run" in step] == [
        "make lint",
        f"{FLEET}validate --files-only",
        "make test",
        "make test-clients",
    ]


def test_a_stack_that_fails_stops_no_other_and_reports(workflow: Workflow) -> None:
    for job in workflow.jobs.values():
        if "strategy" not in job:
            continue
        assert job["strategy"]["fail-fast"] == "false"
        assert job["runs-on"] == "${{ matrix.runner }}"
        for step in job["steps"]:
            if "actions/upload-artifact@" in step.get("uses", ""):
                assert step["if"] == "${{ !cancelled() }}"
                assert step["with"]["overwrite"] == "true", "a job that is run again replaces what it said"


def test_the_gate_is_never_skipped_since_that_counts_as_passed() -> None:
    assert read("pull-request").jobs["gate"]["if"] == "${{ !cancelled() }}"


def test_the_comment_is_written_whatever_failed_before_so_that_no_old_verdict_stands() -> None:
    report = read("pull-request").jobs["report"]

    assert report["if"] == "${{ !cancelled() && needs.stacks.outputs.previews != 'false' }}", (
        "empty where stacks failed"
    )
    assert report["steps"][-1]["if"] == "${{ !cancelled() }}"
    assert "ci comment" in report["steps"][-1]["run"]


def test_deployments_wait_for_the_gate_and_joiners_for_the_owners() -> None:
    jobs = read("deploy").jobs
    told = "needs.gate.outputs."

    assert jobs["owners"]["needs"] == "gate" and jobs["joiners"]["needs"] == ["gate", "owners"]
    assert jobs["owners"]["if"] == f"${{{{ !cancelled() && {told}owners != '' }}}}", (
        "what passed goes on, at a red gate too"
    )
    assert jobs["joiners"]["if"] == (
        f"${{{{ !cancelled() && {told}joiners != '' "
        '&& contains(fromJSON(\'["success", "skipped"]\'), needs.owners.result) }}'
    ), "of an owner that failed nobody follows; one that has nothing to do, or its file elsewhere, is skipped"
    for name in ("owners", "joiners"):
        assert jobs["gate"]["outputs"][name] == f"${{{{ steps.gate.outputs.{name} }}}}"
        assert jobs[name]["strategy"]["matrix"]["include"] == f"${{{{ fromJSON({told}{name}) }}}}"


def test_a_deployment_is_of_the_newest_commit_and_does_what_was_allowed_for_its_stack() -> None:
    deploy = read("deploy")
    for name in ("owners", "joiners"):
        *_, latest, up = deploy.jobs[name]["steps"]

        assert deploy.fleet_commands(name) == [["ci", "latest"], ["up", "--yes", "--stack", "$STACK"]]
        assert latest["env"] == {"GITHUB_TOKEN": "${{ github.token }}"}
        assert up["env"]["STACK"] == "${{ matrix.stack }}"
        assert up["env"]["FLEET_ALLOWED"] == "${{ matrix.allowed }}"
        assert "GITHUB_TOKEN" not in up["env"]


@pytest.mark.parametrize("name", ["deploy", "drift"])
def test_nothing_but_main_is_deployed_or_compared(name: str) -> None:
    assert read(name).jobs["stacks"]["if"] == "github.ref == 'refs/heads/main'"


def test_drift_is_looked_for_on_weekdays_off_the_hour() -> None:
    [schedule] = read("drift").triggers["schedule"]
    minute, _, *days = schedule["cron"].split()

    assert days == ["*", "*", "1-5"]
    assert int(minute) % 15, "GitHub starts late at full hours"


def test_the_guide_names_every_variable_and_secret(workflow: Workflow) -> None:
    guide = (PROJECT / "docs" / "how-to" / "pull-requests.md").read_text()

    for name in re.findall(r"(?:vars|secrets)\.(\w+)", workflow.text):
        assert f"`{name}`" in guide, name


def test_the_engine_is_the_one_of_the_locked_sdk(workflow: Workflow) -> None:
    [sdk] = re.findall(r"^pulumi==(\S+)", (PROJECT / "requirements.txt").read_text(), re.MULTILINE)

    versions = {step["with"]["pulumi-version"] for _, step in workflow.steps() if "pulumi/actions@" in str(step)}
    assert versions == {sdk}
