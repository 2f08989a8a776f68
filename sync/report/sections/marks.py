"""How the states of a portfolio are shown in a paper: in words, with a sign, never by colour alone."""

from sync.core.model import Band, Overdue, WorkStatus
from sync.report.tones import Tone

STATUS_TONES: dict[WorkStatus, Tone] = {
    WorkStatus.OFF_TRACK: Tone.BAD,
    WorkStatus.AT_RISK: Tone.WARN,
    WorkStatus.NEEDS_REVIEW: Tone.WARN,
    WorkStatus.UNKNOWN: Tone.NONE,
    WorkStatus.ON_HOLD: Tone.NONE,
    WorkStatus.IN_PROGRESS: Tone.INFO,
    WorkStatus.ON_TRACK: Tone.GOOD,
    WorkStatus.NOT_STARTED: Tone.NONE,
    WorkStatus.COMPLETE: Tone.INFO,
    WorkStatus.CLOSED: Tone.INFO,
}
BAND_TONES: dict[Band, Tone] = {
    Band.VERY_HIGH: Tone.BAD,
    Band.HIGH: Tone.WARN,
    Band.MEDIUM: Tone.INFO,
    Band.LOW: Tone.GOOD,
    Band.NOT_ASSESSED: Tone.NONE,
}
OVERDUE_TONES: dict[Overdue, Tone] = {
    Overdue.OVERDUE: Tone.BAD,
    Overdue.DUE_SOON: Tone.WARN,
    Overdue.ON_TIME: Tone.GOOD,
    Overdue.NO_DATE: Tone.NONE,
    Overdue.CLOSED: Tone.INFO,
}
GAIN_TONES: dict[Band, Tone] = (
    dict.fromkeys((Band.VERY_HIGH, Band.HIGH), Tone.GOOD)
    | dict.fromkeys((Band.MEDIUM, Band.LOW), Tone.INFO)
    | {Band.NOT_ASSESSED: Tone.NONE}
)
"""Of opportunities."""
BANDS_WORST_FIRST = (Band.VERY_HIGH, Band.HIGH, Band.MEDIUM, Band.LOW, Band.NOT_ASSESSED)
