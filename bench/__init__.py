"""Figures and long runs: what is measured, walked or drawn in bulk, and kept in `out/` or `bench/results.json`.

    specimens.py    one example of everything a procedure says: answers, office, what it grants (pure)
    matrix.py       every procedure to its end on the real stack: `make matrix`
    __main__.py     every figure: `make bench`, or `python -m bench NAME`
    measuring.py    CPU time, medians, and bars
    applications.py one application through the doors; its floor is bare.py and papers.py
    catalogue.py, issuing.py (and naive.py), register.py    the law, one paper, a large register
    contact.py      every fully digital licence drawn once, side by side

Nothing here is part of the running system, and nothing here makes up a result: each run says what it did.
"""
