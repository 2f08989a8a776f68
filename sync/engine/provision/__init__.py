"""Makes in SharePoint what staff see: looked up, agreed to, done one step at a time, and taken away again."""
