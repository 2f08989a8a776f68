"""One cell into one canonical value. A problem is a value that comes back beside it, never an exception, never a guess.

| the field is   | read as it is                 | also read                                   | else              |
|----------------|-------------------------------|---------------------------------------------|-------------------|
| date           | the day that the column shows | text that names a day beyond doubt, or by   | text date         |
|                |                               | what the list declares (see `text_dates`)   |                   |
| number         | number                        | `£1,234.50`                                 | not a number      |
| score          | a step of the matrix, or a    | a word of the scale, `4 - Likely`, `70 %`   | unknown value     |
|                | measure; 0 is not assessed    |                                             |                   |
| rating         | `Before 3-3 After 3-1`        | `3x4`, `D4` (see `scales`)                  | unknown value     |
| words          | a word of the vocabulary      |                                             | unknown value     |
| yes/no         | yes/no                        | a word for it                               | unknown value     |
| people         | persons                       | text, as a name without a login             |                   |
| reference      | lookup, by item id            | text or number, as a key                    |                   |
| text           | text; markup is taken off     | numbers, persons, links, lookups by text    |                   |
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sync.core import dates
from sync.core.columns import Cell, Column, ColumnType, LinkCell, LookupCell, PersonCell
from sync.core.findings import FindingKind
from sync.core.model import VOCABULARIES, Confidence, FieldType, Health, Person, Reference, RiskStatus, WorkStatus
from sync.core.policy import DateWords
from sync.core.risk import DEFAULT_MATRIX, Matrix
from sync.core.scales import read_rating, read_step
from sync.core.text import amount, quote, tidy, without_markup
from sync.core.text_dates import COUNTED_FROM, UNDECLARED, parse_text_date
from sync.core.vocabulary import Vocabulary

_CALCULATED_NUMBER = re.compile(r"-?\d+\.\d+", re.ASCII)
"""As REST writes a calculated number: `4.00000000000000`."""
_CALCULATED_MARK = re.compile(r"\A(?:boolean|datetime|float|string);#")
"""What some surfaces put before a calculated value: `float;#12.0000`."""
_DATE_NOTES = {
    dates.DateNote.OFF_MIDNIGHT: (FindingKind.DATE_OFF_MIDNIGHT, "holds a time of day; set the date again"),
    dates.DateNote.ZONE_UNKNOWN: (FindingKind.ZONE_UNKNOWN, "was read without knowing the site's time zone"),
}
_UNREAD_WORD: dict[FieldType, object] = {
    FieldType.WORK_STATUS: WorkStatus.UNKNOWN,
    FieldType.RISK_STATUS: RiskStatus.UNKNOWN,
    FieldType.HEALTH: Health.UNKNOWN,
    FieldType.CONFIDENCE: Confidence.NOT_RATED,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What a person should mend. `mend` may quote the cell; `plain`, which is said of a restricted record, does not."""

    kind: FindingKind
    mend: str
    plain: str


@dataclass(frozen=True, slots=True)
class Converted:
    """`usable`: the value is what the cell says, even where something about it deserves a look."""

    value: object
    problem: Problem | None = None
    usable: bool = True


@dataclass(frozen=True, slots=True)
class BoundField:
    """A canonical field, the columns it may come from in their order, and what its words and text dates mean.

    `matrix`: the one whose scales several scores in one cell are steps of; those of a single score are in its words.
    """

    name: str
    type: FieldType
    columns: tuple[Column, ...]
    words: Vocabulary | None = None
    dates: DateWords = UNDECLARED
    matrix: Matrix = DEFAULT_MATRIX

    @property
    def blank(self) -> object:
        return () if self.type is FieldType.PEOPLE else None


def read_field(field: BoundField, cells: Mapping[str, Cell], zone: str | None) -> Converted:
    """The first usable value among the field's columns, else the problem of the first one that is not blank."""
    first: Converted | None = None
    for column in field.columns:
        cell = cells.get(column.name)
        if cell is None or is_blank(column, cell):
            continue
        converted = convert(field, column, cell, zone)
        if converted.usable:
            return converted
        first = first or converted
    return first or Converted(field.blank)


def convert(field: BoundField, column: Column, cell: Cell, zone: str | None) -> Converted:
    """The canonical value of a cell that is not blank."""
    return _CONVERTERS[field.type](field, column, cell, zone)


def is_blank(column: Column, cell: Cell) -> bool:
    """Nothing, only space, or only empty markup. Zero and No are not blank: what they mean is the field's business."""
    if isinstance(cell, (str, LinkCell)):
        return not cell_text(column, cell)
    return cell is None or cell == ()


def cell_text(column: Column, cell: Cell) -> str:
    """What a cell says as one text; empty where it is blank. Several values are parted by semicolons."""
    if cell is None:
        return ""
    if isinstance(cell, tuple):
        return "; ".join(cell_text(column, part) for part in cell)
    if isinstance(cell, str):
        text = tidy(without_markup(cell) if column.type is ColumnType.RICH_NOTE else cell)
        return _calculated(text) if column.type is ColumnType.CALCULATED else text
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    if isinstance(cell, float | int):
        return str(int(cell)) if float(cell).is_integer() else repr(cell)
    return _object_text(cell)


def _calculated(text: str) -> str:
    """What a calculated column says, without what a surface adds to it: `float;#12.0000` is 12."""
    said = _CALCULATED_MARK.sub("", text)
    return said.rstrip("0").rstrip(".") if _CALCULATED_NUMBER.fullmatch(said) else said


