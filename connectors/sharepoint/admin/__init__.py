"""`ListAdmin` on SharePoint: columns, views and lists, made and changed by plain REST requests."""

from connectors.sharepoint.admin.admin import SharePointAdmin

__all__ = ["SharePointAdmin"]
