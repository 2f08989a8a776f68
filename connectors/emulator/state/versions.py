"""An item, its versions, and what each way of writing leaves behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from connectors.emulator.state.values import Stored

_UI_VERSION_STEP = 512


class WriteMode(Enum):
    """The three ways an item is changed, and what each leaves behind.

    UPDATE makes a version and changes Modified and Modified By; SYSTEM changes neither; OVERWRITE changes Modified
    and Modified By but makes no version. All three raise the ETag and are in the change log.
    """

    UPDATE = "Update"
    SYSTEM = "SystemUpdate"
    OVERWRITE = "UpdateOverwriteVersion"


@dataclass(frozen=True, slots=True)
class Version:
    """What an item held at one version."""

    label: int
    hidden_version: int
    modified: datetime
    editor: int
    values: Mapping[str, Stored]

    @property
    def ui_version(self) -> int:
        """The version's number in addresses and in _UIVersion: 512 for 1.0."""
        return self.label * _UI_VERSION_STEP

    @property
    def version_label(self) -> str:
        """The version that staff see."""
        return f"{self.label}.0"


@dataclass(slots=True, eq=False)
class Item:
    """One item. `version` is what the ETag shows; `label` is the n of the version label n.0."""

    id: int
    unique_id: str
    guid: str
    values: dict[str, Stored]
    created: datetime
    modified: datetime
    author: int
    editor: int
    version: int = 1
    label: int = 1
    history: list[Version] = field(default_factory=list)

    @property
    def etag(self) -> str:
        """The ETag as it goes over the wire, quotes included."""
        return f'"{self.version}"'

    @property
    def version_label(self) -> str:
        """The version that staff see."""
        return f"{self.label}.0"

    @property
    def ui_version(self) -> int:
        """The current version's number in _UIVersion: 512 for 1.0."""
        return self.label * _UI_VERSION_STEP

    @property
    def leaf_name(self) -> str:
        """The name that stands for the item in its folder."""
        return f"{self.id}_.000"

    @property
    def order(self) -> float:
        """Where the item stands among the others, as lists that staff order by hand keep it."""
        return self.id * 100.0

    def now(self) -> Version:
        """The current version as a value."""
        return Version(self.label, self.version, self.modified, self.editor, dict(self.values))

    def begin_version(self, kept: int) -> None:
        """Put the current version into the history and go on as the next one; the oldest go until `kept` are left."""
        self.history.append(self.now())
        del self.history[: max(0, len(self.history) + 1 - kept)]
        self.label += 1
