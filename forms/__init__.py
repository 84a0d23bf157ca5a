"""What we ask: forms, and the questions they are made of.

A form is a text file that a service designer can write and a lawyer can read. There is one for each operation on each
licence, `data/<form>.toml`; what many forms ask alike is a block, `blocks/<block>.toml`. No Python is written for a
form. This room asks, checks and shows answers. It knows nothing of fees, stages or time limits (`licences`), keeps
nothing (`records`) and draws no page (`api`).

A renewal, an amendment or an end that has no file of its own is *derived* from the licence's first form by a rule,
`rules/<rule>.toml`: its name is `<rule>:<form>`, and `derived.py` says how it comes about.

# A form

    title = { th = "คำขอรับใบอนุญาต...", en = "Application for a licence to ..." }
    law   = "พ.ร.บ.การสาธารณสุข พ.ศ. 2535 ม.38"     # which provision asks; pages and questions may name a nearer one

    [[page]]                                       # a page of our own: one topic, a few questions
    id    = "hygiene"
    title = { th = "สุขลักษณะของสถานที่", en = "Hygiene of the premises" }

    [[page.question]]
    id    = "has_grease_trap"
    kind  = "yes-no"
    title = { th = "มีบ่อดักไขมันก่อนระบายน้ำทิ้งหรือไม่", en = "Is there a grease trap before the drain?" }
    name  = { th = "คำตอบว่ามีบ่อดักไขมันหรือไม่", en = "Answer on the grease trap" }
    yes   = { th = "มี", en = "Yes" }
    no    = { th = "ไม่มี", en = "No" }

    [[page]]                                       # a page (or several) from a block
    block   = "premises"
    without = ["floor_area_sqm"]

Whatever people read is written in both languages. A key that is not explained here is an error.

## Keys of a form

    title, hint     its name; a sentence on its first page
    law             the provision that asks for all of it, unless a page or a question says otherwise
    provisional     true: its questions follow the subject, and nobody has read them against the Act yet
    page            the pages, in the order asked

## Keys of a page

    id, title, hint
    when            the page is asked only when this holds (see "Conditions")
    law             the provision that asks for this page
    question        the questions, in the order asked
    each            the page is asked once for each item, and its id is the name of the list of items:
                    each = { name = { th = "ผู้สัมผัสอาหาร", en = "food handler" }, min = 1, max = 100 }

## Keys of a page that uses a block

    block           its name, a file of `blocks/`: applicant, company, premises, building, people, products,
                    equipment, vehicles, attorney, declarations; and those of a few trades (factory, hospital, …)
    only, without   keep only these questions of it, or all but these
    prefix          put before the ids of its pages and questions, so that a block can be used twice:
                    prefix = "warehouse_" asks for `warehouse_premises` beside `premises`
    title, hint, when, law    instead of the block's own; this `when` looks at the form's questions
    question        more questions, added to the end of the block's last page

## Keys of every question

    id              snake_case; the name of the answer, for ever. A fee's `per` names one of these
    kind            one of the kinds below
    title           what is asked, as the label
    name            how sentences call it, when the title is a question or too long:
                    "กรอก{name}", "{name}ต้องไม่เกิน ...". Without it, the title
    hint            one sentence of help
    required        true unless written otherwise
    when            asked only when this holds
    law             the provision that asks for it, when it is not the page's
    sensitive       true: shown masked, in full only to an officer who says why. (Numbers of persons, telephone and
                    e-mail are always so)
    reuse           the once-only key: questions of two forms with the same key are asked once for both
    prefill         the fact that is filled in first: company.*, citizen.* and account.* (the sign-in), power.* (by what
                    right somebody acts), law.* (what holds unless one says otherwise), entry.* (the licence being
                    renewed, amended or cancelled)
    printed         goes on the licence and into the public register; true for the title as label, or other words.
                    Nothing that is masked may be printed: the register is public (E-Government Act s. 13)
    example         a likely answer, for the sandbox and for tests

## Kinds, with the keys of their own

    text            a line; max_length (200)
    textarea        several lines; max_length (2,000)
    whole           a whole number; unit, min (0), max, above (must be more than)
    decimal         a number; the same, and places (2)
    money           min, max, above in baht. The answer is whole satang, so its id ends in `_satang`
    date            min, max, as 2026-01-31. People write and read the Buddhist era; the answer is ISO 8601
    time            08.30; the answer is "08:30"
    yes-no          yes and no, in words that fit the question: มี and ไม่มี
    choice          one of the options = [{ value = "mains", th = "น้ำประปา", en = "Mains water" }, ...].
                    Up to seven show as radio buttons, more as a list
    choices         any of the options; max, how many at most
    thai-id         เลขประจำตัวประชาชน. The number; never a copy of the card (E-Government Act s. 9)
    juristic-id     เลขทะเบียนนิติบุคคล
    tax-id          เลขประจำตัวผู้เสียภาษี, a person's or a juristic person's
    phone           a Thai number with or without an extension
    email
    address         house line, postcode, subdistrict by DOPA code; that postcode and subdistrict agree is checked, and
                    district and province follow. provinces = ["10", "12"] limits it to some
    place           the subdistrict alone; provinces
    person          title and names; identity = "thai-id" or "thai-id-or-passport" asks for a number too
    file            a document to attach; max_files (1), accept (PDF, JPEG, PNG, HEIC) as media types.
                    Never a document that an agency on the exchange issued, never a copy certified by hand (s. 7, 9)
    declaration     the title is the statement; ticked or not submitted
    fact            read only, from a register: prefill says which fact, source who says so. It cannot be changed here
    info            words only; nothing is answered

# Conditions

The server alone decides them; a page without script asks everything and only what applies has to be answered. An
answer that no longer applies is dropped, and the applicant is told.

    when = { question = "has_grease_trap", is = false }
    when = { question = "changes", is = "layout" }              # of choices: this one is ticked
    when = { question = "place_right", in = ["rent", "permission"] }
    when = { question = "floor_area_sqm", more_than = 500 }
    when = { question = "premises.province_code", is = "10" }   # a part of an address
    when = { not = { ... } }, { all = [ ... ] }, { any = [ ... ] }

A question looks only at questions asked before it; inside a repeating page, first at those of the same item. What was
not answered satisfies none of `is`, `in` and `more_than`.

# What answers look like

JSON by question id: text, numbers, booleans, lists of option values, an object for an address or a person, a list of
objects for a repeating page, the attachment's id for a file. Thai digits, spaces and dashes are taken and put in one
form; characters that nobody can see are refused. Text is kept exactly as written otherwise, `<` and `&` too: whoever
shows it, escapes it.

# The modules

    form.py         load, check, check_page, summary, printed, json_schema, model, example: the way in
    questions.py    the vocabulary: the kinds, and one question out of its table
    plain.py, numbers.py, times.py, identifiers.py, attaching.py, composite.py, address.py, person.py     the kinds
    question.py, asking.py     what a question is; putting questions to answers
    definition.py   pages and forms out of their TOML
    derived.py      forms that follow from another: what is asked again, what may change, how it ends
    sentences.py    what is said about a wrong answer, in both languages
    conditions.py, places.py, words.py, errors.py, schema.py, examples.py
"""
