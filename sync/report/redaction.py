"""What an edition shows of one record, finding or list: fields that are left out, names that are covered.

The public edition shows only the fields that are listed here; what is added to an item later stays out of it until
somebody decides otherwise.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sync.core.findings import Finding
from sync.core.grouping import RESTRICTED
from sync.core.model import Kind
from sync.core.snapshot import RecordId
from sync.core.text import ELLIPSIS, fold
from sync.core.view import Item, SourceSeen, View

COVERED = "[name]"
"""Stands where a person's name stood."""


class Edition(StrEnum):
    """For whom a report is: those who run the portfolio, those who decide, everybody."""

    PMO = "pmo"
    BOARD = "board"
    PUBLIC = "public"


PUBLIC_FIELDS = frozenset(
    {
        "source", "kind", "theme", "programme", "department", "register", "is_over",
        "declared", "computed", "state", "reads_worse", "health", "last_reported", "reported",
        "start", "original", "due", "actual", "overdue", "since", "slipped", "slips_since",
        "nature", "raised", "matrix", "version", "inherent", "current", "target",
        "inherent_band", "band", "target_band", "last_reviewed", "review_due", "reviewed", "push_outs", "tolerance_end",
    }
)  # fmt: skip
"""What the public edition shows of an item, beside what it is called: where it stands in the organisation, states,
scores, dates and counts. Categories and responses are free text, reasons name records, confidence is a person's
judgement, and money and the ladder are published by decisions of their own: none of them is shown. What the portfolio
file names (lists, registers, matrices) and the names of themes, programmes and departments are the organisation's. That
a flag is held, and until when, is between staff and their board: in public it is in the figures alone."""

_BOARD_TEXTS = ("title", "reason", "category", "response", "proximity", "declared_rung", "hold_reason")
_SHORTEST_NAME = 3
_REFERENCE = re.compile(r"(?=.*\d)[A-Z]{0,5}\d{0,6}[A-Z]?(?:[-/._][A-Z]{0,5}\d{0,6}[A-Z]?)*")
_LONGEST_REFERENCE = 20
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_PARENTS = (Kind.RISK, Kind.ISSUE, Kind.PROJECT, Kind.PROGRAMME)


@dataclass(frozen=True, slots=True)
class People:
    """Everybody whom a record names as its owner, or as who set a hold, so that their names can be covered in texts.

    Names are found as they are written there, whatever their case and space, and where a sentence cuts one short;
    other parts of names and initials are not. A name of the organisation (an owner "Finance" in the department Finance)
    is nobody's, and neither are one or two letters. `words` are those that the names consist of.
    """

    names: tuple[str, ...]
    words: frozenset[str]
    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, *views: View) -> "People":
        items = [item for view in views for item in view.items]
        people = [person for item in items for person in (*item.owners, *item.hold_by)]
        owned = {text for person in people for text in (person.name, person.login or "")}
        known = {fold(text) for item in items for text in (item.theme, item.programme, item.department) if text}
        names = {name for name in owned if len(fold(name)) >= _SHORTEST_NAME and fold(name) not in known}
        longest_first = sorted(names, key=lambda name: (-len(name), name))
        said = "|".join(r"\s+".join(map(re.escape, name.split())) for name in longest_first)
        pattern = re.compile(rf"(?<!\w)(?:{said})(?!\w)", re.IGNORECASE) if said else None
        return cls(tuple(longest_first), frozenset(word for name in names for word in fold(name).split()), pattern)

    def covered(self, text: str) -> str:
        """The text with `COVERED` for every name."""
        if self.pattern is None:
            return text
        *cut_short, rest = self.pattern.sub(COVERED, text).split(ELLIPSIS)
        return ELLIPSIS.join([*(self._without_beginning(part) for part in cut_short), rest])

    def _without_beginning(self, text: str) -> str:
        """The text without the beginning of a name at its end."""
        for name in self.names:
            for kept in range(len(name) - 1, _SHORTEST_NAME - 1, -1):
                before = text[: len(text) - kept]
                if text.casefold().endswith(name[:kept].casefold()) and not before[-1:].isalnum():
                    return before + COVERED
        return text


@dataclass(frozen=True, slots=True)
class StandIn:
    """What a public edition has for a record: a place and a label that tell nothing, `Project 7`."""

    id: RecordId
    label: str


StandIns = Mapping[RecordId, StandIn]


def stand_ins(
    now: Iterable[Item], then: Iterable[Item], same: Mapping[RecordId, RecordId]
) -> tuple[StandIns, StandIns]:
    """For the records of a view and of an earlier one; `same`: the places of one record, then and now.

    Labels run within a kind in the order of places, and are the same throughout one report. Restricted records have
    none, so that no number is missing.
    """
    seen: Counter[Kind] = Counter()

    def new(item: Item) -> StandIn:
        seen[item.kind] += 1
        return StandIn(RecordId("", "", seen.total()), f"{item.kind.value.capitalize()} {seen[item.kind]}")

    here = {item.id: new(item) for item in in_order(now)}
    known = {was: here[is_now] for was, is_now in same.items() if is_now in here}
    return here, {item.id: known.get(item.id) or new(item) for item in in_order(then)}


