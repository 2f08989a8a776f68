"""Records and histories as they are kept in a frozen report, and back: enough to work every figure out again.

| kept of a record                | open                    | restricted                                            |
|---------------------------------|-------------------------|-------------------------------------------------------|
| where it is, its kind, created  | yes                     | yes                                                   |
| dates, words of vocabularies,   | yes                     | yes                                                   |
| scores, numbers, yes and no     |                         |                                                       |
| matrix version                  | yes                     | yes                                                   |
| title                           | yes                     | no                                                    |
| key                             | yes                     | what stands in for it                                 |
| what it refers to               | as it said              | the row that it meant, else what stands in for it     |
| people                          | by number               | no                                                    |
| theme, department, mapped       | yes                     | where the rules or an open record say the same word,  |
| groupings, rung, who judged     |                         | so that it gives nothing away; else what stands in    |
| category                        | yes                     | where the rules or an open record say the same word   |
| why it is held                  | yes                     | that there is a reason                                |
| other text                      | yes                     | no                                                    |
| cause, event, consequence       | no                      | no                                                    |
| what our own columns hold       | no                      | no                                                    |
| findings                        | kind and sentence       | kind and sentence, which quotes nothing               |

What stands in for a word is a number, the same for the same word within one report and nothing beyond it: totals and
findings rest on which words are the same, not on what they say.

Narrative is nobody's figure, and a purpose that ended is no reason to keep it. Where an open record refers to a
restricted one, its words are left out as well: they are the other's key or title.

Texts stand under names of their own, apart from values: words can be taken out of what is kept (see `WORDLESS`) without
making it unreadable.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import fields as fields_of
from datetime import date
from typing import Any

from sync.core.findings import Finding, FindingKind
from sync.core.model import CLASSES, VOCABULARIES, FieldType, Kind, Person, Rating, Reference, Scores, field_types
from sync.core.policy import Policies
from sync.core.snapshot import Record, RecordId
from sync.core.text import fold

WORDLESS = frozenset({"id", "kind", "source", "values"})
"""Names in a document under which nothing stands that a person could be named by: nothing is taken out there."""

_HELD = "hold_reason"
_NARRATIVE = frozenset({"cause", "event", "consequence"})
_GROUPING = frozenset({"theme", "department", "category", "rung", "judged_by"})
_STOOD_IN = ("key", "theme", "department", "rung", "judged_by")
_TEXTS = frozenset({FieldType.TEXT, FieldType.PEOPLE, FieldType.REFERENCE})


def record_to_json(
    record: Record,
    number_of: Callable[[Person], int],
    *,
    parent: Record | None = None,
    shared: Container[str] = frozenset(),
    instead: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A record as it is kept. `number_of` gives a person's number; `parent` is the record that its reference was found
    to name; `shared` are words that a restricted record may keep (see `shared_words`), `instead` what stands in for
    others (see `stand_ins`)."""
    types = field_types(record.kind)
    hidden = record.restricted
    named = {name: getattr(record.fields, name) for name, of in types.items() if of not in _TEXTS}
    values = {name: _plain(value) for name, value in named.items() if value is not None}
    people = {} if hidden else _people(record, types, number_of)
    return {
        "id": _place(record.id),
        "source": record.source,
        "kind": record.kind.value,
        "values": {"restricted": hidden, "created": _plain(record.created), "fields": values},
        "said": dict(_open(record, types, shared, instead or {}) if hidden else _said(record, types)),
        "groups": _groups(record, shared, instead or {}),
        "refers": _refers(record, types, parent, instead or {}),
        "people": people,
        "problems": [{"kind": each.kind.value, "key": each.key, "text": each.text} for each in record.problems],
    }


def people_of(record: Record) -> Iterable[Person]:
    """Everybody for whom `record_to_json` asks a number, in its order."""
    if not record.restricted:
        for name, of in field_types(record.kind).items():
            if of is FieldType.PEOPLE:
                yield from getattr(record.fields, name)


def record_from_json(document: Mapping[str, Any], person_of: Callable[[int], Person]) -> Record:
    """The record as far as it was kept: without our own columns, version and editor. Raises ValueError or LookupError
    for what is no such document. Fields that this release does not know are left out."""
    kind = Kind(document["kind"])
    types, kept = field_types(kind), document["values"]
    place = RecordId(*document["id"])
    values: dict[str, Any] = {
        name: _value(types[name], value) for name, value in kept["fields"].items() if name in types
    }
    values |= {name: text for name, text in document["said"].items() if name in types}
    values |= {name: Reference(*each) for name, each in document["refers"].items() if name in types}
    values |= {
        name: tuple(person_of(number) for number in numbers)
        for name, numbers in document["people"].items()
        if name in types
    }
    return Record(
        id=place,
        source=document["source"],
        kind=kind,
        key=values.get("key"),
        fields=CLASSES[kind](**values),
        owned={},
        version="",
        created=_day(kept["created"]),
        restricted=kept["restricted"],
        problems=tuple(_problem(document["source"], place, each) for each in document["problems"]),
        groups=dict(document.get("groups", ())),
    )


def shared_words(records: Iterable[Record], policies: Policies) -> frozenset[str]:
    """The words that totals and rules go by and that are no secret of a restricted record: those that open records say
    in the same fields, and those of the policies. Folded."""
    said = {
        word
        for record in records
        if not record.restricted
        for text in (*(getattr(record.fields, name, None) for name in _GROUPING), *record.groups.values())
        for word in _words(text)
    }
    ladder = {word for rung in policies.ladder for word in (rung.name, rung.board)}
    keepers = {register.kept_by for register in policies.registers.values() if register.kept_by}
    return frozenset(said | {fold(word) for word in {*policies.appetite, *policies.boards, *ladder, *keepers}})


