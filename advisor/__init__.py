"""What each ECS workload should run on."""
