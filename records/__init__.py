"""What we keep: rows in PostgreSQL, papers in the object store.

Here live the tables, and named questions and writes over them. What is *not* here: rules (`licences/`), other offices
(`exchange/`), and any decision. Every write is safe to repeat: it is keyed by the application and the step, and asking
again gives the same answer. The register, the history and the postings are append-only: nothing here updates them, and
the database refuses it (a trigger of the first migration).
"""
