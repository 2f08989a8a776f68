"""A view as the wire shows it, with the two XML forms in which the service tells it."""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from connectors.emulator.state.lists import SpList
from connectors.emulator.state.views import View, address, attribute, flag
from connectors.emulator.wire.projection import Resource, project
from connectors.emulator.wire.shapes import Complex, Entity, Multi

_ICON = "/_layouts/15/images/generic.png?rev=47"
# Every property of a view in the recorded order, as a view has it that a client has made.
_DEFAULTS: dict[str, Any] = {
    "Aggregations": None,
    "AggregationsStatus": None,
    "AssociatedContentTypeId": None,
    "BaseViewId": None,
    "CalendarViewStyles": None,
    "ColumnWidth": None,
    "ContentTypeId": Complex("SP.ContentTypeId", {"StringValue": "0x"}),
    "CustomFormatter": None,
    "CustomOrder": None,
    "DefaultView": None,
    "DefaultViewForContentType": False,
    "EditorModified": False,
    "Formats": None,
    "GridLayout": None,
    "Hidden": None,
    "HtmlSchemaXml": None,
    "Id": None,
    "ImageUrl": None,
    "IncludeRootFolder": False,
    "ViewJoins": None,
    "JSLink": None,
    "ListViewXml": None,
    "Method": None,
    "MobileDefaultView": False,
    "MobileView": False,
    "ModerationType": None,
    "NewDocumentTemplates": None,
    "OrderedView": False,
    "Paged": None,
    "PersonalView": None,
    "ViewProjectedFields": None,
    "ViewQuery": None,
    "ReadOnlyView": False,
    "RequiresClientIntegration": False,
    "RowLimit": None,
    "Scope": None,
    "ServerRelativePath": None,
    "ServerRelativeUrl": None,
    "StyleId": None,
    "TabularView": True,
    "Threaded": False,
    "Title": None,
    "Toolbar": None,
    "ToolbarTemplateName": None,
    "ViewType": "HTML",
    "ViewData": None,
    "ViewType2": None,
    "VisualizationInfo": None,
}
PROPERTIES = frozenset(_DEFAULTS)
_XSL_LINK, _JS_LINK = '<XslLink Default="TRUE">main.xsl</XslLink>', "<JSLink>clienttemplates.js</JSLink>"
_MOBILE = '<Mobile MobileItemLimit="3" MobileSimpleViewField="LinkTitle" />'
_BINDINGS = (
    '<ParameterBindings><ParameterBinding Name="NoAnnouncements" Location="Resource(wss,noXinviewofY_LIST)" />'
    '<ParameterBinding Name="NoAnnouncementsHowTo" Location="Resource(wss,noXinviewofY_DEFAULT)" /></ParameterBindings>'
)
# What is different about the view a list comes with.
_FROM_TEMPLATE: dict[str, Any] = {
    "Aggregations": "",
    "AggregationsStatus": "Off",
    "BaseViewId": "1",
    "ImageUrl": _ICON,
    "JSLink": "clienttemplates.js",
    "MobileDefaultView": True,
    "MobileView": True,
    "Toolbar": "",
    "ViewData": "",
}


def view_resource(owner: SpList, view: View) -> Resource:
    """A view with its properties."""
    url = address(owner, view)
    properties: dict[str, Any] = {
        **_DEFAULTS,
        **(_FROM_TEMPLATE if view.template else {}),
        "CustomFormatter": view.custom_formatter,
        "DefaultView": view.default,
        "Hidden": view.hidden,
        "HtmlSchemaXml": _html_schema_xml(owner, view),
        "Id": view.id,
        "ListViewXml": _list_view_xml(owner, view),
        "Paged": view.paged,
        "PersonalView": view.personal,
        "ViewQuery": view.query,
        "RowLimit": view.row_limit,
        "Scope": view.scope,
        "ServerRelativePath": Complex("SP.ResourcePath", {"DecodedUrl": url}),
        "ServerRelativeUrl": url,
        "Title": view.title,
        "ViewType2": view.view_type,
    }
    uri = f"Web/Lists(guid'{owner.id}')/Views(guid'{view.id}')"
    return Resource(
        "SP.View",
        uri,
        properties,
        navigations={"ViewFields": lambda select, _: project(fields_resource(owner, view), select, ())},
        context="SP.ApiData.Views/@Element",
    )


def fields_resource(owner: SpList, view: View) -> Resource:
    """The columns of a view."""
    uri = f"Web/Lists(guid'{owner.id}')/Views(guid'{view.id}')/ViewFields"
    properties: Mapping[str, Any] = {"Items": Multi("Edm.String", list(view.fields)), "SchemaXml": view.fields_xml}
    return Resource("SP.ViewFieldCollection", uri, properties, context="SP.ApiData.ViewFieldCollections/@Element")


def shown(owner: SpList, view: View) -> Entity:
    """A view as an answer shows it."""
    return project(view_resource(owner, view), (), ())


def _head(owner: SpList, view: View) -> str:
    url, name = attribute(address(owner, view)), f'"{{{view.id.upper()}}}"'
    title = attribute(view.title)
    if not view.template:
        return (
            f'Type="HTML" Url={url} Personal="{flag(view.personal)}" DisplayName={title} '
            f'DefaultView="{flag(view.default)}" Name={name}'
        )
    default = ' DefaultView="TRUE" MobileView="TRUE" MobileDefaultView="TRUE"' if view.default else ""
    return (
        f'Name={name}{default} Type="HTML" DisplayName={title} Url={url} Level="1" BaseViewID="1" '
        f'ContentTypeID="0x" ImageUrl="{_ICON}"'
    )


def _html_schema_xml(owner: SpList, view: View) -> str:
    fields, query = f"<ViewFields>{view.fields_xml}</ViewFields>", f"<Query>{view.query}</Query>"
    if view.template:
        tail = f'{_MOBILE}{_XSL_LINK}{_JS_LINK}<Toolbar Type="Standard" />{_BINDINGS}'
        inside = f'{fields}<ViewData />{query}<Aggregations Value="Off" />{view.row_limit_xml}{tail}'
    else:
        inside = f"{_view_type(view)}{fields}{query}{view.row_limit_xml}"
    return f"<View {_head(owner, view)}>{inside}</View>"


def _list_view_xml(owner: SpList, view: View) -> str:
    inside = f"<Query>{view.query}</Query><ViewFields>{view.fields_xml}</ViewFields>{view.row_limit_xml}"
    if view.template:
        tail = f'<Aggregations Value="Off" />{_JS_LINK}{_XSL_LINK}<ViewData /><Toolbar Type="Standard"/>'
    else:
        tail = f'{_view_type(view)}<Toolbar Type="None"/>'
    return f"<View {_head(owner, view)} >{inside}{tail}</View>"


def _view_type(view: View) -> str:
    return "" if view.view_type is None else f"<ViewType2>{escape(view.view_type)}</ViewType2>"
