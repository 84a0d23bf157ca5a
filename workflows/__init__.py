"""In what order things happen, and how long we wait.

Here live the four stories (new, renewal, amendment, cancellation), the journey they share, and the messages that may
be said to it. What is *not* here: rules (`licences/` answers), effects (`activities/` does), people's data (`records/`
keeps). A history holds numbers, ids, keys and digests; the one free text that travels, an officer's reason, is
encrypted by the codec of `messages.py`.

Every import of our own rooms stands inside `workflow.unsafe.imports_passed_through()`, and every activity has an
`activity_id`: the step's name, with `:round` where it repeats, so that replay notices a procedure that was reordered.
"""
