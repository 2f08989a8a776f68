"""`explain KEY`: why an item has its status and its flags, as of the last stored run."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync.cli.completion import source_names
from sync.cli.options import AsJson, PortfolioFile
from sync.errors import NotFoundError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sync.core.policy import Labels
    from sync.engine.state import Decision


def explain(
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="The reference staff know the item by.", show_default=False)
    ],
    portfolio: PortfolioFile = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            metavar="NAME",
            help="Only in this source.",
            show_default=False,
            autocompletion=source_names,
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Say why an item has this status and these flags.

    Tells the dates and rules behind each value, what refers to the item, and what was written: as of the last stored
    run, without reading a list. Items of restricted lists are not explained.
    """
    from sync.cli.terminal import show, show_json
    from sync.engine.run import check_sources
    from sync.wiring import load_portfolio, open_runs

    configured = load_portfolio(portfolio)
    check_sources(configured, frozenset({source} if source else ()))
    with open_runs(configured) as store:
        decisions = store.decisions(key, source)
    if not decisions:
        raise NotFoundError(
            f"The last run decided nothing about '{key}'.",
            "Check the reference; items of restricted lists are not explained, and `plan` decides anew.",
        )
    if json:
        show_json(_document(decisions))
    else:
        show(*(_card(decision, configured.policies.labels) for decision in decisions))


def _card(decision: "Decision", labels: "Labels") -> "RenderableType":
    from rich.markup import escape
    from rich.table import Table

    content = decision.content
    card = Table.grid(padding=(0, 2))
    card.title = escape(f"{decision.key}  {content['title'] or ''}")
    card.title_justify = "left"
    card.title_style = "bold"
    for label, value in _facts(decision.source, content, labels):
        card.add_row(label, escape(value))
    return card


def _facts(source: str, content: "Mapping[str, Any]", labels: "Labels") -> list[tuple[str, str]]:
    from sync.core.dates import plain
    from sync.core.explain import BAND_LABELS
    from sync.core.model import Band, Overdue, WorkStatus

    def status(value: str | None) -> str:
        return labels.of_status(WorkStatus(value)) if value else "(blank)"

    facts = [("List", f"{source} ({content['kind']})")]
    if content["kind"] == "project":
        facts.append(("Staff say", status(content["declared"])))
    if content["computed"]:
        facts.append(("The rules say", status(content["computed"])))
    if content["band"]:
        facts.append(("Severity", BAND_LABELS[Band(content["band"])] + _by_matrix(content)))
    if content["overdue"]:
        due = f"; due {plain(date.fromisoformat(content['due']))}" if content["due"] else ""
        facts.append(("Overdue", f"{labels.of_overdue(Overdue(content['overdue']))}{due}"))
    facts += _review_and_rung(content)
    facts += [("Hold", _hold(content["hold"]))] if content.get("hold") else []
    facts += [("Because", content["reason"])] if content["reason"] else []
    facts += [("To mend", finding) for finding in content["findings"]]
    facts += [("Noted", finding) for finding in content.get("noted", ())]
    facts.append(("Decided", f"as on {plain(date.fromisoformat(content['today']))}, in run {content['run']}"))
    return facts


def _hold(hold: "Mapping[str, Any]") -> str:
    """`until 30 June 2026, set by Ann Ash: supplier dispute`."""
    from sync.core.dates import plain
    from sync.core.text import listed

    said = f"{'until' if hold['counts'] else 'ended on'} {plain(date.fromisoformat(hold['until']))}"
    if hold["asked"] and hold["asked"] > hold["until"]:
        said += f", the longest allowed (staff gave {plain(date.fromisoformat(hold['asked']))})"
    by = f", set by {listed(hold['by'])}" if hold["by"] else ""
    return f"{said}{by}: {hold['reason']}"


def _by_matrix(content: "Mapping[str, Any]") -> str:
    name, version = content.get("matrix"), content.get("matrix_version")
    return f", by matrix {name}, version {version}" if name else ""


def _review_and_rung(content: "Mapping[str, Any]") -> list[tuple[str, str]]:
    """What risks and issues have besides; a decision of an earlier release says nothing of it."""
    from sync.core.dates import plain
    from sync.core.text import counted

    facts = []
    if content.get("next_review"):
        months = content["every_months"]
        every = "month" if months == 1 else counted(months, "month")
        facts.append(("Next review", f"{plain(date.fromisoformat(content['next_review']))}; every {every}"))
    if content.get("climbed"):
        through = [name for name in content["climbed"] if name != content["rung"]]
        way = f", by way of {' and '.join(through)}" if through else ""
        facts.append(("Escalate to", f"{content['board']}{way}"))
    if content.get("declared_rung"):
        facts.append(("Staff say it is at", content["declared_rung"]))
    return facts


def _document(decisions: "Sequence[Decision]") -> str:
    from json import dumps

    items = [{"key": each.key, "source": each.source, "item": each.id.item_id, **each.content} for each in decisions]
    return dumps({"schema": 1, "decisions": items}, ensure_ascii=False, indent=2)
