"""What we learn from runs: here, how far predicted windows are from those that really closed."""
