"""What is read of GitHub's answers: fields that the fleet goes by, and no others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """Base of every shape: what else GitHub tells is left out."""

    model_config = ConfigDict(frozen=True)


class User(Answer):
    """An account."""

    login: str


class Label(Answer):
    """A label, on something or of the repository."""

    name: str


class Head(Answer):
    """The branch of a pull request, and where it is."""

    sha: str
    ref: str


class Pull(Answer):
    """A pull request.

    Attributes:
        merge_commit_sha: what it became on main; of an open one, a merge that is tried.
        merged_at: None where it is not merged.
    """

    number: int
    head: Head
    labels: tuple[Label, ...]
    merge_commit_sha: str | None = None
    merged_at: datetime | None = None


class ChangedFile(Answer):
    """A file of a pull request.

    Attributes:
        status: `added`, `removed`, `modified`, `renamed` and others.
        previous_filename: where it was before; None where it was there already, or nowhere.
    """

    filename: str
    status: str
    previous_filename: str | None = None


class Push(Answer):
    """Something that moved a branch.

    Attributes:
        after: the commit on which it is since then.
    """

    after: str
    timestamp: datetime


class Event(Answer):
    """Something that happened to a pull request; kinds differ in what they tell.

    Attributes:
        actor: None where the account is gone.
    """

    event: str = ""
    created_at: datetime | None = None
    label: Label | None = None
    actor: User | None = None


class Comment(Answer):
    """A comment.

    Attributes:
        user: None where the account is gone.
    """

    id: int
    html_url: str
    user: User | None = None
    body: str | None = None


class Issue(Answer):
    """An issue.

    Attributes:
        pull_request: None where it is none.
    """

    number: int
    html_url: str
    body: str | None = None
    pull_request: dict[str, Any] | None = None


class Commit(Answer):
    """What a reference points to."""

    sha: str


class Reference(Answer):
    """A branch."""

    object: Commit
