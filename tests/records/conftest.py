"""A real PostgreSQL, and a fresh database of its own for every test."""

from records_fixtures import *  # noqa: F403
