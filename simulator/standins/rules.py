"""What a provider's rules have to say, and what they are asked with.

Owns the shape of the questions. The answers are in `azure`, `azuread` and `kubernetes`; the protocol is in `servicer`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from simulator.standins.changes import Path
from simulator.world import Record, World

Json = dict[str, Any]

TENANT = "72f0c5f4-5b1e-5c53-9d3a-6f3f5f2f7a10"
"""The one Entra tenant of the simulated world."""
CALLER_OBJECT = "0d9f7a0e-25ef-5c0d-8a43-0f0a4d9c6e77"
"""Object id of whoever runs `pulumi` in it."""
CALLER_CLIENT = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
"""Client id of the Azure CLI, which is what signs in."""
NOWHERE = "00000000-0000-0000-0000-000000000000"
"""Subscription of a provider that was told none."""

_GUIDS = uuid.UUID("8b0a6a0e-4a0f-5a0b-9a63-6d1b5d5f7c3e")


def guid(*parts: object) -> str:
    """The same GUID for the same parts, in every run."""
    return str(uuid.uuid5(_GUIDS, "/".join(str(part).lower() for part in parts)))


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One question about one resource.

    Attributes:
        world: what exists.
        type: Pulumi type token.
        name: logical name, from the URN.
        stack: from the URN.
        settings: configuration of the provider instance that is asked (one stack may have several).
        inputs: as checked; in preview some may be unknown.
        id: what the provider once answered as id; empty before creation.
    """

    world: World
    type: str
    name: str
    stack: str
    settings: Mapping[str, Any]
    inputs: Json = field(default_factory=dict[str, Any])
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a resource is: the id the engine keeps, and the key under which the world does."""

    id: str
    key: str


class Rules(Protocol):
    """One provider's rules. Every `refuse_*` raises `refusal.Refused` or does nothing."""

    name: str
    version: str

    def check(self, ask: Ask, old: Json) -> tuple[Json, list[tuple[str, str]]]:
        """Inputs with defaults, and failures as (property, reason). `old` is empty for a new resource."""
        ...

    def replaces(self, ask: Ask, path: Path) -> bool:
        """Whether a change of this property needs another resource."""
        ...

    def deletes_first(self, old: Json) -> bool:
        """Whether a replacement deletes before it creates."""
        ...

    def place(self, ask: Ask) -> Place:
        """Where these inputs put the resource; `ask.id` wins where it is known."""
        ...

    def turn(self, ask: Ask, place: Place) -> str:
        """What only one write may touch at a time; empty where many may."""
        ...

    def busy(self, ask: Ask) -> Exception:
        """The refusal of a write whose turn it is not."""
        ...

    def refuse_create(self, ask: Ask, place: Place) -> None: ...

    def refuse_update(self, ask: Ask, place: Place, live: Record | None) -> None: ...

    def refuse_delete(self, ask: Ask, live: Record | None) -> None: ...

    def refuse_read(self, ask: Ask) -> None: ...

    def outputs(self, ask: Ask, place: Place, live: Record | None) -> Json:
        """What the cloud answers after a write; `live` is what was there before."""
        ...

    def seen(self, ask: Ask, live: Record) -> Record:
        """The record as the cloud answers it, where that differs from what is kept."""
        ...

    def preview(self, ask: Ask, old: Json) -> Json:
        """What is known before the write; what the cloud computes is left out or unknown."""
        ...

    def gone_with(self, ask: Ask, live: Record) -> list[str]:
        """Keys of what a deletion takes along."""
        ...

    def projected(self, ask: Ask, live: Record, old_inputs: Json, old_outputs: Json) -> Json:
        """Inputs after a refresh (`old_inputs` as the program sent them) or an import (none)."""
        ...

    def invoke(self, ask: Ask, token: str, args: Json) -> Json:
        """A data source's answer. Raises `Refused` for what is not there, `KeyError` for one not simulated."""
        ...
