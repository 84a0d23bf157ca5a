"""Other offices, each in its own language: the government exchange and its registers, the bank, the post, the scanner.

What lives here: how another office is called, and how its answer becomes a value of ours. An office that cannot be
reached raises `OfficeDown` (try again later); one that will not deal with us raises `OfficeRefused` (a person must
look). How long to wait, and what to do meanwhile, is decided above, in `workflows/`.

What does not live here: rules, records and settings. Addresses and secrets arrive as plain values.

The other end of each office, for loopback, stands in `counterparts/`.
"""
