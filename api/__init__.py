"""The doors: people and programs come in here, by HTTP.

A door is thin: it hears, asks, answers. Here live the routes, who may enter each (`people.py`), how a "no" is said
(`problems.py`), and what keeps the doors safe (`bodies.py`, `csrf.py`, `headers.py`, `throttle.py`, `idempotency.py`).
What is *not* here: rules (`licences/`, `forms/`), queries (`records/`), waiting (`workflows/`). A door never writes
behind a journey's back: after submission it speaks to the journey (`engine.py`).
"""
