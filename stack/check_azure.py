"""Checks of where a stack lives, what it is called, and whose cloud it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog.regions import REGIONS
from stack.base import Problem, nearest, shown
from stack.names import DNS_LABEL_LENGTH, GROUP_ENDINGS, STACK_NAME_LENGTH
from stack.settings import JoinsCloud, OwnsCloud, StackSettings

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_STACK_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_CLOUD_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")


def is_guid(text: str) -> bool:
    """Whether `text` is a GUID in the usual spelling."""
    return _GUID.fullmatch(text) is not None


def check_stack_name(stack: str, _settings: StackSettings) -> Iterator[Problem]:
    """The name goes into the name of every resource."""
    if not _STACK_NAME.fullmatch(stack):
        yield Problem(
            path="stack",
            found=shown(stack),
            why="which does not fit into names of Azure resources",
            remedy="name the stack with lower-case letters, digits and inner hyphens",
        )
    elif len(stack) > STACK_NAME_LENGTH:
        yield Problem(
            path="stack",
            found=f"a name of {len(stack)} characters",
            why=f"of which the DNS label `ray-<stack>-<8 of a hash>` with its {DNS_LABEL_LENGTH} has room for "
            f"{STACK_NAME_LENGTH}",
            remedy=f"shorten it by {len(stack) - STACK_NAME_LENGTH}",
        )
    elif ending := next((ending for ending in GROUP_ENDINGS if stack.endswith(ending)), None):
        yield Problem(
            path="stack",
            found=shown(stack),
            why=f"whose resource groups could be those of stack '{stack.removesuffix(ending)}', "
            "and go when either is destroyed",
            remedy=f"choose a name without {ending} at its end",
        )


def check_azure(_stack: str, settings: StackSettings) -> Iterator[Problem]:
    """Region and subscription."""
    azure = settings.azure
    if azure.location not in REGIONS:
        yield Problem(
            path="azure-native:location",
            found=shown(azure.location),
            why="which is no row of catalog/regions.py",
            remedy=nearest(azure.location, REGIONS),
        )
    if not is_guid(azure.subscription_id):
        yield Problem(
            path="azure-native:subscriptionId",
            found=shown(azure.subscription_id),
            why="which is no GUID",
            remedy="take it from `az account show --query id`",
        )


def check_cloud(stack: str, settings: StackSettings) -> Iterator[Problem]:
    """Who owns the Anyscale cloud."""
    match settings.cloud:
        case OwnsCloud(name=name):
            if not _CLOUD_NAME.fullmatch(name):
                yield Problem(
                    path="cloud.name",
                    found=shown(name),
                    why="which is no name of an Anyscale cloud",
                    remedy="use up to 128 letters, digits, hyphens and underscores, a letter or digit first",
                )
        case JoinsCloud(primary=primary):
            if primary == stack:
                yield Problem(
                    path="cloud.primary",
                    found=shown(primary),
                    why="which is this very stack",
                    remedy="name the stack that owns the cloud, or own it: {name: ...}",
                )
            elif not _STACK_NAME.fullmatch(primary):
                yield Problem(
                    path="cloud.primary",
                    found=shown(primary),
                    why="which is no name of a stack",
                    remedy="name the stack alone, as in Pulumi.<stack>.yaml",
                )


def check_vendor_principal(_stack: str, settings: StackSettings) -> Iterator[Problem]:
    """Only the primary makes the vendor's service principal."""
    if isinstance(settings.cloud, JoinsCloud) and "vendor_principal" in settings.model_fields_set:
        yield Problem(
            path="vendorPrincipal",
            found=shown(settings.vendor_principal),
            why="which would be ignored in a stack that joins a cloud",
            remedy=f"move it to Pulumi.{settings.cloud.primary}.yaml",
        )
