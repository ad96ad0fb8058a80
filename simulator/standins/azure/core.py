"""The simulated Azure Resource Manager, seen through the azure-native provider.

Owns what holds for every resource type: ids, names, parents, references, group deletion, response shapes, refresh.
What is particular to a type is a row (`kind.Kind`) in the file of its service.
"""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import Any, cast

from simulator.standins import rules
from simulator.standins.azure import containerservice, data_sources, groups, identity, lookup, network, storage
from simulator.standins.azure.kind import GROUP, Kind, Made, at, key_of, last_name, parent_of, put_at
from simulator.standins.azure.locations import refuse_location
from simulator.standins.azure.usage import user_of
from simulator.standins.changes import Path
from simulator.standins.refusal import Refused, azure
from simulator.standins.rules import Ask, Place, guid
from simulator.standins.wire import UNKNOWN, each_string, is_unknown
from simulator.world import Record

Json = dict[str, Any]

KINDS: dict[str, Kind] = {
    **groups.KINDS,
    **network.KINDS,
    **containerservice.KINDS,
    **identity.KINDS,
    **storage.KINDS,
}

_ALWAYS_COMPUTED = frozenset(
    {"id", "name", "type", "eTag", "etag", "systemData", "provisioningState", "azureApiVersion"}
)
_ARM_ID = re.compile(r"/subscriptions/[^/]+/resourcegroups/[^/]+(/providers/.+)?", re.IGNORECASE)


class AzureNative:
    """Rules of `azure-native`."""

    name = "azure-native"
    version = "3.29.0"

    def check(self, ask: Ask, old: Json) -> tuple[Json, list[tuple[str, str]]]:
        kind, inputs = kind_of(ask), dict(ask.inputs)
        own = kind.own_name
        if own and own not in inputs and kind.name == "default":
            inputs[own] = kind.name
        elif own and own not in inputs:
            inputs[own] = old.get(own) or f"{ask.name}{guid(ask.stack, ask.type, ask.name)[:8]}"
            inputs["__createBeforeDelete"] = True
        if kind.located and "location" not in inputs and "location" in ask.settings:
            inputs["location"] = ask.settings["location"]
        if kind.api:
            inputs.setdefault("azureApiVersion", kind.api)
        failures = [
            (name, f"missing required property '{name}'") for name in kind.parameters if inputs.get(name) is None
        ]
        if kind.located and "location" not in inputs:
            hint = "Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'."
            failures.append(("location", f"missing required property 'location'. {hint}"))
        return inputs, failures

    def replaces(self, ask: Ask, path: Path) -> bool:
        kind = kind_of(ask)
        named = path[0] in kind.parameters or path[0] == "location"
        return named or any(step in kind.replaces for step in path)

    def deletes_first(self, old: Json) -> bool:
        return not old.get("__createBeforeDelete")

    def place(self, ask: Ask) -> Place:
        id = ask.id
        if not id:
            subscription = ask.settings.get("subscriptionId", rules.NOWHERE)
            id = kind_of(ask).path.format_map({"subscriptionId": subscription, **ask.inputs})
        return Place(id=id, key=key_of(id))

    def turn(self, ask: Ask, place: Place) -> str:
        return key_of(parent_of(place.id)) if kind_of(ask).one_writer else ""

    def busy(self, ask: Ask) -> Exception:
        return azure(409, kind_of(ask).one_writer, "Too many writes at once: this parent takes one at a time.")

    def refuse_create(self, ask: Ask, place: Place) -> None:
        if ask.world.get(place.key) and not kind_of(ask).from_birth:
            raise Refused(f'cannot create already existing resource "{place.id}"')
        self._refuse_write(ask, place)

    def refuse_update(self, ask: Ask, place: Place, live: Record | None) -> None:
        self._refuse_write(ask, place)
        kind = kind_of(ask)
        for check in kind.refuse_change if live else ():
            check(ask, place, cast(Record, live))

    def refuse_read(self, ask: Ask) -> None:
        pass

    def refuse_delete(self, ask: Ask, live: Record | None) -> None:
        if not live or not kind_of(ask).in_use:
            return
        for each in ask.world.records(provider=self.name):
            code = KINDS[short].in_use if (short := each.type.partition(":")[2]) in KINDS else ""
            inside = f"{each.key}/".startswith(f"{live.key}/")
            if inside and code and (user := user_of(ask.world, each.key)):
                raise azure(400, code, f"{last_name(each.id)} is in use by {user} and cannot be deleted.")

    def outputs(self, ask: Ask, place: Place, live: Record | None) -> Json:
        kind = kind_of(ask)
        answer = _response_shape(ask.inputs, kind)
        made = Made(ask=ask, place=place, unique=_unique(ask, place, live), live=live)
        for path, value in kind.defaults.items():
            if at(answer, path) is None:
                put_at(answer, path, copy.deepcopy(value(made) if callable(value) else value))
        for path, value in kind.computed.items():
            put_at(answer, path, value(made) if callable(value) else _fill(value, made))
        if kind.settle:
            kind.settle(made, answer)
        answer |= {"id": place.id, "name": last_name(place.id), "type": kind.arm_type, "azureApiVersion": kind.api}
        return answer | {"provisioningState": "Succeeded"}

    def seen(self, ask: Ask, live: Record) -> Record:
        shows = kind_of(ask).shows
        return replace(live, outputs=live.outputs | shows(ask.world, live)) if shows else live

    def preview(self, ask: Ask, old: Json) -> Json:
        kind = kind_of(ask)
        answer = _response_shape(ask.inputs, kind)
        for path in kind.computed:
            put_at(answer, path, UNKNOWN)
        return answer | {name: old[name] for name in ("name", "location") if name in old}

    def gone_with(self, ask: Ask, live: Record) -> list[str]:
        if kind_of(ask).from_birth:
            return []
        return [record.key for record in ask.world.records() if record.key.startswith(f"{live.key}/")]

    def projected(self, ask: Ask, live: Record, old_inputs: Json, old_outputs: Json) -> Json:
        kind = kind_of(ask)
        if not old_inputs:
            return live.inputs
        computed = {path for path in kind.computed if "." not in path} | _ALWAYS_COMPUTED
        old, now = ({k: v for k, v in values.items() if k not in computed} for values in (old_outputs, live.outputs))
        return cast(Json, _carried(old_inputs, old, now))

    def invoke(self, ask: Ask, token: str, args: Json) -> Json:
        short = token.partition(":")[2]
        if short == "authorization:getClientConfig":
            return data_sources.client_config(ask)
        if short in data_sources.LISTS:
            type, answer = data_sources.LISTS[short]
            return answer(data_sources.found(ask, KINDS[type], args))
        token = token.replace(":get", ":", 1)
        found = data_sources.found(ask, KINDS[token.partition(":")[2]], args)
        return self.seen(replace(ask, type=token), found).outputs

    def _refuse_write(self, ask: Ask, place: Place) -> None:
        kind = kind_of(ask)
        if kind.own_name and not re.fullmatch(kind.name, last_name(place.id)):
            raise azure(400, "InvalidParameter", f"The name '{last_name(place.id)}' does not match ^{kind.name}$.")
        if kind.located:
            refuse_location(kind.arm_type, ask.inputs.get("location", ""))
        _refuse_orphan(ask, place)
        _refuse_dangling(ask)
        for check in kind.refuse:
            check(ask, place)


