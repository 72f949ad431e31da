"""Small chunks where a test asks for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ensemble.worlds import small_chunks


@pytest.fixture
def small() -> Iterator[pytest.MonkeyPatch]:
    """Chunks of 16 draws while the test runs; further patches of it end with them."""
    with pytest.MonkeyPatch.context() as patch:
        small_chunks(patch)
        yield patch
