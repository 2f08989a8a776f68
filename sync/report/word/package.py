"""The file itself: what it says of the paper and its maker, and parts that are the same whenever it is made."""

from datetime import UTC
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx.document import Document as Word

from sync.report.document import Document
from sync.report.printable import printable

MAKER = "Portfolio Sync"

_OLDEST = (1980, 1, 1, 0, 0, 0)
"""The moment that every file in the archive is of; the earliest that the format can say."""

_LEFTOVERS = ("/thumbnail", "/extended-properties", "/customXml", "/stylesWithEffects")
"""What the template has of the document and the program that it was once made with."""

_PROPERTY = 255
"""Characters that a property holds."""


def describe(word: Word, document: Document) -> None:
    """Sets what a records system reads; the maker is the program, never a person. Leaves out what the template says
    of itself."""
    header = document.header
    core = word.core_properties
    core.title, core.subject = _short(document.title), _short(header.meeting or header.portfolio)
    core.author = core.last_modified_by = MAKER
    core.created = core.modified = header.as_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    core.language, core.revision = header.language, 1
    core.category, core.keywords = _short(header.marking), _short(header.reference)
    core.comments, core.identifier = _short(header.coverage), _short(header.run)
    for relations in (word.part.package.rels, word.part.rels):
        for identity, relation in list(relations.items()):
            if relation.reltype.endswith(_LEFTOVERS):
                del relations[identity]


def packed(word: Word) -> bytes:
    """The file, its parts in the order that they were made and all of the same moment."""
    made = BytesIO()
    word.save(made)
    done = BytesIO()
    with ZipFile(made) as source, ZipFile(done, "w") as archive:
        for name in source.namelist():
            entry = ZipInfo(name, _OLDEST)
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 3
            archive.writestr(entry, source.read(name))
    return done.getvalue()


def _short(text: str) -> str:
    return printable(text)[:_PROPERTY]
