"""How a person's word reaches a run: by an option, a reviewed file, or a prompt on the terminal."""

import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from sync.errors import UsageError

if TYPE_CHECKING:
    from sync.cli.terminal import Bars
    from sync.core.approval import Consent
    from sync.core.plan import Plan, Refusal
    from sync.core.plan_file import ReviewedFile
    from sync.engine.run import Approver

SHORTEST_DIGEST = 12
"""Characters that name a plan's digest well enough: nobody meets two plans whose digests begin with the same twelve."""


def approver(
    progress: "Bars",
    *,
    command: str,
    yes: bool,
    json: bool,
    approve: str | None = None,
    file: Path | None = None,
    portfolio: str | None = None,
) -> "Approver":
    """What to say to a plan, as the options say it; a prompt where they say nothing and somebody is there to answer.

    `command` names in the record what an approval came through; `portfolio` is whose plan a reviewed one has to be.
    """
    from sync.engine.run import approve_as, proceed_unapproved

    if approve is not None:
        return _by_digest(approve, command)
    someone = not json and sys.stdin.isatty() and sys.stdout.isatty()
    if file is not None:
        ask = _hiding(progress, _agrees_to_more) if someone else None
        return _by_file(_read(file, portfolio), f"{command} --plan", yes=yes, json=json, ask=ask)
    if yes:
        return approve_as(f"{command} --yes")
    return _prompting(progress) if someone else proceed_unapproved


def _by_digest(digest: str, command: str) -> "Approver":
    if len(digest) < SHORTEST_DIGEST:
        raise UsageError(
            f"'{digest}' is too short to name a plan.", f"Give at least {SHORTEST_DIGEST} characters of its digest."
        )

    def said(plan: "Plan") -> "Consent":
        from sync.cli.terminal import tell
        from sync.core.approval import Consent, Level

        if not plan.digest.startswith(digest.lower()):
            tell(_other_plan(plan))
            return Consent.nothing()
        return Consent(write=True, level=Level.DIGEST, through=f"{command} --approve")

    return said


def _other_plan(plan: "Plan") -> str:
    """What somebody is told who approved another plan than there is by now."""
    if not plan.writes and not plan.refusals:
        return "The plan is no longer the one that was approved: nothing is left to write."
    return (
        f"The plan is no longer the one that was approved: its digest is {plan.digest[:SHORTEST_DIGEST]}. "
        "Nothing was written.\nLook through the plan, then approve it by this digest."
    )


def _by_file(
    reviewed: "ReviewedFile", through: str, *, yes: bool, json: bool, ask: "Callable[[Plan], bool] | None"
) -> "Approver":
    def said(plan: "Plan") -> "Consent":
        from sync.cli.terminal import show, tell
        from sync.core.approval import Consent, Level
        from sync.core.plan_file import compare, standing
        from sync.report.approvals import compared_lines

        compared = compare(reviewed, plan)
        for line in compared_lines(compared):
            (tell if json else show)(line)
        more = yes or (ask is not None and bool(compared.new or compared.moved) and ask(plan))
        level = Level.YES if more else Level.NOTHING
        found = standing(reviewed, plan)
        return Consent(write=True, level=level, through=through, reviewed=found, asked=ask is not None)

    return said


def _read(file: Path, portfolio: str | None) -> "ReviewedFile":
    from json import JSONDecodeError, loads

    from sync.core.plan_file import read

    advice = "Name a file that `plan --out` wrote."
    try:
        document = loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"The plan {file} cannot be read: {error.strerror}.", advice) from None
    except (JSONDecodeError, UnicodeDecodeError):
        raise UsageError(f"{file} is not a plan.", advice) from None
    return read(document, portfolio=portfolio)


def _prompting(progress: "Bars") -> "Approver":
    def ask(plan: "Plan") -> "Consent":
        with progress.hidden():
            return _ask(plan)

    return ask


def _ask(plan: "Plan") -> "Consent":
    """Shows the plan on the terminal and asks once, about what a yes would let through."""
    from dataclasses import replace

    from sync.core.approval import Consent, allowed, lifted
    from sync.engine.run import approve_as, proceed_unapproved

    yes = replace(approve_as("prompt")(plan), asked=True)
    items = len(allowed(plan, yes))
    asked = lifted(plan, yes)
    if not plan.writes and not asked:
        return proceed_unapproved(plan)
    _show(plan, asked)
    if not items and not asked:
        return proceed_unapproved(plan)
    if not items:
        return yes if _confirmed("Approve this? Nothing is written now.") else proceed_unapproved(plan)
    return yes if _confirmed(f"Write {'this item' if items == 1 else f'these {items} items'}?") else Consent.nothing()


def _agrees_to_more(plan: "Plan") -> bool:
    from sync.core.approval import lifted
    from sync.engine.run import approve_as

    _show(plan, lifted(plan, approve_as("prompt")(plan)))
    return _confirmed("Write what is new or has moved as well?")


def _show(plan: "Plan", asked: "Collection[Refusal]") -> None:
    """The plan with what holds it, and which of that a yes would lift."""
    from sync.cli.terminal import show
    from sync.report import text

    refusals = [{**each.to_json(), "asked": each in asked} for each in plan.refusals]
    show(text.plan_table(plan.to_json()), *text.refusal_lines(refusals))


def _hiding(progress: "Bars", ask: "Callable[[Plan], bool]") -> "Callable[[Plan], bool]":
    def hidden(plan: "Plan") -> bool:
        with progress.hidden():
            return ask(plan)

    return hidden


def _confirmed(question: str) -> bool:
    import typer

    try:
        return typer.confirm(question, default=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
