"""The other end of each office, on loopback: real programs over real connections, with faults on request.

`python -m exchange.counterparts` runs them all in one process. They are for the local profile and the tests; nothing
here is imported by the system itself. The credentials below open nothing but these.

Every HTTP counterpart answers `POST /faults` (JSON, replaces what was set), `GET /faults` and `DELETE /faults`; see
`faults.py`. The scanner speaks no HTTP and the mail server neither: theirs are at the mailbox, `/clamd/faults` and
`/faults`.
"""

GDX_CONSUMER_KEY = "local-consumer-key"
GDX_CONSUMER_SECRET = "local-consumer-secret"
GDX_AGENT_ID = "bizportal-local"

BANK_KEY = "local-bank-key"
BANK_SECRET = "local-bank-secret"
BILLER_ID = "099999999999900"

OIDC_CLIENT_ID = "bizportal-local"
OIDC_CLIENT_SECRET = "local-oidc-secret"
