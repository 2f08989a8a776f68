"""The limits the service enforces, as one value. A world holds one; a test may lower what would be dear to reach."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """SharePoint Online's own numbers. Each is the largest that is still allowed, unless its line says otherwise."""

    default_page: int = 100
    """Items in a page where `$top` is absent; documented."""

    largest_page: int = 5_000
    """Items in a page whatever `$top` says; documented. A larger `$top` is capped, not refused."""

    list_view_threshold: int = 5_000
    """Items a query may touch without an index, and may match by its first indexed clause; field reports."""

    joined_lookups: int = 12
    """Lookup and person columns joined in one query of items; documented. One item by its number is exempt."""

    indexes: int = 20
    """Indexed columns of a list; documented."""

    indexable_items: int = 20_000
    """Items of a list whose indexes can still be added or removed; documented."""

    batch_operations: int = 100
    """Operations in one `$batch`; recorded up to this number, and what every known client keeps to."""

    batch_bytes: int = 1_048_576
    """Bytes in the body of one `$batch`; field reports."""

    query_items: int = 100
    """Items one ProcessQuery saves; assumed."""

    query_bytes: int = 1_048_576
    """Bytes in the body of one ProcessQuery; assumed."""

    request_bytes: int = 8_388_608
    """Bytes in the body of any request; assumed."""

    row_bytes: int = 8_000
    """Bytes of one item, multi-line text apart; documented. Text takes two a character, everything else eight."""

    text_characters: int = 255
    """Characters of a single line of text; documented."""

    major_versions: int = 50
    """Versions a new list keeps of each item, the current one included; recorded. Every list has its own number."""

    largest_version_limit: int = 50_000
    """The most versions a list can be told to keep; documented."""

    change_retention: timedelta = timedelta(days=60)
    """How long an entry stays in the change log; documented."""

    changes_per_answer: int = 1_000
    """Entries in one answer of getChanges, and its FetchLimit's largest value; field reports."""

    digest_seconds: int = 1_800
    """How long a form digest says it is good for; documented."""
