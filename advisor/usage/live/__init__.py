"""Usage of a living account: what runs there (inventory) and what it uses (metrics), into the tables that files make."""
