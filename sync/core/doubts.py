"""Whether two things are the same: what only a person can say, as a question and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.core.dates import plain
from sync.core.history import History
from sync.core.model import Kind
from sync.core.policy import digest
from sync.core.snapshot import RecordId
from sync.core.text import cut

_TITLE = 80
_ID = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A record that may be the one that the history of `number` is about, which is not to be found any more.

    `candidate` is the number under which the record is kept meanwhile. `id` is the same every night until it is
    answered. `choices`: what the answers yes and no mean. A restricted record is named by its number only.
    """

    id: str
    number: int
    candidate: int
    record: RecordId
    source: str
    kind: Kind
    question: str
    choices: tuple[str, str]
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said of a doubt. `same`: the record continues that history. `by`: who, by number."""

    doubt_id: str
    same: bool
    by: int
    at: datetime


def doubt_id(then: History, record: RecordId) -> str:
    """Names the question whether that record is the one of that history, as it was last seen: of 16 letters, the same
    until it is answered, and another when the same row is asked about once more."""
    return digest("same", then.number, then.last_seen, record.host, record.list_guid, record.item_id)[:_ID]


def doubt_about(then: History, now: History) -> Doubt:
    """The question whether what a record is `now` continues what another was `then`."""
    noun = now.kind.value
    return Doubt(
        id=doubt_id(then, now.id),
        number=then.number,
        candidate=now.number,
        record=now.id,
        source=now.source,
        kind=now.kind,
        question=_question(then, now),
        choices=(f"the same {noun} as before", f"another {noun}"),
        restricted=now.restricted or then.restricted,
    )


def doubt_to_json(doubt: Doubt) -> dict[str, Any]:
    """A doubt as it is kept."""
    return {
        "id": doubt.id,
        "number": doubt.number,
        "candidate": doubt.candidate,
        "record": [doubt.record.host, doubt.record.list_guid, doubt.record.item_id],
        "source": doubt.source,
        "kind": doubt.kind.value,
        "question": doubt.question,
        "choices": list(doubt.choices),
        "restricted": doubt.restricted,
    }


def doubt_from_json(document: Mapping[str, Any]) -> Doubt:
    """The doubt that was kept; raises ValueError or LookupError for what is no such document."""
    same, other = document["choices"]
    return Doubt(
        id=document["id"],
        number=document["number"],
        candidate=document["candidate"],
        record=RecordId(*document["record"]),
        source=document["source"],
        kind=Kind(document["kind"]),
        question=document["question"],
        choices=(same, other),
        restricted=document["restricted"],
    )


def _question(then: History, now: History) -> str:
    noun, secret = now.kind.value, now.restricted or then.restricted
    was, is_now = (_named(each, secret=secret) for each in (then, now))
    if then.id == now.id and secret:
        return f"Item {now.id.item_id} has another key and title. Is it the same {noun}, or another {noun} in its row?"
    if then.id == now.id:
        said = f"Item {now.id.item_id} was {was} and is {is_now}"
        return f"{said}. Is that the same {noun} under another name, or another {noun} in its row?"
    return f"Is {is_now} the same {noun} as {was}, last seen {plain(then.last_seen)}?"


def _named(history: History, *, secret: bool) -> str:
    """Key and title, as far as there are any; of a restricted one its number alone."""
    if secret:
        return f"item {history.id.item_id}"
    title = f"'{cut(' '.join(history.title.split()), _TITLE)}'" if history.title else None
    return " ".join(word for word in (history.key, title) if word) or f"item {history.id.item_id}"
