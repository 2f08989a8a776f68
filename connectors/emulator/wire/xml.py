"""Reading XML that somebody sent: without entities and without a document type."""

from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring


def read_xml(text: str | bytes) -> Element | None:
    """The root of a document; None where it is not well-formed, or has a document type."""
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    return root
