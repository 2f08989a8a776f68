"""How a world is told over the wire: paths, queries, shapes, and the bodies that change it."""
