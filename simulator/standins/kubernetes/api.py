"""The API server's part: names, namespaces, access, identity of objects; Helm releases are one kind of object here."""

from __future__ import annotations

import copy
from typing import Any, cast

from simulator.standins.azure.kind import at
from simulator.standins.changes import Path
from simulator.standins.kubernetes import clusters, helm, objects
from simulator.standins.refusal import Refused
from simulator.standins.rules import Ask, Place, guid
from simulator.standins.wire import is_unknown
from simulator.world import Record

Json = dict[str, Any]

_AUTONAMED = "pulumi.com/autonamed"
_BORN = "2026-01-01T00:00:00Z"


class Kubernetes:
    """Rules of `kubernetes`."""

    name = "kubernetes"
    version = "4.34.2"

    def __init__(self, anyscale_url: str) -> None:
        self._anyscale_url = anyscale_url

    def check(self, ask: Ask, old: Json) -> tuple[Json, list[tuple[str, str]]]:
        inputs = copy.deepcopy(ask.inputs)
        default = ask.settings.get("namespace", "default")
        if ask.type == helm.RELEASE:
            inputs.setdefault("name", old.get("name") or _own_name(ask))
            inputs.setdefault("namespace", default)
            return inputs, []
        meta = inputs.setdefault("metadata", {})
        if is_unknown(meta):
            return inputs, []
        if "name" not in meta and "generateName" not in meta:
            meta["name"] = at(old, "metadata.name") or _own_name(ask)
            meta.setdefault("annotations", {})[_AUTONAMED] = "true"
        if objects.kind_of(ask.type) not in objects.CLUSTER_WIDE:
            meta.setdefault("namespace", default)
        return inputs, []

    def replaces(self, ask: Ask, path: Path) -> bool:
        dotted = ".".join(str(step) for step in path)
        if ask.type == helm.RELEASE:
            return dotted in ("name", "namespace")
        kind = objects.kind_of(ask.type)
        mutable = str(ask.settings.get(objects.MUTABLE_WHEN.get(kind, ""), "")).lower() == "true"
        fixed = () if mutable else objects.REPLACES.get(kind, ())
        return any(f"{dotted}.".startswith(f"{root}.") for root in ("metadata.name", "metadata.namespace", *fixed))

    def deletes_first(self, old: Json) -> bool:
        annotations: Json = at(old, "metadata.annotations") or {}
        return annotations.get(_AUTONAMED) != "true"

    def place(self, ask: Ask) -> Place:
        meta = ask.inputs if ask.type == helm.RELEASE else ask.inputs.get("metadata", {})
        id = ask.id or "/".join(filter(None, (meta.get("namespace"), meta.get("name"))))
        return Place(id=id, key=f"{clusters.cluster_key(ask)}/{ask.type}/{id}")

    def turn(self, ask: Ask, place: Place) -> str:
        return ""

    def busy(self, ask: Ask) -> Exception:
        raise AssertionError("an API server lets many write")

    def refuse_create(self, ask: Ask, place: Place) -> None:
        cluster = self._admitted(ask)
        name = place.id.rpartition("/")[2]
        objects.refuse_name(ask.type, name)
        if ask.world.get(place.key):
            exists = "cannot re-use a name that is still in use" if ask.type == helm.RELEASE else "already exists"
            raise Refused(
                f"resource {place.id} was not successfully created by the Kubernetes API server: "
                f'{objects.kind_of(ask.type).lower()}s "{name}" {exists}'
            )
        self._refuse_write(ask, place, cluster)

    def refuse_update(self, ask: Ask, place: Place, live: Record | None) -> None:
        cluster = self._admitted(ask)
        if live is None:
            kind, name = objects.kind_of(ask.type).lower(), place.id.rpartition("/")[2]
            raise Refused(f'resource {place.id} could not be updated: {kind}s "{name}" not found')
        self._refuse_write(ask, place, cluster)

    def refuse_read(self, ask: Ask) -> None:
        if not _given_up(ask):
            clusters.cluster_of(ask)

    def refuse_delete(self, ask: Ask, live: Record | None) -> None:
        if _given_up(ask):
            return
        self._admitted(ask)
        if live and (refuse := objects.REFUSE_DELETION.get(objects.kind_of(ask.type))):
            refuse(ask, live)

    def outputs(self, ask: Ask, place: Place, live: Record | None) -> Json:
        if ask.type == helm.RELEASE:
            return helm.answer(ask.inputs, live)
        answer = copy.deepcopy(ask.inputs)
        revision = int(live.outputs["metadata"]["resourceVersion"]) + 1 if live else 1
        uid = live.outputs["metadata"]["uid"] if live else guid(place.key, len(ask.world.journal))
        answer.setdefault("metadata", {}).update(
            uid=uid, resourceVersion=str(revision), generation=revision, creationTimestamp=_BORN
        )
        status = objects.STATUS.get(objects.kind_of(ask.type))
        return answer | {"status": status(ask, place)} if status else answer

    def seen(self, ask: Ask, live: Record) -> Record:
        return live

    def preview(self, ask: Ask, old: Json) -> Json:
        return ask.inputs

    def gone_with(self, ask: Ask, live: Record) -> list[str]:
        """A namespace takes along what is in it."""
        if objects.kind_of(ask.type) != "Namespace":
            return []
        prefix, namespace = f"{clusters.cluster_key(ask)}/", live.id
        return [
            record.key
            for record in ask.world.records(provider="kubernetes")
            if record.key.startswith(prefix) and record.id.startswith(f"{namespace}/")
        ]

    def projected(self, ask: Ask, live: Record, old_inputs: Json, old_outputs: Json) -> Json:
        return cast(Json, _overlay(old_inputs, live.outputs)) if old_inputs else live.inputs

    def invoke(self, ask: Ask, token: str, args: Json) -> Json:
        raise KeyError(token)

    def _admitted(self, ask: Ask) -> Record:
        cluster = clusters.cluster_of(ask)
        clusters.refuse_stranger(cluster, ask)
        return cluster

    def _refuse_write(self, ask: Ask, place: Place, cluster: Record) -> None:
        namespace = place.id.rpartition("/")[0]
        if not ask.inputs.get("createNamespace"):
            objects.refuse_absent_namespace(ask, namespace)
        if ask.type == helm.RELEASE:
            helm.refuse_release(ask, cluster)
            helm.refuse_unknown_registration(ask, self._anyscale_url)
            return
        objects.refuse_unknown_kind(ask, cluster)
        if refuse := objects.REFUSE.get(objects.kind_of(ask.type)):
            refuse(ask, cluster)


def _own_name(ask: Ask) -> str:
    return f"{ask.name}-{guid(ask.stack, ask.type, ask.name)[:8]}"


def _given_up(ask: Ask) -> bool:
    """The cluster is gone and the provider was told to let its objects go; Helm releases are not let go that way."""
    lenient = str(ask.settings.get("deleteUnreachable", "")).lower() == "true" and ask.type != helm.RELEASE
    return lenient and ask.world.get(clusters.cluster_key(ask)) is None


def _overlay(sent: object, live: object) -> object:
    """What the program sent, with live values; what the server added stays out."""
    if isinstance(sent, dict) and isinstance(live, dict):
        known = cast(Json, live)
        return {key: _overlay(value, known[key]) for key, value in cast(Json, sent).items() if key in known}
    if isinstance(sent, list) and isinstance(live, list):
        mine, theirs = cast(list[object], sent), cast(list[object], live)
        return [_overlay(*pair) for pair in zip(mine, theirs, strict=True)] if len(mine) == len(theirs) else theirs
    return live