def _object_text(cell: datetime | LookupCell | PersonCell | LinkCell | None) -> str:
    match cell:
        case LookupCell(text=text):
            return tidy(text)
        case PersonCell(name=name):
            return tidy(name)
        case LinkCell(url=url, description=description):
            return tidy(description) or tidy(url)
        case _:
            return cell.isoformat() if cell else ""


def _text(field: BoundField, column: Column, cell: Cell, zone: str | None) -> Converted:
    if isinstance(cell, datetime):
        return Converted(_shown(column, cell, zone).day.isoformat())
    return Converted(cell_text(column, cell))


def _date(field: BoundField, column: Column, cell: Cell, zone: str | None) -> Converted:
    if isinstance(cell, datetime):
        shown = _shown(column, cell, zone)
        if shown.note is None:
            return Converted(shown.day)
        kind, words = _DATE_NOTES[shown.note]
        return Converted(shown.day, Problem(kind, f"{column.title} {words}", f"{column.title} {words}"))
    first = field.name in COUNTED_FROM
    day = parse_text_date(cell_text(column, cell), field.dates, first=first) if isinstance(cell, str) else None
    if day is not None:
        return Converted(day)
    what = "text; not a date" if isinstance(cell, str) else "not a date"
    return _unusable(FindingKind.TEXT_DATE, f"{column.title} is {what}")


def _shown(column: Column, cell: datetime, zone: str | None) -> dates.ShownDate:
    return (dates.shown_instant if column.type is ColumnType.DATE_TIME else dates.shown)(cell, zone)


def _number(field: BoundField, column: Column, cell: Cell, zone: str | None) -> Converted:
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return Converted(float(cell))
    number = amount(cell_text(column, cell))
    if number is not None:
        return Converted(number)
    return _unusable(FindingKind.NOT_A_NUMBER, f"{column.title} is not a number")


def _flag(field: BoundField, column: Column, cell: Cell, zone: str | None) -> Converted:
    if isinstance(cell, bool):
        return Converted(cell)
    return _word(field, column, cell, zone)


def _word(field: BoundField, column: Column, cell: Cell, zone: str | None) -> Converted:
    """A word of the field's vocabulary; several choices at once are a word only where the vocabulary has them so."""
    said = cell_text(column, cell)
    if field.words is None or not field.words.knows(said):
        return _unknown(field, column, said)
    meaning = field.words.meaning(said)
    return Converted(VOCABULARIES[field.type](str(meaning)) if field.type in VOCABULARIES else meaning)


def _score(field: BoundField, column: Column, cell: Cell, zone: str | None) -> Converted:
    """A step of one of the matrix's scales; None where it says "not assessed"."""
    said = cell_text(column, cell)
    found = read_step(said, field.words, _held(column, cell)) if field.words is not None else None
    return Converted(found[0]) if found else _unknown(field, column, said)


def _held(column: Column, cell: Cell) -> float | None:
    """The number that a cell holds, as against one that somebody typed as text."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return float(cell)
    return amount(cell_text(column, cell)) if column.type is ColumnType.CALCULATED else None


def _rating(field: BoundField, column: Column, cell: Cell, zone: str | None) -> Converted:
    """Several scores in one cell. A number alone, or a date that such a text was taken for, is none of them."""
    said = cell_text(column, cell)
    rating = read_rating(said, field.matrix)
    return _unknown(field, column, said) if rating is None else Converted(rating)


def _people(field: BoundField, column: Column, cell: Cell, zone: str | None) -> Converted:
    parts = cell if isinstance(cell, tuple) else (cell,)
    said = [
        (tidy(part.name), part.login) if isinstance(part, PersonCell) else (cell_text(column, part), None)
        for part in parts
    ]
    return Converted(_named(tuple(said)))


@lru_cache(maxsize=4096)
def _named(said: tuple[tuple[str, str | None], ...]) -> tuple[Person, ...]:
    """People by name and login. The same few are named in most rows, and held once."""
    return tuple(Person(name, login) for name, login in said)


def _reference(field: BoundField, column: Column, cell: Cell, zone: str | None) -> Converted:
    first = cell[0] if isinstance(cell, tuple) and cell else cell
    item_id, into = (first.item_id, column.lookup_list) if isinstance(first, LookupCell) else (None, None)
    return Converted(Reference(cell_text(column, first), item_id, into), _several(column, cell))


def _several(column: Column, cell: Cell) -> Problem | None:
    if not isinstance(cell, tuple) or len(cell) < 2:
        return None
    said = f"{column.title} names {len(cell)} records; only the first counts"
    return Problem(FindingKind.AMBIGUOUS_REFERENCE, said, said)


def _unknown(field: BoundField, column: Column, said: str) -> Converted:
    problem = Problem(
        FindingKind.UNKNOWN_VALUE,
        f"{column.title} {quote(said)} is not a known value",
        f"{column.title} is not a known value",
    )
    return Converted(_UNREAD_WORD.get(field.type), problem, usable=False)


def _unusable(kind: FindingKind, said: str) -> Converted:
    return Converted(None, Problem(kind, said, said), usable=False)


_CONVERTERS: Mapping[FieldType, Callable[[BoundField, Column, Cell, str | None], Converted]] = {
    FieldType.TEXT: _text,
    FieldType.DATE: _date,
    FieldType.NUMBER: _number,
    FieldType.FLAG: _flag,
    FieldType.PEOPLE: _people,
    FieldType.REFERENCE: _reference,
    FieldType.SCORE: _score,
    FieldType.RATING: _rating,
    FieldType.BAND: _word,
    FieldType.WORK_STATUS: _word,
    FieldType.RISK_STATUS: _word,
    FieldType.HEALTH: _word,
    FieldType.CONFIDENCE: _word,
    FieldType.NATURE: _word,
}
