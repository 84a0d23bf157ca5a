"""One touch of the outside world each.

Here live the effects that a journey asks for: record, open, raise, confirm, draw up, seal, enter, tell. Each is a
sandwich, *read, decide, write*, with the decision one call into the pure floor, and each is idempotent on its step's
key, because the engine may run it again. Tools come in by the constructor from `worker.py`. What is *not* here: the
order of things (`workflows/`), rules (`licences/`), and any reading of the clock: legal times arrive in the input.
"""
