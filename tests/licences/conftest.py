"""Hypothesis without deadlines: how long an example takes says how busy the machine is, and nothing about the law."""

from hypothesis import settings

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
