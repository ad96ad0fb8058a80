"""`fleet validate`: the stack files, and, where the backend is asked, what is deployed beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fleet.session import Session
from fleet.stacks import discover
from fleet.typed import Typed
from fleet.validate import Validation, validate

Json = dict[str, Any]


def validated(folder: Path, *, files_only: bool) -> Validation:
    """What is wrong with the stack files, and, unless `files_only`, with what is deployed beside them.

    Raises:
        FleetError: there is no project, or no backend to ask.
    """
    if files_only:
        return validate(folder, discover(folder), typed=Typed.here(folder))
    session = Session.open(folder)
    outputs, unread = session.outputs(session.names)
    elsewhere = dict.fromkeys(session.known.keys() - unread.keys(), Json())
    found = validate(folder, session.stacks, deployed={**elsewhere, **outputs}, typed=session.typed)
    lost = {
        name: (*found.files.get(name, ()), f"what is deployed cannot be read: {why}") for name, why in unread.items()
    }
    alone = {name: (why,) for name, why in session.unwatched.items()}
    return found.model_copy(update={"files": {**found.files, **lost, **alone}})
