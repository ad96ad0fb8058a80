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
    # A run allocates and exits; collecting meanwhile took a quarter of a preview (2.7 s of 74 resources became 2.1 s).
    gc.disable()
    _tell(spec)
    hooks = pulumi.ResourceHookBinding(on_error=[retry_hook()])

    def transform(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not args.type_.startswith(CLOUDS):
            return None
        args.opts.aliases = [alias for alias in args.opts.aliases or [] if not _older_api(alias)]
        args.opts.hooks = hooks
        return pulumi.ResourceTransformationResult(props=args.props, opts=args.opts)

    pulumi.runtime.register_stack_transformation(transform)


def _older_api(alias: object) -> bool:
    """The SDK's own: one for every older API version, 60 of a network, of use only to states written with those.

    An alias that keeps a resource under another name or parent is somebody's purpose, and stays.
    """
    said = [key for key, value in vars(alias).items() if value is not ...] if isinstance(alias, pulumi.Alias) else []
    return said == ["type_"]


def _tell(spec: StackSpec) -> None:
    for risk in spec.risks:
        pulumi.log.warn(f"accepted risk {risk.risk}: {RISKS[risk.risk].what}. Reason: {risk.reason}")
    for warning in spec.warnings:
        pulumi.log.warn(warning)
