"""What outlives a run: run documents and decisions, in SQLite on this machine or in a team's PostgreSQL."""
