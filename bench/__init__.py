"""Figures and long runs: what is measured, walked or drawn in bulk, and kept in `out/` or `bench/results.json`.

    specimens.py    one example of everything a procedure says: answers, office, what it grants (pure)
    matrix.py       every procedure to its end on the real stack: `make matrix`
    contact.py      every fully digital licence drawn once, side by side

Nothing here is part of the running system, and nothing here makes up a result: each run says what it did.
"""
