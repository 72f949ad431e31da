"""Settings of all tests: generated examples are the same in every run, so that a change alone can fail a test."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")
