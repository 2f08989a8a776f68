"""What selects and orders a view's rows, in CAML, and its one form by which two of them are compared.

SharePoint gives a query back as XML of its own making: with other quotes, other space, and what goes without saying
left out or put in. So both sides are brought to one form before anybody looks for a difference.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from sync.core.provisioning.shape import Ask, Condition, ViewShape

_LINKED = {"Title": "LinkTitle"}
"""A title in a view leads to its item."""


def query(view: ViewShape) -> str:
    """What a view's `Query` holds."""
    root = Element("Query")
    if view.where:
        SubElement(root, "Where").append(_all_of([_condition(each) for each in view.where]))
    if view.order:
        by = SubElement(root, "OrderBy")
        for order in view.order:
            SubElement(by, "FieldRef", {"Name": order.column, **({"Ascending": "FALSE"} if order.descending else {})})
    return _inside(root)


def canonical_query(text: str | None) -> str:
    """A query, whoever wrote it, in the one form; what cannot be read stays as it is."""
    plain = (text or "").strip()
    root = parsed(f"<Query>{plain}</Query>")
    if root is None:
        return plain
    for element in root.iter():
        element.text = (element.text or "").strip() if len(element) or not element.text else element.text
        element.tail = None
        attributes = {name: value for name, value in sorted(element.attrib.items()) if not _unsaid(element, name)}
        element.attrib.clear()
        element.attrib.update(attributes)
    root[:] = sorted(root, key=lambda part: part.tag, reverse=True)
    return _inside(root)


def _unsaid(element: Element, name: str) -> bool:
    """What an element means without saying so."""
    if name == "Ascending":
        return element.attrib[name].upper() == "TRUE"
    return element.tag == "UserID" and name == "Type"


def view_xml(text: str, view: ViewShape) -> str | None:
    """A view as the host told it, with the columns, the query and the rows of the shape; None where it cannot be read.

    All three change in one step, so that nobody finds the view in between.
    """
    root = parsed(text)
    if root is None or root.tag != "View":
        return None
    for tag in ("Query", "ViewFields", "RowLimit"):
        for old in root.findall(tag):
            root.remove(old)
    wanted = parsed(f"<Query>{query(view)}</Query>")
    columns = Element("ViewFields")
    for name in view.columns:
        SubElement(columns, "FieldRef", {"Name": _LINKED.get(name, name)})
    rows = Element("RowLimit", {"Paged": "TRUE"})
    rows.text = str(view.rows)
    root[:0] = [*([wanted] if wanted is not None else []), columns, rows]
    return tostring(root, encoding="unicode")


def named_columns(names: Sequence[str]) -> tuple[str, ...]:
    """A view's columns as a shape names them."""
    plain = {linked: name for name, linked in _LINKED.items()}
    return tuple(plain.get(name, name) for name in names)


def asked_columns(text: str) -> frozenset[str]:
    """The columns by which a query selects, groups or orders rows; none where it cannot be read."""
    root = parsed(f"<Query>{text}</Query>")
    return frozenset(each.attrib.get("Name", "") for each in root.iter("FieldRef")) if root is not None else frozenset()


def parsed(text: str) -> Element | None:
    """The root of an XML text; None where it is none, or has a document type."""
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    return root


def _inside(root: Element) -> str:
    return "".join(tostring(part, encoding="unicode") for part in root)


def _all_of(conditions: Sequence[Element]) -> Element:
    """`And` takes two, and on a long list the first of all has to be the one with an index."""
    first, *others = conditions
    if not others:
        return first
    both = Element("And")
    both.extend([first, _all_of(others)])
    return both


def _condition(condition: Condition) -> Element:
    match condition.test:
        case Ask.IS:
            return _is(condition)
        case Ask.IS_NOT:
            # SharePoint counts a blank among what is something else.
            return _all_of([_compared("Neq", condition.column, value) for value in condition.values])
        case Ask.IS_BLANK:
            return _asked("IsNull", condition.column)
        case Ask.IS_NOT_BLANK:
            return _asked("IsNotNull", condition.column)
        case Ask.IS_ME:
            element = _asked("Eq", condition.column)
            SubElement(SubElement(element, "Value", {"Type": "Integer"}), "UserID")
        case Ask.IS_TODAY_OR_LATER:
            element = _asked("Geq", condition.column)
            SubElement(SubElement(element, "Value", {"Type": "DateTime"}), "Today")
    return element


def _is(condition: Condition) -> Element:
    if len(condition.values) == 1:
        return _compared("Eq", condition.column, condition.values[0])
    element = _asked("In", condition.column)
    values = SubElement(element, "Values")
    for value in condition.values:
        SubElement(values, "Value", {"Type": "Text"}).text = value
    return element


def _compared(tag: str, name: str, value: str) -> Element:
    element = _asked(tag, name)
    SubElement(element, "Value", {"Type": "Text"}).text = value
    return element


def _asked(tag: str, name: str) -> Element:
    element = Element(tag)
    SubElement(element, "FieldRef", {"Name": name})
    return element
