"""What the service makes in SharePoint: columns, views, and the lists that it keeps itself."""