def stand_ins(records: Iterable[Record], shared: Container[str]) -> Mapping[str, str]:
    """What stands in for every word that something rests on and only restricted records say, or that is the key of one,
    by the word, folded: numbers in the order of sources and items, which tell nothing of the words."""
    ordered = sorted(records, key=lambda record: (record.source, record.id))
    public, secret = (
        [record for record in ordered if record.restricted is is_restricted] for is_restricted in (False, True)
    )
    names = {fold(name) for record in public for name in (record.key, record.fields.title) if name}
    named = {word for record in public for text in _references(record) for word in _words(text)}
    known = names | (named - {fold(record.key) for record in secret if record.key})
    said = (word for record in secret for text in _standing(record) for word in _words(text))
    found = dict.fromkeys(word for word in said if word not in known and word not in shared)
    return {word: f"(restricted {number})" for number, word in enumerate(found, 1)}


def _standing(record: Record) -> Iterable[str | None]:
    own = (getattr(record.fields, name, None) for name in _STOOD_IN)
    return [*own, *record.groups.values(), *_references(record)]


def _references(record: Record) -> Iterable[str]:
    for name, of in field_types(record.kind).items():
        named = getattr(record.fields, name)
        if of is FieldType.REFERENCE and named is not None:
            yield named.text


def _open(
    record: Record, types: Mapping[str, FieldType], shared: Container[str], instead: Mapping[str, str]
) -> Iterable[tuple[str, str]]:
    """What a restricted record's texts are kept as."""
    for name, text in _said(record, types):
        if name == _HELD and text:
            yield name, "(restricted)"  # whether it is held rests on there being a reason
        elif _is_shared(name, text, shared):
            yield name, text
        elif name in _STOOD_IN and instead:
            yield name, _stood_in(text, instead)


def _groups(record: Record, shared: Container[str], instead: Mapping[str, str]) -> list[list[str]]:
    """What a record is counted under, in pairs: the name of a grouping is no name under which a text stands."""
    if not record.restricted:
        return [[name, text] for name, text in sorted(record.groups.items())]
    told = ((name, _group_told(text, shared, instead)) for name, text in sorted(record.groups.items()))
    return [[name, text] for name, text in told if text is not None]


def _group_told(text: str, shared: Container[str], instead: Mapping[str, str]) -> str | None:
    if all(word in shared for word in _words(text)):
        return text
    return _stood_in(text, instead) if instead else None


def _stood_in(text: str, instead: Mapping[str, str]) -> str:
    """The text with every word that has one replaced by what stands in for it."""
    if not any(word in instead for word in _words(text)):
        return text
    return "; ".join(instead.get(word, word) for word in _words(text))


def _said(record: Record, types: Mapping[str, FieldType]) -> Iterable[tuple[str, str]]:
    for name, of in types.items():
        text = getattr(record.fields, name)
        if of is FieldType.TEXT and text is not None and name not in _NARRATIVE:
            yield name, text


def _is_shared(name: str, text: str, shared: Container[str]) -> bool:
    if name == "matrix_version":
        return True
    words = _words(text) if name in _GROUPING else []
    return bool(words) and all(word in shared for word in words)


def _words(text: str | None) -> list[str]:
    """The parts of a text that semicolons part, as they are compared."""
    return [word for part in (text or "").split(";") if (word := fold(part))]


def _refers(
    record: Record, types: Mapping[str, FieldType], parent: Record | None, instead: Mapping[str, str]
) -> dict[str, list[Any]]:
    """What a record refers to. Of an open one, too, a word that only restricted records say is none of its own."""
    references = {name: getattr(record.fields, name) for name, of in types.items() if of is FieldType.REFERENCE}
    said = {name: value for name, value in references.items() if value}
    if parent and (record.restricted or parent.restricted):
        return {name: ["", parent.id.item_id, parent.id.list_guid] for name in said}
    if record.restricted:
        return {name: [_stood_in(value.text, instead), None, None] for name, value in said.items() if instead}
    return {name: [_stood_in(value.text, instead), value.item_id, value.list_guid] for name, value in said.items()}


def _people(record: Record, types: Mapping[str, FieldType], number_of: Callable[[Person], int]) -> dict[str, list[int]]:
    named = {name: getattr(record.fields, name) for name, of in types.items() if of is FieldType.PEOPLE}
    return {name: [number_of(person) for person in people] for name, people in named.items() if people}


def _problem(source: str, place: RecordId, said: Mapping[str, str]) -> Finding:
    return Finding(source, place.item_id, FindingKind(said["kind"]), said["key"], said["text"])


def _place(record: RecordId) -> list[Any]:
    return [record.host, record.list_guid, record.item_id]


def _plain(value: Any) -> Any:
    """A value that is no text, in JSON. Words of vocabularies are texts already."""
    match value:
        case date():
            return value.isoformat()
        case Rating():
            return {name: _plain(getattr(value, name)) for name in _SIDES}
        case Scores():
            return [value.likelihood, value.impact]
        case _:
            return value


def _value(of: FieldType, value: Any) -> Any:
    if of in VOCABULARIES:
        return VOCABULARIES[of](value)
    if of is FieldType.DATE:
        return date.fromisoformat(value)
    if of is FieldType.RATING:
        return Rating(**{name: Scores(*value[name]) for name in _SIDES})
    return value


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


_SIDES = tuple(each.name for each in fields_of(Rating))
