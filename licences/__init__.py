"""What the law says: kinds of licence, procedures, fees, days, numbers. Values in, values out.

Nothing here asks a clock, a network or a database: the day comes in as an argument, the holidays come in as an
argument. Data that a lawyer edits is read from this folder and nowhere else:

* `data/<agency>/agency.toml` one agency, `data/<agency>/<licence>.toml` one licence, with its operations;
* `archetypes/<archetype>.toml` what licences of one kind have in common; a licence file states only what differs;
* `holidays.csv` the days that do not count, `local-authorities.csv` who has charge of which subdistrict.

The keys of a licence file are the fields of `procedure.Licence`, `procedure.Act`, `procedure.FeeRule` and the other
shapes in `procedure.py`; an unknown key is an error. How a file and its archetype become one licence: `catalogue.py`.
What people answer lives in `forms/`; the order in which things happen lives in `workflows/`.
"""
