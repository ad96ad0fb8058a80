"""The simulated Kubernetes API servers, seen through the kubernetes provider."""

from __future__ import annotations

from typing import Any

from simulator.standins.changes import Path
from simulator.standins.refusal import Refused
from simulator.standins.rules import Ask, Place, guid
from simulator.world import Record

Json = dict[str, Any]


class Kubernetes:
    """Rules of `kubernetes`."""

    name = "kubernetes"
    version = "4.34.2"

    def __init__(self, anyscale_url: str) -> None:
        self._anyscale_url = anyscale_url

    def check(self, ask: Ask, old: Json) -> tuple[Json, list[tuple[str, str]]]:
        return ask.inputs, []

    def replaces(self, ask: Ask, path: Path) -> bool:
        return path in (("metadata", "name"), ("metadata", "namespace"))

    def deletes_first(self, old: Json) -> bool:
        return True

    def place(self, ask: Ask) -> Place:
        meta = ask.inputs.get("metadata", ask.inputs)
        id = ask.id or "/".join(filter(None, (meta.get("namespace"), meta.get("name"))))
        cluster = str(ask.settings.get("clusterIdentifier", "")).lower()
        return Place(id=id, key=f"{cluster}/{ask.type}/{id}")

    def turn(self, ask: Ask, place: Place) -> str:
        return ""

    def busy(self, ask: Ask) -> Exception:
        raise AssertionError("the API server lets many write")

    def refuse_create(self, ask: Ask, place: Place) -> None:
        if ask.world.get(place.key):
            raise Refused(f"{place.id} already exists")

    def refuse_update(self, ask: Ask, place: Place, live: Record | None) -> None:
        pass

    def refuse_delete(self, ask: Ask, live: Record) -> None:
        pass

    def outputs(self, ask: Ask, place: Place, live: Record | None) -> Json:
        return {**ask.inputs, "uid": guid(place.key)}

    def preview(self, ask: Ask, old: Json) -> Json:
        return ask.inputs

    def gone_with(self, ask: Ask, live: Record) -> list[str]:
        return []

    def projected(self, ask: Ask, live: Record, old_inputs: Json, old_outputs: Json) -> Json:
        return old_inputs or live.inputs

    def invoke(self, ask: Ask, token: str, args: Json) -> Json:
        raise KeyError(token)
