"""The reference of all settings, from the models and the catalog: docs/configuration.md, docs/stack.schema.json."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from catalog.gpus import GPUS
from catalog.kubernetes import KUBERNETES_VERSIONS
from catalog.mounts import MOUNTS, PROFILES
from catalog.regions import REGIONS
from catalog.risks import RISKS
from catalog.sizing import SIZINGS
from catalog.vm_sizes import VM_SIZES
from stack.base import SettingsModel
from stack.load import PROJECT
from stack.read import models_in
from stack.settings import AZURE, AzureSettings, StackSettings

_HEAD = f"""# Configuration

Written from `stack/settings.py` and `catalog/` by `python -m stack docs`; do not edit. A stack file
`Pulumi.<stack>.yaml` holds the keys of the top level under `config`, each of ours with the prefix `{PROJECT}:`;
`Pulumi.eastus.yaml` is one.
`python -m stack <stack>` prints what follows from a file, without a cloud. Keys have one spelling and values exact
types: quote what YAML would take for a number (`"1.36"`). A wrong file is refused with all its problems at once.
Editors check files by `docs/stack.schema.json`. What an edit does to a stack that is up:
[deploy.md](deploy.md#edit-a-stack-file).
"""

_NONE = "nothing"
_TEXTS = {str: "text", int: "whole number", bool: "`true` or `false`", type(None): _NONE}


def markdown() -> str:
    """Content of docs/configuration.md."""
    lines = [_HEAD]
    models: list[type[SettingsModel]] = [StackSettings]
    for model in models:  # grows while it runs: breadth first, so that the outer sections come first
        lines += _section(model)
        models += dict.fromkeys(inner for inner in _inner(model) if inner not in (*models, AzureSettings))
    return "\n".join([*lines, *_catalog()]) + "\n"


def schema() -> str:
    """Content of docs/stack.schema.json: a schema of whole stack files, for editors."""
    generated = StackSettings.model_json_schema(by_alias=True)
    properties = generated["properties"]
    definitions = generated["$defs"]
    azure = definitions.pop(properties.pop(AZURE)["$ref"].rpartition("/")[2])
    keys = {f"{PROJECT}:{key}": value for key, value in properties.items()}
    keys |= {f"{AZURE}:{key}": value for key, value in azure["properties"].items()}
    required = [f"{PROJECT}:{key}" for key in generated["required"] if key != AZURE]
    config: dict[str, object] = {
        "type": "object",
        "properties": keys,
        "required": [*required, *(f"{AZURE}:{key}" for key in azure["required"])],
        "propertyNames": {"anyOf": [{"enum": sorted(keys)}, {"not": {"pattern": f"^{PROJECT}:"}}]},
    }
    whole: dict[str, object] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A stack file of this project",
        "type": "object",
        "properties": {"config": config},
        "required": ["config"],
        "$defs": definitions,
    }
    return json.dumps(whole, indent=2, sort_keys=True) + "\n"


def _section(model: type[SettingsModel]) -> Iterator[str]:
    yield f"## {_title(model)}\n"
    yield f"{(model.__doc__ or '').strip()}\n"
    yield "| key | value | default | meaning |"
    yield "|---|---|---|---|"
    for key, field in _rows(model):
        yield f"| `{key}` | {_value(field)} | {_default(field)} | {_cell(field.description or '')} |"
    yield ""


def _rows(model: type[SettingsModel]) -> Iterator[tuple[str, FieldInfo]]:
    """Keys as a file has them: those of `azure-native` stand at the top level, whole."""
    for name, field in model.model_fields.items():
        if field.annotation is AzureSettings:
            yield from ((f"{AZURE}:{key}", inner) for key, inner in _rows(AzureSettings))
        else:
            yield field.alias or name, field


def _title(model: type[SettingsModel]) -> str:
    return "Top level" if model is StackSettings else model.__name__


def _value(field: FieldInfo) -> str:
    limits = {name: getattr(part, name) for part in field.metadata for name in ("ge", "le") if hasattr(part, name)}
    bounds = " to ".join(str(limits[name]) for name in ("ge", "le") if name in limits)
    unbounded = " up" if "ge" in limits and "le" not in limits else ""
    return _type(field.annotation) + (f", {bounds}{unbounded}" if bounds else "")


def _type(annotation: Any) -> str:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        text = " \\| ".join(f"`{part}`" for part in parts)
    elif origin is tuple:
        text = f"list of {_type(parts[0])}"
    elif origin is dict:
        text = "texts by key"
    elif origin in (Annotated, Union, UnionType):
        text = " or ".join(_type(part) for part in parts if isinstance(part, type) or get_origin(part))
    elif issubclass(annotation, SettingsModel):
        text = f"[{_title(annotation)}](#{_title(annotation).lower()})"
    else:
        text = _TEXTS[annotation]
    return text.removesuffix(f" or {_NONE}")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.default
    if default is PydanticUndefined or default in (None, ()):
        return ""
    if isinstance(default, SettingsModel):
        values = default.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return f"`{json.dumps(values)}`" if values else ""
    return f"`{json.dumps(default)}`"


def _inner(model: type[SettingsModel]) -> Iterator[type[SettingsModel]]:
    for field in model.model_fields.values():
        yield from models_in(field.annotation)


def _catalog() -> Iterator[str]:
    yield from _table("Regions", "name", "zones", ((r.name, ", ".join(r.zones) or "none") for r in REGIONS.values()))
    sizes = (
        (size.name, f"{size.vcpus} vCPU, {size.memory_gib} GiB" + (f", {size.gpus} x {size.gpu}" if size.gpus else ""))
        for size in VM_SIZES.values()
        if size.gpus or not size.gpu
    )
    yield from _table("VM sizes", "name", "has", sizes)
    selectors = ((gpu.name, " ".join(f"`{k}={v}`" for k, v in gpu.selectors.items())) for gpu in GPUS.values())
    yield from _table("GPUs", "accelerator", "node labels", selectors)
    yield from _table(
        "Kubernetes versions", "version", "note", ((v.minor, v.warning or "") for v in KUBERNETES_VERSIONS.values())
    )
    sizings = (
        (
            row.name,
            f"{row.system_count} x {row.system_vm_size} for the system, pods {row.pod_range}, nodes /{row.node_prefix}",
        )
        for row in SIZINGS.values()
    )
    yield from _table("Sizes of a cluster", "sizedFor", "means", sizings)
    mounts = (
        (row.name, f"container `{row.container}`, at `{row.path}`, home `{row.home}`, profile `{row.profile}`")
        for row in MOUNTS.values()
    )
    yield from _table("Mounts of every region", "name", "is", mounts)
    yield from _table("Mount profiles", "name", "note", ((name, row.warning or "") for name, row in PROFILES.items()))
    yield from _table("Risks", "risk", "what is given up", ((risk.name, risk.what) for risk in RISKS.values()))


def _table(title: str, left: str, right: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"| {left} | {right} |"
    yield "|---|---|"
    for name, text in rows:
        yield f"| `{name}` | {_cell(text)} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
