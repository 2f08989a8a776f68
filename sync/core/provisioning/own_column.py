"""A column of a list that only the service writes, as all of them are: in no form, and saying who writes it."""

from sync.core.columns import ColumnType
from sync.core.provisioning.shape import ColumnShape, Look
from sync.core.text import cut

LONGEST_TEXT = 255
"""Characters of a title, and of a single line of text."""

_WRITTEN = "Written by Portfolio Sync."


def own_column(
    name: str,
    title: str,
    says: str,
    of_type: ColumnType = ColumnType.NUMBER,
    *,
    choices: tuple[str, ...] = (),
    indexed: bool = False,
    unique: bool = False,
    look: Look | None = None,
) -> ColumnShape:
    """`says`: a sentence of what it holds. A number is whole."""
    return ColumnShape(
        name=name,
        title=cut(title, LONGEST_TEXT),
        description=f"{says} {_WRITTEN}",
        type=of_type,
        choices=choices,
        indexed=indexed,
        unique=unique,
        decimals=0 if of_type is ColumnType.NUMBER else None,
        look=look,
    )
