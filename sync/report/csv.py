"""The records of an edition as comma-separated values: one row for each record, the columns of the data dictionary.

RFC 4180 in UTF-8 with a byte order mark, without which a spreadsheet takes "Llŷn" for something else. Times and
figures are as in JSON: ISO dates, plain numbers, `true` and `false`; what is unknown is empty.
"""

import csv
import io
from datetime import date

from sync.report.dictionary import Value, columns_for
from sync.report.editions import EditionView

BYTE_ORDER_MARK = "\ufeff"
SEPARATOR = "; "
"""Between the texts of a list."""

_RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001


def render_csv(view: EditionView) -> str:
    """The file's text, the byte order mark first and CRLF at the end of each row."""
    columns = columns_for(view.edition)
    held = io.StringIO(newline="")
    held.write(BYTE_ORDER_MARK)
    writer = csv.writer(held)
    writer.writerow(column.name for column in columns)
    for item in view.items:
        writer.writerow(shown(column.value(item)) for column in columns)
    return held.getvalue()


def shown(value: Value) -> str:
    """A value as a cell holds it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case str():
            return guarded(value)
        case tuple():
            return guarded(SEPARATOR.join(value))
        case _:
            return f"{value:.15g}" if isinstance(value, float) else str(value)


def guarded(text: str) -> str:
    """Text that a spreadsheet does not run: one apostrophe stands before what it would take for a formula.

    Apostrophes before such a beginning are guarded as well, so that `unguarded` gives every text back.
    """
    return f"'{text}" if text.lstrip("'").startswith(_RUN) else text


def unguarded(text: str) -> str:
    """What was there before `guarded`."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_RUN) else text
