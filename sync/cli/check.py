"""`check`: can every list be reached, read and written, and are its columns there?"""

from typing import TYPE_CHECKING

from sync.cli.options import AsJson, PortfolioFile
from sync.errors import ExitCode

if TYPE_CHECKING:
    from sync.engine.check import SourceCheck


def check(portfolio: PortfolioFile = None, json: AsJson = False) -> int:
    """Connect to every list hop by hop; name missing columns and permissions. Writes nothing."""
    from rich.markup import escape

    from sync.cli.stopping import stoppable
    from sync.cli.terminal import console, person, show_json
    from sync.engine.check import check_sources
    from sync.engine.record import combined_code
    from sync.wiring import open_run

    checked: list[SourceCheck] = []
    out = console()
    with stoppable() as stop, open_run(portfolio, tell=person(json=json), stop=stop) as context:
        for result in check_sources(context.portfolio, context.lists):
            checked.append(result)
            if not json:
                for line in _lines(result):
                    out.print(escape(line), style="" if result.is_ready else "bold")
            stop.check()
    if json:
        show_json(_document(checked))
    else:
        ready = sum(result.is_ready for result in checked)
        out.print(f"{ready} of {len(checked)} sources are ready.")
    return combined_code([result.error.exit_code if result.error else ExitCode.DONE for result in checked])


def _lines(result: "SourceCheck") -> list[str]:
    if result.error is None:
        return [f"ready   {result.source}: {result.passed[-1].detail}"]
    passed = ", ".join(hop.name for hop in result.passed) or "nothing"
    return [f"FAILED  {result.source} (passed: {passed})", f"        {result.error.what} {result.error.advice}"]


def _document(checked: "list[SourceCheck]") -> str:
    from json import dumps

    sources = [
        {
            "name": result.source,
            "ready": result.is_ready,
            "passed": [{"hop": hop.name, "detail": hop.detail} for hop in result.passed],
            "problem": None
            if result.error is None
            else {"code": int(result.error.exit_code), "text": result.error.what, "advice": result.error.advice},
        }
        for result in checked
    ]
    return dumps({"schema": 1, "sources": sources}, ensure_ascii=False, indent=2)
