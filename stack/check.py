"""Everything that is checked of settings whose types are right, and which sections each check reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from stack.base import Problem
from stack.check_anyscale import check_anyscale, check_fit
from stack.check_azure import check_azure, check_cloud, check_stack_name, check_vendor_principal
from stack.check_cluster import check_cluster, check_windows
from stack.check_network import check_network, check_room
from stack.check_pools import check_places, check_pools, check_totals
from stack.check_risks import check_risks
from stack.check_storage import check_mounts, check_replication
from stack.check_tags import check_tags
from stack.settings import AZURE, StackSettings


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check, and the sections without which it could say what is not so: it is silent where one cannot be read.

    `nodePools[]` stands for each item of the list, where `nodePools` alone is content with some of them.
    """

    find: Callable[[str, StackSettings], Iterator[Problem]]
    reads: frozenset[str]


def _check(find: Callable[[str, StackSettings], Iterator[Problem]], *reads: str) -> Check:
    return Check(find=find, reads=frozenset(reads))


CHECKS = (
    _check(check_stack_name),
    _check(check_azure, AZURE),
    _check(check_cloud, "cloud"),
    _check(check_vendor_principal, "cloud", "vendorPrincipal"),
    _check(check_cluster, "cluster"),
    _check(check_windows, "cluster", "sizedFor"),
    _check(check_network, "network", "sizedFor", "storage"),
    _check(check_pools, "nodePools"),
    _check(check_totals, "nodePools", "sizedFor"),
    _check(check_places, AZURE, "nodePools"),
    _check(check_room, "network", "sizedFor", "nodePools", "nodePools[]"),
    _check(check_replication, AZURE, "storage"),
    _check(check_mounts, "cloud", "storage"),
    _check(check_anyscale, "anyscale"),
    _check(check_fit, "anyscale", "cloud", "nodePools", "nodePools[]", "sizedFor", "storage"),
    _check(check_tags, "tags"),
    _check(check_risks, "acceptRisk"),
)


def problems(stack: str, settings: StackSettings, *, unread: Collection[str] = ()) -> list[Problem]:
    """Return every problem but those whose risk is accepted.

    Args:
        stack: its name.
        settings: of the right types.
        unread: sections whose content stands in for one that could not be read.
    """
    accepted = {risk.risk for risk in settings.accept_risk}
    unsure = not {"acceptRisk", "acceptRisk[]"}.isdisjoint(unread)
    found = _all(stack, settings, unread)
    return [problem for problem in found if problem.risk is None or (not unsure and problem.risk not in accepted)]


def idle_risks(stack: str, settings: StackSettings) -> list[str]:
    """Accepted risks that no setting takes: left over, and in the way of the next one who reads them."""
    taken = {problem.risk for problem in _all(stack, settings, ())}
    return [accepted.risk for accepted in settings.accept_risk if accepted.risk not in taken]


def _all(stack: str, settings: StackSettings, unread: Collection[str]) -> Iterator[Problem]:
    for check in CHECKS:
        if check.reads.isdisjoint(unread):
            yield from check.find(stack, settings)
