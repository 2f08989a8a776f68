"""A chart as a picture, for formats that cannot rely on SVG: always on paper, always with the same letters."""

from pathlib import Path

from resvg_py import svg_to_bytes

from sync.report.printable import printable

_FONTS = Path(__file__).parent / "fonts"
_FAMILY = "Noto Sans"
_ZOOM = 2.25
"""About 230 dots an inch across a page of A4."""


def png(svg: str) -> bytes:
    """A drawing as a PNG on white. Letters are those of the fonts beside this module, whatever the machine has, so that
    the same drawing gives the same bytes; what they lack (other scripts than Latin) is left to the table of numbers."""
    files = [str(_FONTS / name) for name in ("NotoSans-Bold-Latin.ttf", "NotoSans-Regular-Latin.ttf")]
    return bytes(
        svg_to_bytes(
            svg_string=printable(svg),
            background="#ffffff",
            zoom=_ZOOM,
            skip_system_fonts=True,
            font_files=files,
            font_family=_FAMILY,
            sans_serif_family=_FAMILY,
        )
    )
