"""Checks of what a portfolio file says as a whole: its zone, its schedule and its policies."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from zoneinfo import available_timezones

from config.calendar import hit_by
from config.lint import Complaint
from config.matrices import check_appetite
from config.names import nearest, quoted
from sync.core.model import Overdue, WorkStatus
from sync.core.policy import GuardPolicy, HoldPolicy, Labels, OverduePolicy, Policies, RollupPolicy
from sync.engine.targets import Schedule

LONGEST_LABEL = 255
LONGEST_PERIOD = 3660
"""Days; a longer period is a slip of the pen."""
REVIEW_MONTHS_BOUNDS = (1, 120)
"""The least and the most months between two reviews."""
GUARD_BOUNDS: Mapping[str, tuple[int, int]] = {
    "records_gone_percent": (0, 100),
    "unexplained_percent": (0, 100),
    "flipped_percent": (0, 100),
    "minimum": (1, 10_000),
    "clock_minutes": (1, 60),
}
"""The least and the most that each number of the guards may be."""


def check_portfolio(
    version: int, name: str, time_zone: str, schedule: Schedule, policies: Policies
) -> tuple[Complaint, ...]:
    """Every complaint about the top of the file, its schedule and its policies."""
    found: list[Complaint] = []
    if version != 1:
        found.append(Complaint(("version",), f"this release reads version 1 of the portfolio file, not {version}"))
    if not name.strip():
        found.append(Complaint(("name",), "the portfolio needs a name"))
    known_zone = _zone(time_zone, found)
    if schedule.nightly is not None:
        found.extend(_nightly(schedule.nightly, time_zone if known_zone else "UTC"))
    found.extend(_overdue(policies.overdue))
    found.extend(_hold(policies.hold))
    found.extend(_rollup(policies.rollup))
    found.extend(_review(policies))
    found.extend(check_appetite(policies.appetite))
    found.extend(_labels(policies.labels))
    found.extend(_guards(policies.guards))
    return tuple(found)


def _zone(time_zone: str, found: list[Complaint]) -> bool:
    zones = available_timezones()
    if time_zone in zones:
        return True
    close = nearest(time_zone, zones)
    hint = f"; did you mean '{close}'?" if close else "; use a name such as Europe/London"
    found.append(Complaint(("time_zone",), f"{quoted(time_zone)} is not a known time zone{hint}"))
    return False


_EXAMPLE = '"17 2 * * *" is 02:17 every night'


def _nightly(expression: str, zone: str) -> list[Complaint]:
    where = ("schedule", "nightly")
    words = expression.split()
    if len(words) != 5:
        return [Complaint(where, f"'nightly' has five fields (minute hour day month weekday): {_EXAMPLE}")]
    if not (re.fullmatch(r"\d{1,2}", words[0]) and re.fullmatch(r"\d{1,2}", words[1])):
        return [Complaint(where, f"'nightly' names one minute and one hour, for it runs once a night: {_EXAMPLE}")]
    if re.search(r"\d", words[4]):
        text = f"write weekdays as names (mon-fri), not as {quoted(words[4])}: programs number them differently"
        return [Complaint(where, text)]
    return _fires(words, where, zone)


def _fires(words: list[str], where: tuple[str, ...], zone: str) -> list[Complaint]:
    from apscheduler.triggers.cron import CronTrigger  # takes 0.1 s, and only this needs it

    try:
        trigger = CronTrigger.from_crontab(" ".join(words), timezone="UTC")
    except ValueError as error:
        return [Complaint(where, f"'nightly' is not a cron expression ({error}): {_EXAMPLE}")]
    change = hit_by(trigger, zone)
    if change is None:
        return []
    what = "is skipped when the clocks go forward" if change.skipped else "comes twice when the clocks go back"
    time = f"{int(words[1]):02}:{int(words[0]):02}"
    text = f"{time} {what} in {zone} ({_plain(change.start)}); choose a time such as {_safe(words, zone)}"
    return [Complaint(where, text)]


def _plain(day: datetime) -> str:
    return f"{day.day} {day:%B %Y}"


def _safe(words: list[str], zone: str) -> str:
    from apscheduler.triggers.cron import CronTrigger

    for hour in ("2", "3", "4", "5"):
        expression = " ".join(["17", hour, *words[2:]])
        if hit_by(CronTrigger.from_crontab(expression, timezone="UTC"), zone) is None:
            return f'"{expression}"'
    return f'"{" ".join(["17", "12", *words[2:]])}"'


def _overdue(policy: OverduePolicy) -> list[Complaint]:
    return [
        Complaint(("policies", "overdue", key), f"'{key}' must be from 0 to {LONGEST_PERIOD} days, not {days}")
        for key, days in (("due_soon_days", policy.due_soon_days), ("late_days", policy.late_days))
        if not 0 <= days <= LONGEST_PERIOD
    ]


def _hold(policy: HoldPolicy) -> list[Complaint]:
    if 1 <= policy.max_days <= LONGEST_PERIOD:
        return []
    text = f"'max_days' must be from 1 to {LONGEST_PERIOD} days, not {policy.max_days}"
    return [Complaint(("policies", "hold", "max_days"), text)]


def _rollup(policy: RollupPolicy) -> list[Complaint]:
    return [
        Complaint(("policies", "rollup", "thresholds", status.value), f"a threshold is from 1 to 100 %, not {percent}")
        for status, percent in policy.thresholds.items()
        if not 1 <= percent <= 100
    ]


def _review(policies: Policies) -> list[Complaint]:
    """A cadence by band, and a register's own."""
    least, most = REVIEW_MONTHS_BOUNDS
    by_band = {("policies", "review", "months", band.value): each for band, each in policies.review.months.items()}
    by_register = {("policies", "registers", name, "months"): each.months for name, each in policies.registers.items()}
    return [
        Complaint(where, f"a review is due every {least} to {most} months, not every {months}")
        for where, months in [*by_band.items(), *by_register.items()]
        if months is not None and not least <= months <= most
    ]


def _guards(policy: GuardPolicy) -> list[Complaint]:
    return [
        Complaint(("policies", "guards", key), f"'{key}' must be from {least} to {most:,}, not {number}")
        for key, number in asdict(policy).items()
        for least, most in [GUARD_BOUNDS[key]]
        if not least <= number <= most
    ]


def _labels(labels: Labels) -> list[Complaint]:
    statuses = {status.value: labels.of_status(status) for status in WorkStatus}
    states = {state.value: labels.of_overdue(state) for state in Overdue}
    return [
        Complaint(("policies", "labels", group, key), text)
        for group, texts, changed in (("status", statuses, labels.status), ("overdue", states, labels.overdue))
        for key in changed
        if (text := _bad_label(str(key.value), texts))
    ]


def _bad_label(key: str, texts: Mapping[str, str]) -> str | None:
    label = texts[key]
    if not label.strip() or label != label.strip():
        return f"the label {quoted(label)} is blank, or begins or ends with a space"
    if len(label) > LONGEST_LABEL or not label.isprintable():
        return f"a label is one line of at most {LONGEST_LABEL} characters"
    same = [other for other, text in texts.items() if other != key and text.casefold() == label.casefold()]
    if same:
        return f"the label {quoted(label)} also stands for '{same[0]}'; staff could not tell the two apart"
    return None