def in_order(items: Iterable[Item]) -> list[Item]:
    """Those that are not restricted, by list and place."""
    return sorted((item for item in items if not item.restricted), key=lambda item: (item.source, item.id))


class Redactor:
    """One view as one edition shows it, value by value. Restricted records are the caller's to leave out."""

    def __init__(self, view: View, edition: Edition, public_titles: Iterable[str], people: People, stand_ins: StandIns):
        self._edition = edition
        self._public_titles = frozenset(public_titles)
        self._people = people
        self._stand_ins = stand_ins
        self._restricted = {(item.source, item.id.item_id) for item in view.items if item.restricted}
        self._restricted_lists = {seen.name for seen in view.sources if seen.restricted}
        self._hidden = {(item.kind, item.ref) for item in view.items if item.restricted}
        hidden = [item for item in view.items if item.restricted and item.kind is Kind.PROGRAMME]
        self._programmes = {fold(name) for item in hidden for name in (item.title, item.ref) if name}
        shown: dict[tuple[Kind, str], set[str]] = defaultdict(set)
        for item in view.items:
            if not item.restricted:
                shown[item.kind, item.ref].add(self.ref(item))
        self._shown = shown

    def id(self, item: Item) -> RecordId:
        return self._stand_ins[item.id].id if self._edition is Edition.PUBLIC else item.id

    def tells_title(self, item: Item) -> bool:
        return self._edition is not Edition.PUBLIC or item.source in self._public_titles

    def tells_ref(self, item: Item) -> bool:
        """Whether a record may be called what staff call it. In public a title only from a list whose titles were
        written to be published, and else a reference that looks like one: capitals and figures, nobody's name."""
        if self.tells_title(item):
            return True
        is_code = len(item.ref) <= _LONGEST_REFERENCE and _REFERENCE.fullmatch(item.ref) is not None
        is_named = any(fold(run) in self._people.words for run in _LETTERS.findall(item.ref))
        return is_code and not is_named and fold(item.ref) != fold(item.title or "")

    def ref(self, item: Item) -> str:
        return self._text(item.ref) or "" if self.tells_ref(item) else self._stand_ins[item.id].label

    def item(self, item: Item) -> Item:
        """An item that is not restricted."""
        called: dict[str, Any] = {
            "id": self.id(item),
            "ref": self.ref(item),
            "title": self._text(item.title) if self.tells_title(item) else None,
            "project": self._called(item.project, (Kind.PROJECT,)),
            "parent": self._called(item.parent, _PARENTS),
            **self._place(item),
        }
        match self._edition:
            case Edition.PMO:
                return replace(item, **called)
            case Edition.BOARD:
                texts = {name: self._text(getattr(item, name)) for name in _BOARD_TEXTS}
                return replace(item, **texts | called, owners=(), owner_mapped=False, confidence_by=None, hold_by=())
            case _:
                return Item(**{name: getattr(item, name) for name in PUBLIC_FIELDS} | called)

    def finding(self, finding: Finding) -> Finding:
        key, text, mend = self.texts((finding.key, finding.text, finding.mend))
        return replace(finding, key=key, text=text, mend=mend)

    def is_restricted(self, finding: Finding) -> bool:
        return finding.source in self._restricted_lists or (finding.source, finding.item) in self._restricted

    def source(self, seen: SourceSeen) -> SourceSeen:
        """A list; of a restricted one only what it holds and how it was read."""
        if seen.restricted:
            return replace(seen, name="a restricted list", register=None, problem=None)
        return replace(seen, problem=None if self._edition is Edition.PUBLIC else self._text(seen.problem))

    def texts(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Texts that are told, without the names that this edition covers."""
        return tuple(self._text(text) or "" for text in texts)

    def _text(self, text: str | None) -> str | None:
        if text is None or self._edition is Edition.PMO:
            return text
        return self._people.covered(text)

    def _called(self, ref: str | None, kinds: tuple[Kind, ...]) -> str | None:
        """What another record is called here; where two share what they are called, a restricted one hides both."""
        if ref is None:
            return None
        hidden = [kind for kind in kinds if (kind, ref) in self._hidden]
        if hidden:
            return None if self._edition is Edition.PUBLIC else f"a restricted {hidden[0].value}"
        names = {name for kind in kinds for name in self._shown.get((kind, ref), ())}
        if len(names) == 1:
            return names.pop()
        return None if self._edition is Edition.PUBLIC else self._text(ref)

    def _place(self, item: Item) -> dict[str, Any]:
        """Where it stands. What belongs to a restricted project would tell where that stands."""
        if item.kind is not Kind.PROJECT and (Kind.PROJECT, item.project) in self._hidden:
            return {**dict.fromkeys(("theme", "programme", "department")), "groups": {}}
        hides = item.programme is not None and fold(item.programme) in self._programmes
        programme = RESTRICTED if hides else self._text(item.programme)
        is_public = self._edition is Edition.PUBLIC
        groups = {} if is_public else {name: self._text(text) for name, text in item.groups.items()}
        theme, department = self._text(item.theme), self._text(item.department)
        return {"theme": theme, "programme": programme, "department": department, "groups": groups}
