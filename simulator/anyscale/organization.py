"""What is not about a cloud: the caller, the organization, the plane itself."""

from __future__ import annotations

from simulator.anyscale.state import Answer, Call, ControlPlane

ORGANIZATION_ID = "org_simulated"
USER_ID = "usr_simulated"
USER = {"id": USER_ID, "name": "Simulated", "username": "operator", "email": "operator@example.com"}
"""Whoever holds the token."""
OPERATOR_AUDIENCE = "api://086bc555-6989-4362-ba30-fded273e432b"
"""Audience of the operator's tokens: the vendor's application in Entra (facts of the operator's chart)."""


def user(plane: ControlPlane, call: Call) -> Answer:
    """The caller. Every client asks this first, to learn whether its token lives."""
    organization = {
        "id": ORGANIZATION_ID,
        "name": "simulated",
        "public_identifier": "simulated",
        "default_cloud_id": next(iter(plane.clouds), None),
        "is_general_platform_enabled": True,
        "is_private_endpoints_enabled": False,
        "is_usage_blocked": False,
    }
    return Answer(
        body={
            "result": {
                **USER,
                "lastname": "Operator",
                "verified": True,
                "organization_permission_level": "owner",
                "organization_ids": [ORGANIZATION_ID],
                "organizations": [organization],
                "has_setup_cloud": bool(plane.clouds),
                "ld_hash": "",
                "ld_hash_fields": [],
                "pylon_hash": "",
            }
        }
    )


def operator_audience(plane: ControlPlane, call: Call) -> Answer:
    return Answer(body={"result": {"azure_operator_audience": OPERATOR_AUDIENCE}})


def deployment_infra(plane: ControlPlane, call: Call) -> Answer:
    """Which plane this is: `aws` is the SaaS plane, whichever clouds its customers use."""
    return Answer(body={"result": {"deployment_infra": "aws"}})


def feature_flag(plane: ControlPlane, call: Call) -> Answer:
    """Every feature that hides behind a flag is off."""
    return Answer(body={"result": {"is_on": False}})
