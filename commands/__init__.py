"""The words of the `bizportal` command, one file for each noun.

Each file has `add(commands)`, which hangs its words on the parser of `cli.py`, and small functions that hear, ask and
answer. What is *not* here: rules or writes; a command calls the same functions as the doors of `api/`. Imports stand
inside the functions, so that `bizportal --help` is quick.
"""
