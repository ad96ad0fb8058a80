"""Checks of tags: each stands on every resource, so that the strictest resource decides.

Sources: tag limits of Azure Resource Manager and `use-tags` of azure-aks-docs (read 2026-11). Azure refuses a bad tag
only when it makes the resource, minutes into an update; a private DNS zone drops some without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stack.base import Problem, shown
from stack.settings import StackSettings

OWN_TAGS = ("managed-by", "stack")
"""Tags that this program sets."""

MOST_TAGS, MOST_TAGS_OF_DNS_ZONE = 50, 15
_KEY_LENGTH = 128  # of storage accounts; elsewhere 512
_VALUE_LENGTH = 256
_REFUSED = frozenset("<>%&\\?/")
_RESERVED = ("azure", "microsoft", "windows")
_DNS_ZONE_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def check_tags(_stack: str, settings: StackSettings) -> Iterator[Problem]:
    """Azure's rules, those of private DNS zones where storage is private, and the tags of this program."""
    private = settings.storage.access == "private"
    most = (MOST_TAGS_OF_DNS_ZONE if private else MOST_TAGS) - len(OWN_TAGS)
    if len(settings.tags) > most:
        yield Problem(
            path="tags",
            found=f"{len(settings.tags)} tags",
            why=f"which with {len(OWN_TAGS)} of this program are more than the {most + len(OWN_TAGS)} that "
            + ("a private DNS zone takes, which storage.access 'private' makes" if private else "Azure takes"),
            remedy=f"remove {len(settings.tags) - most}",
        )
    taken: dict[str, str] = {}
    for key, value in settings.tags.items():
        if key.lower() in OWN_TAGS:
            yield Problem(
                path=f"tags.{key}", found="a tag of this program", why="which sets it itself", remedy="remove it"
            )
        elif problem := _key(key, taken, private=private):
            yield Problem(path="tags", found=shown(key), why=problem[0], remedy=problem[1])
        elif len(value) > _VALUE_LENGTH:
            yield Problem(
                path=f"tags.{key}",
                found=f"a text of {len(value)} characters",
                why=f"while Azure takes {_VALUE_LENGTH}",
                remedy=f"shorten it by {len(value) - _VALUE_LENGTH}",
            )
        taken.setdefault(key.lower(), key)


def _key(key: str, taken: dict[str, str], *, private: bool) -> tuple[str, str] | None:
    """Why a key is refused, and what to do."""
    if not 1 <= len(key) <= _KEY_LENGTH:
        return "which is no key of a tag: storage accounts take 1 to 128 characters", "name it in so many"
    if not key.isprintable() or _REFUSED & set(key):
        return "which is no key of a tag", f"leave out {' '.join(sorted(_REFUSED))} and control characters"
    if reserved := next((prefix for prefix in _RESERVED if key.lower().startswith(prefix)), None):
        return f"which begins with '{reserved}', as only Azure's own may", "rename it"
    if key.lower() in taken:
        return f"which is {shown(taken[key.lower()])} to Azure, whatever the case of its letters", "remove one of them"
    if private and not _DNS_ZONE_KEY.fullmatch(key):
        why = "which a private DNS zone drops without a word, and storage.access 'private' makes one"
        return why, "begin with a letter, and use letters, digits, - _ . only"
    return None
