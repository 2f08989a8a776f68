"""How a column's values are shown, as SharePoint's column formatting writes it down: looks in, JSON out."""

from connectors.sharepoint.admin.formatting.looks import canonical, formatter

__all__ = ["canonical", "formatter"]
