"""What can be asked wrongly of reports, matches and examples: one sentence, one advice, one exit code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.administrator import Session, session
from tests.support.cli import Result, portfolio_sync

MONTHLY = "2026-06-monthly"
BOARD = "ICT Programme Board"
SET = ("--set", "public-services/IPS-01.end=2026-10-31")
WHY = ("--why", "It was typed wrong.")


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with session(tmp_path_factory.mktemp("asked")) as made:
        assert made.reconcile("--yes").code == 0
        yield made


def told(result: Result) -> str:
    """What stands on stderr, in one line; nothing is on stdout and nothing looks like a crash."""
    assert result.out == ""
    text = " ".join(re.sub(r"[\u2500-\u257f]", " ", result.err).split())
    assert "Traceback" not in text
    assert text.rstrip().endswith((".", "?")), text
    return text.removeprefix("portfolio-sync: ")


REFUSED: dict[str, tuple[tuple[str, ...], int, str]] = {
    "unknown board": (
        ("report", "data", "--format", "json", "--board", "ICT Board"), 2,
        "There is no board called 'ICT Board'. The portfolio file has: ",
    ),
    "unknown report": (
        ("report", "data", "--format", "csv", "--frozen", "2020-01-monthly"), 11,
        "There is no frozen report '2020-01-monthly'. `frozen list` shows their names.",
    ),
    "the newest is no frozen report": (
        ("report", "data", "--format", "csv", "--frozen", "latest"), 11, "There is no frozen report 'latest'.",
    ),
    "unknown report to compare with": (
        ("report", "data", "--format", "json", "--since", "nothing"), 11, "There is no frozen report 'nothing'.",
    ),
    "paper as a table": (
        ("report", "committee", "--format", "csv"), 2,
        "There is no committee report as csv. Its formats are html, docx.",
    ),
    "register as data": (("report", "register", "--format", "xlsx"), 2, "There is no register report as xlsx."),
    "data as a paper": (("report", "data", "--format", "html"), 2, "There is no data report as html."),
    "run as a table": (("report", "run", "--format", "csv"), 2, "There is no run report as csv."),
    "binary on a terminal": (
        ("report", "data", "--format", "xlsx"), 2,
        "A report as xlsx is a file. Name it with --out, such as --out data.xlsx.",
    ),
    "text into a file": (("report", "--out", "run.txt"), 2, "The text is for the terminal."),
    "no such folder": (
        ("report", "data", "--format", "csv", "--out", "nowhere/data.csv"), 2,
        "cannot be written to nowhere/data.csv: No such file or directory. Name another file.",
    ),
    "a folder": (("report", "data", "--format", "csv", "--out", "."), 2, "The report cannot be written to ."),
    "unknown format": (("report", "data", "--format", "pdf"), 2, "pdf"),
    "unknown edition": (("report", "data", "--edition", "secret"), 2, "secret"),
    "verify of nothing": (("frozen", "verify", "nothing"), 11, "There is no frozen report 'nothing'."),
    "make for nobody": (("frozen", "make", "--board", "Nobody"), 2, "No meeting of 'Nobody' is to come."),
    "made already": (("frozen", "make", "--board", BOARD), 2, "2026-06-24-ict-programme-board was frozen already."),
    "purge without a day": (("frozen", "purge", "--before", "June"), 2, "June"),
    "restate without a reason": (("frozen", "restate", MONTHLY, *SET), 2, "--why"),
    "restate for a blank reason": (
        ("frozen", "restate", MONTHLY, *SET, "--why", "  "), 2, "A restatement needs its reason.",
    ),
    "restate for a long reason": (
        ("frozen", "restate", MONTHLY, *SET, "--why", "x" * 256), 2, "in at most 255 characters.",
    ),
    "restate nothing": (("frozen", "restate", MONTHLY, *WHY), 2, "Nothing would be corrected."),
    "restate the newest": (("frozen", "restate", "latest", *SET, *WHY), 11, "There is no frozen report 'latest'."),
    "restate what is not there": (
        ("frozen", "restate", "nothing", *SET, *WHY), 11, "There is no frozen report 'nothing'.",
    ),
    "an option before its command": (("frozen", "--json", "list"), 2, "An option stands before the subcommand."),
    "a question that nobody asked": (("matches", "answer", "abc", "--same"), 11, "Nothing is asked under 'abc'."),
    "a question without an answer": (("matches", "answer", "abc"), 2, "Add --same or --another."),
    "an option before its answer": (("matches", "--json", "list"), 2, "An option stands before the subcommand."),
    "no file of examples": (("policies", "test", "nowhere.yaml"), 3, "nowhere.yaml"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_asked_wrongly_is_told_with_what_to_do(council: Session, name: str) -> None:
    words, code, said = REFUSED[name]
    result = council.run(*words)
    assert (result.code, said in told(result)) == (code, True), result.err


def test_a_correction_that_fits_nothing_is_told_and_nothing_is_kept(council: Session) -> None:
    wrong = "public-services/IPS-01.end=31/10/2026"
    result = council.run("frozen", "restate", MONTHLY, *WHY, "--yes", "--set", wrong)
    assert result.code == 2
    assert f"'{wrong}' cannot be applied: 'end' is a day such as 2026-06-30." in told(result)
    assert [each["revision"] for each in council.run("frozen", "--json").document["frozen"]] == [0, 0]


def test_todays_rules_have_to_read_what_was_frozen(council: Session, tmp_path: Path) -> None:
    text = council.portfolio.read_text(encoding="utf-8")
    other = council.portfolio.with_name("other.yaml")
    other.write_text(text.replace("public-services", "citizen-services"), encoding="utf-8")
    state = council.state
    database = next(state.glob("*.sqlite"))
    result = portfolio_sync(
        "frozen", "restate", MONTHLY, *WHY, "--todays-rules", "--yes", "-c", str(other), state=state,
        PORTFOLIO_SYNC_DATABASE_URL=f"sqlite:///{database}",
    )  # fmt: skip
    assert result.code == 2
    assert "has no source 'public-services' any more" in told(result)


@pytest.mark.parametrize(
    "words",
    [
        ("report", "data", "--format", "json"),
        ("report", "data", "--format", "json", "--frozen", MONTHLY),
        ("frozen", "make"),
        ("frozen", "restate", MONTHLY, *SET, *WHY, "--yes"),
    ],
)
def test_before_the_first_run_there_is_nothing_to_report(
    council: Session, tmp_path: Path, words: tuple[str, ...]
) -> None:
    result = portfolio_sync(*words, "-c", str(council.portfolio), state=tmp_path)
    assert result.code == 11
    assert told(result).startswith(("No run has kept anything", "There is no frozen report"))
    listed = portfolio_sync("frozen", "-c", str(council.portfolio), state=tmp_path)
    assert (listed.code, "No report has been frozen yet" in " ".join(listed.out.split())) == (0, True)


def test_a_binary_report_is_whole_in_its_file_and_told_where(council: Session, tmp_path: Path) -> None:
    file = tmp_path / "data.xlsx"
    file.write_bytes(b"old")
    result = council.run("report", "data", "--format", "xlsx", "--out", str(file))
    assert result.code == 0, result.err
    assert file.read_bytes()[:2] == b"PK"
    assert str(file) in "".join(result.err.split())
    assert [each.name for each in tmp_path.iterdir()] == ["data.xlsx"], "nothing half-written is left"
