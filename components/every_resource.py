"""What holds for every resource of a program run."""

from __future__ import annotations

import gc

import pulumi

from catalog.risks import RISKS
from components.retries import retry_hook
from stack.spec import StackSpec

CLOUDS = ("azure-native:", "azuread:", "kubernetes:")


def prepare(spec: StackSpec) -> None:
    """Call once, before the first resource."""
    # A run allocates and exits; collecting meanwhile cost a quarter of a preview (docs/decisions/0007-speed.md).
    gc.disable()
    _tell(spec)
    hooks = pulumi.ResourceHookBinding(on_error=[retry_hook()])

    def transform(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not args.type_.startswith(CLOUDS):
            return None
        # The SDK names every older API version as an alias, 60 of a subnet: of use only to states written with those.
        args.opts.aliases = None
        args.opts.hooks = hooks
        return pulumi.ResourceTransformationResult(props=args.props, opts=args.opts)

    pulumi.runtime.register_stack_transformation(transform)


def _tell(spec: StackSpec) -> None:
    for risk in spec.risks:
        pulumi.log.warn(f"accepted risk {risk.risk}: {RISKS[risk.risk].what}. Reason: {risk.reason}")
    for warning in spec.warnings:
        pulumi.log.warn(warning)
