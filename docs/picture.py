"""Draws docs/demo.svg: part of what `portfolio-sync demo` prints, as a picture for the README. `make docs` runs it."""

import io
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from sync.cli import demo
from sync.report import story, text

WIDTH = 118
PAPER = TerminalTheme(
    (255, 255, 255),
    (11, 12, 12),
    [(11, 12, 12), (170, 0, 0), (0, 100, 60), (130, 90, 0), (0, 60, 150), (90, 50, 130), (0, 95, 105), (80, 90, 95)],
)
SVG = """\
<svg class="rich-terminal" viewBox="0 0 {terminal_width} {terminal_height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font: {char_height}px/{line_height}px "DejaVu Sans Mono", Menlo, Consolas, monospace;
}}
{styles}
</style>
<defs>{lines}</defs>
<rect width="{terminal_width}" height="{terminal_height}" rx="8" fill="#ffffff" stroke="#b1b4b6"/>
<g transform="translate(16, 14) scale(0.96)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


def main() -> None:
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, highlight=False)
    with demo.world(0) as (_, context, _folder):
        first, second = demo.reconcile_twice(context)
        view = demo.view_after(context)
    document = first.document
    before = {record.id: record for read in first.reads.values() for record in read.records}
    after = {record.id: record for read in second.reads.values() for record in read.records}
    console.print(Text("$ portfolio-sync demo\n", style="bold"))
    console.print(text.rollup_table(document, "theme"))
    console.print(story.read_worse([(each.key, each.content) for each in first.decisions]))
    console.print(story.for_boards(view))
    console.print(story.before_and_after(first.report.plan, before, after, 2))
    console.print(story.second_run(second.document))
    picture = console.export_svg(title="", theme=PAPER, code_format=SVG, unique_id="demo")
    Path(__file__).with_name("demo.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
