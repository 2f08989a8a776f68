"""A world kept in a file, so that it outlives the server."""
