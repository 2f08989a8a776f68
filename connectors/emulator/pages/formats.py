"""A list's formatting on its page: the formatters of its columns and of its view, applied to one row after another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from connectors.emulator.pages.formatting import values
from connectors.emulator.pages.formatting.drawing import draw
from connectors.emulator.pages.formatting.elements import Element, read_column, read_row_class
from connectors.emulator.pages.formatting.expressions import FormatError, Node
from connectors.emulator.pages.formatting.interpreter import Scope, evaluate
from connectors.emulator.pages.formatting.rows import ItemRow
from connectors.emulator.pages.formatting.styles import Sheet, safe_classes
from connectors.emulator.pages.formatting.values import Place
from connectors.emulator.pages.turn import Turn
from connectors.emulator.state.fields import Field
from connectors.emulator.state.versions import Item
from connectors.emulator.state.views import View


@dataclass(frozen=True, slots=True)
class Formatted:
    """A cell as its formatter draws it; `problem` says why it is shown plain instead."""

    drawn: Markup | None = None
    problem: str = ""


@dataclass(slots=True)
class Formats:
    """The formatting of one page; `sheet` gathers the styles it needs."""

    turn: Turn
    columns: Mapping[str, Field]
    cells: Mapping[str, Element | FormatError]
    row_class: Node | FormatError | None
    sheet: Sheet = field(default_factory=Sheet)

    @property
    def problem(self) -> str:
        """Why the view's own formatting is not applied; "" where it is."""
        return _why(self.row_class) if isinstance(self.row_class, FormatError) else ""

    def cell(self, column: Field, item: Item, index: int) -> Formatted:
        """One cell of a row; `index` counts the rows of the page from 0."""
        element = self.cells.get(column.name)
        if element is None:
            return Formatted()
        try:
            if isinstance(element, FormatError):
                raise element
            return Formatted(draw(element, self._scope(column.name, item, index), self.sheet))
        except FormatError as wrong:
            return Formatted(problem=_why(wrong))

    def classes(self, item: Item, index: int) -> str:
        """What the view's formatter says the classes of a row are."""
        if self.row_class is None or isinstance(self.row_class, FormatError):
            return ""
        scope = self._scope("Title", item, index)
        try:
            return " ".join(safe_classes(values.text(evaluate(self.row_class, scope), scope.place)))
        except FormatError:
            return ""

    def _scope(self, column: str, item: Item, index: int) -> Scope:
        site = self.turn.site
        return Scope(
            ItemRow(site, self.columns, item),
            Place(site.zone.zone, site.locale),
            column,
            self.turn.world.instant(),
            self.turn.person.person.email,
            index,
            f"{self.turn.visit.request.origin}{site.path.rstrip('/')}",
        )


def formats(turn: Turn, view: View, columns: Sequence[Field]) -> Formats:
    """The formatting of a list's page that shows these columns."""
    read = {column.name: read_column(column.custom_formatter) for column in columns if _given(column.custom_formatter)}
    row_class = read_row_class(str(view.custom_formatter)) if _given(view.custom_formatter) else None
    return Formats(turn, {column.name: column for column in columns}, read, row_class)


def _given(formatter: str | None) -> bool:
    return bool(formatter and formatter.strip())


def _why(wrong: FormatError) -> str:
    return f"The formatting of this cannot be applied, so it is shown plain. {wrong}"
