"""What a world is: sites, people, lists, columns, items, versions, changes, and how one is read from a document."""
