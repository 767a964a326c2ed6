"""Single runs of batch tasks, from whatever wrote them down: events, logs, trails, stopped tasks."""
