"""Values of a stack file as settings models; what is wrong with their types is told in the words of a user."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from stack.base import LONGEST_SHOWN, Location, Problem, SettingsModel, keys_of, nearest, path_of, shown

Model = TypeVar("Model", bound=SettingsModel)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A problem of type or shape; `location` is its place in the values, `unknown` says that the key is not known."""

    problem: Problem
    location: Location
    unknown: bool


def read(model: type[Model], values: Mapping[str, Any]) -> tuple[Model | None, list[Refusal]]:
    """Return `values` as a `model`, or None and why not. `values` are what JSON can hold."""
    try:
        # As JSON, because only there strict pydantic takes a list for a tuple; by alias, so that one spelling is valid.
        return model.model_validate_json(json.dumps(values), by_alias=True, by_name=False), []
    except ValidationError as error:
        refusals = [_refusal(model, values, problem) for problem in error.errors()]
        return None, [refusal for refusal in refusals if not _follows(refusal, refusals)]


def models_in(annotation: Any) -> Iterator[type[SettingsModel]]:
    """Every settings model inside an annotation: a field, a list, an optional or a union of them."""
    if isinstance(annotation, type) and issubclass(annotation, SettingsModel):
        yield annotation
    elif get_origin(annotation) is not Literal:
        for inner in get_args(annotation):
            yield from models_in(inner)


def _follows(refusal: Refusal, refusals: Sequence[Refusal]) -> bool:
    """Whether it is told only because others are: a list without its refused items may be too short."""
    depth = len(refusal.location)
    return any(len(other.location) > depth and other.location[:depth] == refusal.location for other in refusals)


def _refusal(model: type[SettingsModel], values: Mapping[str, Any], error: ErrorDetails) -> Refusal:
    location = _without_tags(error["loc"])
    unknown = error["type"] == "extra_forbidden"
    found, why, remedy = _unknown_key(model, values, error["loc"]) if unknown else _explain(model, error)
    problem = Problem(path=path_of(location) or "config", found=found, why=why, remedy=remedy)
    return Refusal(problem=problem, location=location, unknown=unknown)


def _unknown_key(model: type[SettingsModel], values: Mapping[str, Any], place: Location) -> tuple[str, str, str]:
    """A key of no arm, or of another arm of the union than the one that the other keys belong to."""
    outer, key = _without_tags(place[:-1]), str(place[-1])
    section: Any = values
    for part in outer:
        section = section[part]
    arms, chosen = _models_at(model, outer), _models_at(model, place[:-1])
    known, everywhere = _writable(chosen), _writable(arms)
    beside = ", ".join(sorted((known - _writable(arm for arm in arms if arm not in chosen)) & set(section)))
    if beside and key in everywhere:
        return "a key of another kind of section", f"which excludes {beside} beside it", f"keep {beside}, or {key}"
    return "unknown key", "which would be ignored", nearest(key, known if beside else everywhere)


def _writable(models: Iterable[type[SettingsModel]]) -> set[str]:
    """Keys of the models; a field under another name than its own is the loader's, not the user's to write."""
    return {key for model in models for key in keys_of(model) & {to_camel(name) for name in model.model_fields}}


def _explain(model: type[SettingsModel], error: ErrorDetails) -> tuple[str, str, str]:
    found, limits = shown(error["input"]), error.get("ctx", {})
    kind = error["type"]
    if kind == "missing":
        return "absent", "but required", f"add it: {_description(model, error['loc']) or 'see docs/configuration.md'}"
    if kind in _WANTED:
        wanted, remedy = _WANTED[kind]
        return found, f"where {wanted} is wanted", _remedy(model, error) or remedy
    if kind == "literal_error":
        return found, "not one of the known values", _known_value(model, error)
    if kind in _LIMITS:
        key, why, remedy = _LIMITS[kind]
        return found, why.format(limits[key]), remedy.format(limits[key])
    return found, error["msg"], "see docs/configuration.md"


_WANTED = {
    "string_type": ("a text", "write a single value"),
    "int_type": ("a whole number", "write digits, without quotes"),
    "bool_type": ("true or false", "write true or false, without quotes"),
    "tuple_type": ("a list", "write one item a line, each after a dash"),
    "dict_type": ("a section of keys and texts", "write a line `key: text` below it for each"),
    "model_type": ("a section", "write its keys below it"),
}
"""By pydantic's error type: what is wanted there, and what to do."""

_LIMITS = {
    "greater_than_equal": ("ge", "which is below {0}", "use {0} or more"),
    "less_than_equal": ("le", "which is above {0}", "use {0} or less"),
    "too_short": ("min_length", "where {0} or more are needed", "give {0} or more"),
    "string_too_short": ("min_length", "which has less than {0} characters", "say it in {0} or more"),
}
"""By pydantic's error type: the key of the limit, why the value is refused, and what to do."""


def _remedy(model: type[SettingsModel], error: ErrorDetails) -> str | None:
    """What fits the place: quotes, brackets, or the keys of the section that is wanted."""
    value, kind = error["input"], error["type"]
    if kind == "string_type" and isinstance(value, bool | int | float):
        return f'quote it: "{shown(value)}"'
    if kind == "int_type" and isinstance(value, float):
        return "round it"
    if kind == "tuple_type" and isinstance(value, str) and len(value) <= LONGEST_SHOWN:
        return f"put it in brackets: [{value}]"
    arms = _models_at(model, _without_tags(error["loc"]))
    keys = " or ".join(f"{{{', '.join(f'{key}: ...' for key in _needed(arm))}}}" for arm in arms)
    if kind == "tuple_type" and arms:
        return f"write one item a line, each after a dash: - {keys}"
    if kind == "model_type" and arms:
        return f"write {keys}"
    return None


def _needed(arm: type[SettingsModel]) -> list[str]:
    """Keys that a section must have; all where it need not have any."""
    required = [field.alias or name for name, field in arm.model_fields.items() if field.is_required()]
    return required or sorted(keys_of(arm))


def _known_value(model: type[SettingsModel], error: ErrorDetails) -> str:
    value = error["input"]
    known = re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))
    if not isinstance(value, str) and str(value) in known:
        return f'quote it: "{value}"'
    remedy, meaning = nearest(str(value), known), _description(model, error["loc"])
    return f"{remedy} ({meaning.rstrip('.')})" if meaning and remedy.startswith("use") else remedy


def _description(model: type[SettingsModel], location: Location) -> str | None:
    *outer, key = location
    fields = [field for arm in _models_at(model, tuple(outer)) for field in arm.model_fields.values()]
    return next((field.description for field in fields if field.alias == key), None)


def _models_at(model: type[SettingsModel], location: Location) -> list[type[SettingsModel]]:
    models = [model]
    for part in location:
        if _is_tag(part):
            models = [arm for arm in models if f"<{arm.__name__}>" == part] or models
        elif not isinstance(part, int):
            fields = [field for arm in models for field in arm.model_fields.values() if field.alias == part]
            models = [inner for field in fields for inner in models_in(field.annotation)]
    return models


def _without_tags(location: Sequence[int | str]) -> Location:
    return tuple(part for part in location if not _is_tag(part))


def _is_tag(part: int | str) -> bool:
    return isinstance(part, str) and re.fullmatch(r"<\w+>", part) is not None
