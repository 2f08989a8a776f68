"""From a look to column formatting JSON of version 2, always in the same form, so that two can be compared.

What a value asks for is said three times: in words, by an icon, and by a colour. The colours are classes of
SharePoint's own theme, so they are right in dark mode, and nothing is lost where there are none. A blank shows nothing.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, assert_never

from connectors.sharepoint.admin.formatting.expressions import (
    NOW,
    SHOWN,
    THIS,
    Node,
    Op,
    any_of,
    call,
    column,
    days_since,
    is_blank,
    is_blank_date,
    plus,
    when,
    written,
)
from sync.core.provisioning.shape import (
    Badge,
    Badges,
    DaysSince,
    DueDay,
    HoldBeside,
    Icon,
    Look,
    StaleAfter,
    Tone,
    Wrapped,
)

SCHEMA = "https://developer.microsoft.com/json-schemas/sp/v2/column-formatting.schema.json"

_CLASSES: Mapping[Tone, str] = {
    Tone.GOOD: "sp-field-severity--good",
    Tone.INFORMATION: "sp-field-severity--low",
    Tone.WARNING: "sp-field-severity--warning",
    Tone.SEVERE: "sp-field-severity--blocked",
    Tone.PLAIN: "",
}
_ICONS: Mapping[Icon, str] = {
    Icon.DONE: "CheckMark",
    Icon.CLOCK: "Clock",
    Icon.ALERT: "ErrorBadge",
    Icon.WARNING: "Warning",
    Icon.PAUSE: "Pause",
    Icon.QUESTION: "Unknown",
    Icon.BOARD: "Group",
    Icon.MEND: "Repair",
    Icon.BETTER: "Up",
    Icon.WORSE: "Down",
    Icon.SAME: "Forward",
}
_ROW = {"align-items": "center", "box-sizing": "border-box", "flex-wrap": "nowrap", "padding": "0 8px"}
_TEXT = {"white-space": "normal", "word-wrap": "break-word", "min-width": "0"}

_Element = dict[str, Any]


def formatter(look: Look | None) -> str:
    """The column formatting of a look; blank for none."""
    if look is None:
        return ""
    return _canonical({"$schema": SCHEMA, **_element_of(look)})


def canonical(text: str | None) -> str:
    """A column's formatting, whoever wrote it, in the form in which ours are written: the order of names and the space
    between them mean nothing. What is not JSON stays as it is."""
    plain = (text or "").strip()
    try:
        return _canonical(json.loads(plain)) if plain else ""
    except ValueError:
        return plain


def _canonical(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _element_of(look: Look) -> _Element:
    match look:
        case Badges():
            return _badges(look)
        case DaysSince():
            return _days_since()
        case DueDay():
            return _due_day()
        case StaleAfter():
            return _stale_after(look)
        case Wrapped():
            return _wrapped(look)
    assert_never(look)


def _badges(look: Badges) -> _Element:
    """The word as it is, with its badge; a word of no badge is plain."""
    children = [_icon(_by_word(look.of, lambda badge: _ICONS[badge.icon])), _span(THIS)]
    row = _row(children, _by_word(look.of, lambda badge: _CLASSES[badge.tone]))
    if look.hold is None:
        return row
    return {**row, "style": {**row["style"], "flex-wrap": "wrap"}, "children": [*children, _held(look.hold)]}


def _by_word(of: Mapping[str, Badge], part: Callable[[Badge], str]) -> Node:
    """A part of the badge that the value has; words with the same part are asked for together."""
    words: dict[str, list[str]] = {}
    for word, badge in of.items():
        words.setdefault(part(badge), []).append(word)
    chosen: Node = ""
    for value, alike in reversed([each for each in words.items() if each[0]]):
        chosen = when(any_of(*(Op("==", (THIS, word)) for word in alike)), value, chosen)
    return chosen


def _held(hold: HoldBeside) -> _Element:
    """A pause and how the row tells of its hold, to the last day, which ends before a bracket or the full stop. Where
    the view does not show the column that tells, there is no pause."""
    told = column(hold.told_in)
    bracket, stop = call("indexOf", plus(told, " ("), " ("), call("indexOf", plus(told, "."), ".")
    words = call("substring", told, 0, when(Op("<", (bracket, stop)), bracket, stop))
    return {
        "elmType": "span",
        "style": {"display": written(_while_held(hold, "flex", "none")), "margin-left": "8px"},
        "children": [_icon(_ICONS[Icon.PAUSE]), _span(_while_held(hold, words, ""))],
    }


def _while_held(hold: HoldBeside, then: Node, otherwise: Node) -> Node:
    """Staff's own day ends it as soon as it has passed, before a night tells so; a blank one, or one that the view does
    not show, has not passed."""
    told = Op("==", (call("indexOf", column(hold.told_in), hold.words), 0))
    if hold.until is None:
        return when(told, then, otherwise)
    day = column(hold.until)
    passed = Op("&&", (Op(">", (call("Number", day), 0)), Op(">=", (days_since(day), 1))))
    return when(told, when(passed, otherwise, then), otherwise)


def _days_since() -> _Element:
    days = days_since(THIS)
    counted = plus(" · ", call("toString", days), when(Op("==", (days, 1)), " day", " days"))
    return _row([_date(when(Op(">=", (days, 1)), counted, ""))], blank=is_blank_date(THIS))


def _due_day() -> _Element:
    """On the day itself a word, and no alarm; after it a word, an icon and a colour."""
    days = days_since(THIS)
    passed = Op(">=", (days, 1))
    word = when(passed, " · passed", when(Op("==", (days, 0)), " · today", ""))
    icon = _icon(when(passed, _ICONS[Icon.ALERT], ""))
    return _row([icon, _date(word)], when(passed, _CLASSES[Tone.SEVERE], ""), is_blank_date(THIS))


def _stale_after(look: StaleAfter) -> _Element:
    stale = Op("<=", (call("addMinutes", THIS, look.hours * 60), NOW))
    words = when(stale, f" · No good run for more than {look.hours} hours", "")
    icon = _icon(when(stale, _ICONS[Icon.ALERT], _ICONS[Icon.DONE]))
    tone = when(stale, _CLASSES[Tone.SEVERE], _CLASSES[Tone.GOOD])
    return _row([icon, _date(words)], tone, is_blank_date(THIS))


def _wrapped(look: Wrapped) -> _Element:
    """The icon keeps its place beside the first line."""
    row = _row([_icon(_ICONS[look.badge.icon]), _span(THIS)], _CLASSES[look.badge.tone])
    return {**row, "style": {**row["style"], "align-items": "flex-start", "padding": "4px 8px"}}


def _row(children: list[_Element], classes: Node = "", blank: Node | None = None) -> _Element:
    """`blank`: what holds where there is nothing to show; that the value is no text, unless it is told."""
    shown = {**_ROW, "display": written(when(blank or is_blank(THIS), "none", "flex"))}
    attributes = {"attributes": {"class": written(classes)}} if classes else {}
    return {"elmType": "div", "style": shown, **attributes, "children": children}


def _icon(name: Node) -> _Element:
    return {
        "elmType": "span",
        "style": {"flex-shrink": "0", "margin-right": "6px"},
        "attributes": {"iconName": written(name)},
    }


def _date(word: Node) -> _Element:
    """A date with a word behind it; nothing for a blank one, also where hidden elements are read."""
    return _span(when(is_blank_date(THIS), "", plus(SHOWN, word)))


def _span(text: Node) -> _Element:
    return {"elmType": "span", "style": _TEXT, "txtContent": written(text)}