def kind_of(ask: Ask) -> Kind:
    """The row of a type; a type without one gets the shape that most of Azure has."""
    short = ask.type.partition(":")[2]
    if short in KINDS:
        return KINDS[short]
    module, _, type = short.partition(":")
    own = f"{type[0].lower()}{type[1:]}Name"
    named = next((name for name in (own, "resourceName", "name") if name in ask.inputs), own)
    scope = next((f"{{{name}}}" for name in ("scope", "resourceUri") if name in ask.inputs), GROUP)
    path = f"{scope}/providers/Microsoft.{module[0].upper()}{module[1:]}/{type[0].lower()}{type[1:]}s/{{{named}}}"
    return Kind(path=path, api="", located=False)


def _unique(ask: Ask, place: Place, live: Record | None) -> str:
    births = sum(call.key == place.key and call.operation == "create" and call.done for call in ask.world.journal)
    return guid(place.key, births if live is None else max(births - 1, 0))


def _fill(template: str, made: Made) -> str:
    inputs = {"guid": made.unique, "hash": made.unique[:8], "tenant": rules.TENANT, **made.ask.inputs}
    return template.format_map({**inputs, "id": made.place.id, "name": last_name(made.place.id)})


def _response_shape(inputs: Json, kind: Kind) -> Json:
    """Inputs as Azure answers them: the path's names go, and a list of identities comes back as a map."""
    answer = {
        name: copy.deepcopy(value)
        for name, value in inputs.items()
        if (name not in kind.parameters or name in kind.keeps) and not name.startswith("__")
    }
    identities: Any = at(answer, "identity.userAssignedIdentities")
    if isinstance(identities, list):
        asked = cast(list[str], identities)
        unknown = any(is_unknown(id) for id in asked)
        answer["identity"]["userAssignedIdentities"] = UNKNOWN if unknown else {id: {} for id in asked}
    return answer


def _carried(asked: object, old: object, live: object) -> object:
    """What was asked, with what changed in the cloud since its last answer brought in, as azure-native's refresh does.

    Objects property by property, lists by position: what Azure merely adds to an answer is not taken for asked.
    """
    if isinstance(asked, dict) and isinstance(old, dict) and isinstance(live, dict):
        merged, before, after = dict(cast(Json, asked)), cast(Json, old), cast(Json, live)
        for key in before.keys() | after.keys():
            if before.get(key) == after.get(key):
                continue
            if after.get(key) is None:
                merged.pop(key, None)
            else:
                merged[key] = _carried(merged.get(key), before.get(key), after[key])
        return merged
    if isinstance(asked, list) and isinstance(old, list) and isinstance(live, list):
        ours, before, after = cast(list[object], asked), cast(list[object], old), cast(list[object], live)
        merged = [_carried(*three) for three in zip(ours, before, after, strict=False)]
        return merged + copy.deepcopy(after[len(merged) :])
    return copy.deepcopy(live)


def _refuse_orphan(ask: Ask, place: Place) -> None:
    parent = parent_of(place.id)
    if not _ARM_ID.fullmatch(parent) or lookup.properties_of(ask.world, parent) is not None:
        return
    group = re.match(r"/subscriptions/[^/]+/resourcegroups/([^/]+)", parent, re.IGNORECASE)
    if group and not ask.world.get(key_of(group[0])):
        raise azure(404, "ResourceGroupNotFound", f"Resource group '{group[1]}' could not be found.")
    raise azure(404, "ParentResourceNotFound", f"The parent resource '{parent}' could not be found.")


def _refuse_dangling(ask: Ask) -> None:
    """Every id that the inputs name must be there; role definitions live in the tenant, not among the resources."""

    def look(text: str) -> None:
        simulated = _ARM_ID.fullmatch(text) and "/roledefinitions/" not in text.lower()
        if simulated and lookup.properties_of(ask.world, text) is None:
            raise azure(400, "InvalidResourceReference", f"Resource {text} referenced by {ask.name} was not found.")

    each_string(ask.inputs, look)
