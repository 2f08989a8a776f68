"""Histories as documents, and back: in the store, and in a frozen report."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from sys import intern
from typing import Any

from sync.core.history import DateTrail, History, HoldTrail, Raising
from sync.core.model import Kind, Scores
from sync.core.snapshot import RecordId

_ALIKE = 16384
"""Different values that are held of those that many histories have alike."""
_TRAIL = ("first", "latest", "slips", "moves")


def history_to_json(history: History) -> dict[str, Any]:
    """All of a history; its words stand apart, under `said`."""
    return {
        "number": history.number,
        "id": [history.id.host, history.id.list_guid, history.id.item_id],
        "source": history.source,
        "kind": history.kind.value,
        "said": {"key": history.key, "title": history.title, "place": history.place},
        "values": {
            "restricted": history.restricted,
            "first_seen": history.first_seen.isoformat(),
            "last_seen": history.last_seen.isoformat(),
            "since": history.since.isoformat(),
            "gone": _text(history.gone),
            "dates": {name: _trail(history.dates[name]) for name in sorted(history.dates)},
            "last_reviewed": _text(history.last_reviewed),
            "push_outs": history.push_outs,
            "rating": [history.rating.likelihood, history.rating.impact] if history.rating else None,
            "matrix": history.matrix,
            "matrix_version": history.matrix_version,
            "raised": [_raising(each) for each in history.raised],
            "hold": _hold(history.hold) if history.hold else None,
            "key_digest": history.key_digest,
            "title_digest": history.title_digest,
            "place_field": history.place_field,
            "maybe": list(history.maybe),
            "copied_from": list(history.copied_from),
            "joined": history.joined,
        },
    }


def history_from_json(document: Mapping[str, Any]) -> History:
    """The history that `history_to_json` was given. Raises ValueError or LookupError for what is no such document.
    One that was kept before holds were is of none. What many of them say alike is held once.
    """
    said, kept = document["said"], document["values"]
    host, list_guid, item_id = document["id"]
    return History(
        number=document["number"],
        id=RecordId(intern(host), intern(list_guid), item_id),
        source=intern(document["source"]),
        kind=Kind(document["kind"]),
        key=said["key"],
        title=said["title"],
        place=said["place"],
        restricted=kept["restricted"],
        first_seen=_known_day(kept["first_seen"]),
        last_seen=_known_day(kept["last_seen"]),
        since=_known_day(kept["since"]),
        gone=_day(kept["gone"]),
        dates=_dates_of(tuple((name, *map(trail.__getitem__, _TRAIL)) for name, trail in kept["dates"].items())),
        last_reviewed=_day(kept["last_reviewed"]),
        push_outs=kept["push_outs"],
        rating=_scores_of(*kept["rating"]) if kept["rating"] else None,
        matrix=_word(kept["matrix"]),
        matrix_version=_word(kept["matrix_version"]),
        raised=tuple(_raising_of(each) for each in kept["raised"]),
        hold=_hold_of(kept["hold"]) if kept.get("hold") else None,
        key_digest=kept["key_digest"],
        title_digest=kept["title_digest"],
        place_field=_word(kept["place_field"]),
        maybe=tuple(kept["maybe"]),
        copied_from=tuple(kept["copied_from"]),
        joined=kept["joined"],
    )


def _trail(trail: DateTrail) -> dict[str, Any]:
    return {"first": _text(trail.first), "latest": _text(trail.latest), "slips": trail.slips, "moves": trail.moves}


@lru_cache(maxsize=_ALIKE)
def _dates_of(kept: tuple[tuple[str, str | None, str | None, int, int], ...]) -> Mapping[str, DateTrail]:
    return {
        name: DateTrail(first=_day(first), latest=_day(latest), slips=slips, moves=moves)
        for name, first, latest, slips, moves in kept
    }


@lru_cache(maxsize=_ALIKE)
def _scores_of(likelihood: int | None, impact: int | None) -> Scores:
    return Scores(likelihood, impact)


def _raising(raising: Raising) -> dict[str, Any]:
    return {
        "rung": raising.rung,
        "board": raising.board,
        "on": raising.on.isoformat(),
        "decide_by": _text(raising.decide_by),
        "ended": _text(raising.ended),
    }


def _raising_of(kept: Mapping[str, Any]) -> Raising:
    return Raising(
        rung=kept["rung"],
        board=kept["board"],
        on=date.fromisoformat(kept["on"]),
        decide_by=_day(kept["decide_by"]),
        ended=_day(kept["ended"]),
    )


def _hold(hold: HoldTrail) -> dict[str, Any]:
    return {"until": _text(hold.until), "since": hold.since.isoformat(), "by": hold.by}


def _hold_of(kept: Mapping[str, Any]) -> HoldTrail:
    return HoldTrail(until=_day(kept["until"]), since=date.fromisoformat(kept["since"]), by=kept["by"])


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


@lru_cache(maxsize=_ALIKE)
def _known_day(text: str) -> date:
    return date.fromisoformat(text)


def _day(text: str | None) -> date | None:
    return _known_day(text) if text else None


def _word(text: str | None) -> str | None:
    return intern(text) if text else text
