"""Retention labels: what a list's default label says, and whose edit of a record that refuses.

The service keeps a label with each item, where whoever has the rights can take it away again. Here it is the list's,
told by the world document, and holds for every item of it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.emulator import errors

if TYPE_CHECKING:
    from connectors.emulator.state.lists import SpList


@dataclass(frozen=True, slots=True)
class Label:
    """A label by its name. `locks_items`: an item is a record that cannot be edited, as where the organisation allows
    no edits of records' properties. `regulatory`: it is a regulatory record, which nobody can ever edit."""

    name: str
    locks_items: bool = False
    regulatory: bool = False

    @property
    def blocks_edits(self) -> bool:
        """Whether items with the label are records."""
        return self.locks_items or self.regulatory


def check(owner: "SpList") -> None:
    """Refuse an edit of an item, or its removal, where the list's label makes a record of it, whoever asks."""
    label = owner.settings.label
    if label is not None and label.blocks_edits:
        raise errors.kept_by_label()
