"""Anyscale's service principal in the tenant: whom the operator's tokens are for."""

from __future__ import annotations

import pulumi
import pulumi_azuread as azuread

APPLICATION = "086bc555-6989-4362-ba30-fded273e432b"
"""Anyscale's application "Kubernetes Operator Auth", the same in every tenant."""


def vendor_principal(name: str, *, parent: pulumi.Resource) -> azuread.ServicePrincipal:
    """Make sure that the tenant knows the vendor's application.

    It belongs to the whole tenant, so no stack deletes it: without `retain_on_delete` the provider would, even though
    it only adopted it.
    """
    return azuread.ServicePrincipal(
        f"{name}-vendor-principal",
        client_id=APPLICATION,
        use_existing=True,
        opts=pulumi.ResourceOptions(parent=parent, retain_on_delete=True),
    )
