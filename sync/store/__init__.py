"""What a portfolio remembers between runs: SQLite by default, PostgreSQL by address."""
