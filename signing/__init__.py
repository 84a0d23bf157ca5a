"""The sealed document: how a paper is drawn, sealed by its agency, and proved years later.

What lives here: the drawing of papers (`document`, with `paper/` beside it), the agency's seal (`seal`, with its keys
in a PKCS#11 token, `token`), what the register publishes signed (`publishing`), what a sealed PDF proves (`verify`),
and the development authority that plays the
certificate and time-stamp authorities of the local profile (`authority`).

What does not: what the licence says (`licences`), when it may be issued (`workflows`), where it is kept (`records`).
PDF, fonts and keys are touched in this room only. Drawing never needs a key; sealing never reads a stranger's text.
"""
