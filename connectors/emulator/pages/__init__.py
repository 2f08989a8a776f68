"""What a browser sees of the embedded SharePoint: its sites, its lists and forms to edit them, without any script."""
