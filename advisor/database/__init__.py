"""A place for what outlives a run: a file of SQLite on this machine, or a team's PostgreSQL, with the same words for both."""
