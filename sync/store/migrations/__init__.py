"""Every change to the tables since the first release, oldest first, run by Alembic when a database is opened."""
