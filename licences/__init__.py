"""What the law says: kinds of licence, procedures, fees, days, numbers. Values in, values out.

Nothing here asks a clock, a network or a database: the day comes in as an argument, and so do the holidays. What people
answer lives in `forms/`; the order in which things happen lives in `workflows/`.

# The data, and who edits it

    data/<agency>/agency.toml      one agency: its names, its abbreviation in licence numbers, its number, office hours
    data/<agency>/<licence>.toml   one licence: what is its own. <licence>@<date>.toml is a later version of it
    archetypes/<archetype>.toml    what licences of one kind have in common
    business-types.csv, finder.toml   which licences a kind of business needs, and which answers decide it
    acts.toml                      what may be done after the grant; what a sector's Act says otherwise. Keys: in it
    holidays.csv                   the days that do not count, by scope: national, province:50, agency:dbd
    local-authorities.csv          subdistrict to local authority, where it is not the subdistrict's own

A lawyer may read and change any of them; a key that is not explained here is an error, found before the process starts.
`bizportal catalogue check` says whether everything fits together, `bizportal catalogue show CODE` how one licence reads
and which file each value comes from.

# An agency

    office_opens, office_closes   its office hours, by which an application counts as received (E-Government Act s.10)
    keep_years              how long its papers are kept after their life; left out: as the system is set
    warn_at_percent         when so much of a stage's working days has passed, its supervisor is warned (80)
    standing                rows of kind channel (s.10), display (s.13), system (s.16): what, since, until, instrument,
                            source, provisional. Without a `system` in force nobody decides; outside one's own machine
                            a provisional one will not do

# A licence

    archetype = "local-health"
    title = { th = "ใบอนุญาตจัดตั้งสถานที่จำหน่ายอาหาร ...", en = "Licence for food-selling premises ..." }
    law = "พ.ร.บ.การสาธารณสุข พ.ศ. 2535 ม.38"
    validity = { years = 1 }
    decision_days = 30

    [operations.new]
    form = "food-sale-large"
    stages = [{ name = "inspection", working_days = 20 }]   # the rest of this stage is the archetype's

    [[operations.new.fees]]
    basis = "tiers"
    per = "floor_area_sqm"                                   # a question that the form asks
    tiers = [{ up_to = 500, baht = "2000" }, { baht = "3000" }]
    law = "พ.ร.บ.การสาธารณสุข พ.ศ. 2535 ม.63"

What the file states wins over its archetype. `stages` (by `name`) and `documents` (by `id`) are merged row by row, so a
row states only what differs; `drop = true` takes a row away. An operation that the file does not name does not exist.
Whatever states no `law` has the file's own. `code` and `agency` are the names of the file and its folder.

## Keys of a licence

    title, law, kind        what it is called, what it rests on, and the reference's word: licence, permit, ...
    archetype               whose rows it starts from
    level                   L1 applied for here, L2 paid here too, L3 sealed here. Below L3 the paper is the agency's,
                            and an officer records its number; at L1 the agency takes the money, and an officer
                            records that too
    coverage, routing       nationwide or bangkok; received nationally, by the province, by the local-authority
    provinces, elsewhere    the only provinces served (DOPA codes), and where to go in the others
    elsewhere_licence       the licence to apply for there, when there is one
    applicant               juristic, natural or both
    inspection              whether somebody comes to look
    assurance               how surely the person must be known: IAL1, IAL2, IAL3
    display_required        the law wants it shown at the premises, so it is disclosed (E-Government Act s.13)
    digits                  thai or arabic, on its face
    validity                how long it lasts; left out: it does not run out
    renewal_window          when it may be renewed; only where something renews it
    one_per                 how many one may hold: one for the premises, one for the holder, many
    prerequisites           the licences needed first
    pauses                  under which provisions an officer may stop its clock: code, title, law; none: never
    appeal                  to whom, within how many days, and whether that stays the order
    decision_days           working days promised from a complete application to a decision
    usage_count, business_types   from the reference: for searching and for order
    provenance, confidence  where the row comes from, how far to trust it
    effective_from, effective_to  the days on which this version stands
    on_change               what this version means for those who began under an earlier one, part by part (form,
                            documents, ...): grandfather, ask-again or re-quote, where it is not the part's usual one
    operations              new, renew, amend, cancel: the keys of each are below

## Keys of an operation

    form                    the form in forms/data; "<rule>:{new}" follows from the one for `new` (forms/derived.py)
    effect                  issue, extend, replace, end, note (a remark), none
    acts_on                 the licence whose entry a companion service touches; left out: its own
    documents, stages, fees   rows, below
    automatic               a decision table: Smart Decision
    decision_days, law      where they differ from the licence's

## Keys of a stage

    name, kind, role        its word; completeness, review, inspection, opinion, committee, approval; who decides
                            (record-payment and record-number come from the level, and stand in no file)
    agency                  another agency: its opinion is heard and binds nobody; where an Act wants its consent, the
                            stage is an approval
    title, asks             what it is called, and the question the officer answers
    working_days            how long it may take
    not_same_officer_as     earlier stages whose officer may not decide this one
    together, votes         stages of one word run side by side; how many sit on a committee: `role` and, as its chair,
                            a supervisor
    checklist               what an inspector looks at
    law, provisional        where it stands; true until the agency confirms it

## Keys of a document

    id, title, required     its word, its name, whether it must be there
    when_juristic           true: only companies bring it; false: only persons; left out: everyone
    law, provisional        nothing that an agency on the exchange issues is ever asked for (E-Government Act ss.9, 12)

## Keys of a fee

    line, title             application, review, licence, yearly, surcharge or deposit, and its own name
    basis                   flat: `baht`. per-unit: `baht` for each unit of the answer `per`. tiers: `tiers` by `per`.
                            kinds: `kinds` by `per` (yes and no are kinds too). percent: `basis_points` of the licence
                            and yearly lines
    tiers                   steps of up_to (None: and beyond), baht, each (baht for each unit of the size)
    unit, unit_size         what people call a unit; how much of the answer is one unit
    above, parts            only what is above a size counts; a part of a unit: exact, up, over-half
    times                   a second question whose number multiplies the amount of a kind
    at_least, at_most       the bounds of a line
    late_only               only a late renewal owes it
    due                     on-submission or before-issue
    payee, shares           whose money it is; parts of it, payee and basis_points, adding up to 10000
    authority               only under this local authority's ordinance; it takes the place of the general line
    rate_day, rate_change   whose day's rate counts; whether an open bill is kept or worked out anew (requote)
    refundable              whether it comes back
    owner                   another agency's fee, collected for it by agreement (Digital Government Act s.12(3))
    since, until            the days on which the rate stands. A new rate is a new row; the old one gets its `until`
    law, provisional, confidence   a number without its law does not enter; provisional: not billed to real people

## Keys of a period, and of what is needed first

    years, months, days, ends   of a validity; it ends on the anniversary's eve, on 31-december, or never
    opens_days_before       of a renewal window: from how many days before the end
    late_days, late_months  for how long after the end
    in_force_while_decided, by_fee   whether the old one goes on until the answer; whether paying renews
    any_of, binds           of a prerequisite: any one of these licences, of the same holder or at the same premises
    to, days, stays         of an appeal

## Keys of an automatic decision

    tables                  every rule of any one table holds: approved. Anything else, or unknown: an officer
    sampled_percent         how many of the approved an officer looks at all the same
    id, fact, test, value   of a rule: is, is-not, at-most, at-least, in, known
"""
