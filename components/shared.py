"""What all stacks share. The primary stack makes it; the others read it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pulumi

from components.data_account import DataAccount, DataAccountArgs
from components.protection import guarded
from components.stack_outputs import full_name, stack_outputs
from components.vendor_principal import vendor_principal
from pulumi_anyscale.resources import Cloud
from stack import contract
from stack.settings import OwnsCloud
from stack.spec import StackSpec


@dataclass(frozen=True, kw_only=True)
class Shared:
    """`contract.SharedValues` as outputs: each field is one stack output."""

    cloud_id: pulumi.Output[str]
    cloud_name: pulumi.Output[str]
    storage_account: pulumi.Output[str]
    storage_account_id: pulumi.Output[str]
    storage_resource_group: pulumi.Output[str]
    storage_containers: pulumi.Output[list[str]]
    storage_access: pulumi.Output[str]

    def export(self) -> None:
        """Export each field, for the stacks that join."""
        for field, output in contract.output_names(contract.SharedValues, contract.SHARED_PREFIX).items():
            pulumi.export(output, getattr(self, field))

    @classmethod
    def of(cls, primary: str, spec: StackSpec) -> Shared:
        """Read what the stack `primary` exports.

        Args:
            primary: its name.
            spec: of the stack that joins: its mounts must have a container there, and a way to it.

        Read before anything is declared, as plain values: a `StackReference` alone lets a preview go on with nulls and
        answers an absent stack with an engine error that a program cannot explain.

        Raises:
            RunError: naming what is absent and what to run.
        """
        remedy = f"run `pulumi up --stack {primary}` first"
        opened = "this stack must open the primary's state too: same login, same secrets provider"
        try:
            outputs = stack_outputs(primary)
        except Exception as error:  # noqa: BLE001 - whatever the engine answers: no such stack, state it cannot open
            found = " ".join(str(error).split()).rpartition("returned an error: ")[2]
            raise pulumi.RunError(
                f"the primary stack '{primary}' cannot be read ({found}): {remedy}; if it is up, {opened}"
            ) from None
        try:
            values = contract.read(contract.SharedValues, outputs, contract.SHARED_PREFIX)
        except contract.ContractError as problem:
            raise pulumi.RunError(f"the primary stack '{primary}' {problem}: {remedy}") from None
        wanted = {mount.container for mount in spec.mounts if mount.home == "primary"}
        if missing := sorted(wanted.difference(values.storage_containers)):
            raise pulumi.RunError(
                f"the primary stack '{primary}' has no container {', '.join(missing)}: "
                f"name the mount in Pulumi.{primary}.yaml too, and {remedy}"
            )
        if wanted and values.storage_access == "private" and spec.settings.storage.access != "private":
            raise pulumi.RunError(
                f"the primary stack '{primary}' keeps {', '.join(sorted(wanted))} behind private endpoints, which only "
                f"a stack with `storage: {{access: private}}` makes: write that in Pulumi.{spec.stack}.yaml, or give "
                "these mounts `home: region`"
            )
        pulumi.StackReference(full_name(primary))  # the record of who depends on whom, for people and tools
        return cls(**{field.name: pulumi.Output.from_input(getattr(values, field.name)) for field in fields(cls)})


@dataclass(frozen=True, kw_only=True)
class SharedByAllStacksArgs:
    """What a `SharedByAllStacks` needs."""

    spec: StackSpec


class SharedByAllStacks(pulumi.ComponentResource):
    """The Anyscale cloud, the vendor's service principal, and the account with what every region reads.

    Owns them, in the primary stack alone. Does not own any region's part, nor who may read the account: each region
    grants itself.

    Attributes:
        outputs: what the other stacks read.
    """

    outputs: Shared

    def __init__(self, name: str, args: SharedByAllStacksArgs, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("anyscale-on-aks:components:SharedByAllStacks", name, {}, opts)
        spec, child = args.spec, pulumi.ResourceOptions(parent=self)
        if not isinstance(spec.settings.cloud, OwnsCloud):
            raise TypeError("a stack that joins a cloud reads what is shared: Shared.of")
        # Before the cloud, and so before all that belongs to it: without it no operator can sign in.
        principals = [vendor_principal(name, parent=self)] if spec.settings.vendor_principal == "adopt" else []
        cloud = Cloud(
            f"{name}-cloud",
            name=spec.settings.cloud.name,
            region=spec.settings.azure.location,
            opts=pulumi.ResourceOptions.merge(
                guarded(spec), pulumi.ResourceOptions(parent=self, depends_on=principals)
            ),
        )
        mounts = [mount for mount in spec.mounts if mount.home == "primary"]
        account = DataAccount(
            name,
            DataAccountArgs(
                spec=spec,
                account_name=spec.names.shared_storage_account,
                resource_group_name=spec.names.shared_resource_group,
                containers=sorted({mount.container for mount in mounts}),
                mounts=mounts,
            ),
            opts=child,
        )
        self.outputs = Shared(
            cloud_id=cloud.cloud_id,
            cloud_name=cloud.name,
            storage_account=account.account_name,
            # Known once the containers are there, since whoever reads it grants on them.
            storage_account_id=pulumi.Output.all(
                account.account_id, *(c.id for c in account.containers.values())
            ).apply(lambda ids: ids[0]),
            storage_resource_group=account.resource_group_name,
            storage_containers=pulumi.Output.from_input(sorted(account.containers)),
            storage_access=pulumi.Output.from_input(spec.settings.storage.access),
        )
        self.register_outputs({})
