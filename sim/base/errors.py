"""What can go wrong in arithmetic."""


class LimitError(RuntimeError):
    """A run grew larger than can be computed with or kept."""
