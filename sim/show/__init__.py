"""What a reader sees: pictures drawn from a simulated scenario's tables and record."""
