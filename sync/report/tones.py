"""How a state feels, and the sign that stands for it, so that nothing is said by colour alone."""

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """Best first. NONE says nothing either way: not started, not assessed, on hold, no date."""

    GOOD = "good"
    INFO = "info"
    WARN = "warn"
    BAD = "bad"
    NONE = "none"


ICONS = {Tone.GOOD: "✓", Tone.INFO: "◆", Tone.WARN: "▲", Tone.BAD: "■", Tone.NONE: "○"}
"""Five shapes that differ in outline, so that they are told apart in grey, on a fax and by the colour blind."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in words, with its tone: `Badge("Off track", Tone.BAD)` reads "■ Off track" wherever it is shown."""

    text: str
    tone: Tone = Tone.NONE

    @property
    def icon(self) -> str:
        return ICONS[self.tone]
