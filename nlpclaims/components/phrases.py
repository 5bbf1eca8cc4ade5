"""Noun phrases, titles and appositions: what the words round a name say of whom it names."""

from collections.abc import Iterable

from spacy.tokens import Doc, Span, Token

from nlpclaims.components import noun_types  # noqa: F401 (registers the extension that is read here)
from nlpclaims.components.genders import plain_title
from nlpclaims.components.tags import NOUNS
from nlpclaims.lemmas import is_noun, singular

PRONOUN_TAGS = frozenset({"PRP", "PRP$", "WP", "WDT", "DT", "EX"})
TITLE_TAGS = NOUNS | {"JJ", "HYPH", "POS"}
DETERMINERS = frozenset({"DT", "PRP$", "WP$", "PDT"})
OFFICES = NOUNS - {"NNPS"}
OF_OFFICES = ("of", "for")
OFFICE_TAGS = TITLE_TAGS | {"IN", "DT", "CC", ","}
PLURALS = frozenset({"NNS", "NNPS"})
SHORT_OFFICES = frozenset({"Sen.", "Rep.", "Gov.", "Pres."})
HYPHENS = frozenset("-\u2010\u2011")
OFFICE_RELATIONS = frozenset({"amod", "compound", "flat"})
TITLE_RELATIONS = frozenset({"nmod:desc", "compound"})
NAME_RELATIONS = frozenset({"nmod:desc", "appos", "flat"})
NAMING = frozenset({"named", "called"})
NOBODY = frozenset({"nobody", "none", "nothing"})
HONORIFICS = frozenset({"Mr", "Mrs", "Ms", "Miss", "Mx", "Dr", "Sir", "Madam", "Lord", "Lady", "Dame"})
HONORIFICS |= {"Shri", "Smt", "Engr", "Barr", "Atty", "Alhaji", "Hajiya", "Datuk", "Encik", "Puan"}
HONORIFICS |= {"Herr", "Frau", "Monsieur", "Madame", "Señor", "Señora"}
LOOSE_RELATIONS = frozenset({"appos", "acl:relcl", "parataxis", "punct", "advcl", "mark", "case", "ROOT"})
# What hangs on a noun that is the predicate of its clause, as "a lie" in "it is a lie", is no part of its phrase.
LOOSE_RELATIONS |= {
    "nsubj",
    "nsubj:pass",
    "csubj",
    "expl",
    "cop",
    "aux",
    "aux:pass",
    "ccomp",
    "obl",
    "discourse",
    "vocative",
}


def head_of(source: Span) -> Token:
    """The word that says who the source is: of those that hang on nothing inside it the first noun, else pronoun."""
    tops = [t for t in source if not t.is_space and (t.head.i == t.i or not source.start <= t.head.i < source.end)]
    nouns = [t for t in tops if t.tag_ in NOUNS]
    speaking = [t for t in nouns if not is_owner(t, source)]
    words = [t for t in tops if not t.is_punct]
    return next(iter((*speaking, *nouns, *(t for t in words if t.tag_ != "DT"), *words)), source.root)


def is_owner(noun: Token, source: Span) -> bool:
    """Whether "'s" and more of the source follow the noun, or the name that it lies in."""
    doc, after = noun.doc, noun.i + 1
    while after < source.end and doc[after].ent_iob_ == "I" and doc[after].tag_ != "POS":
        after += 1
    return after + 1 < source.end and doc[after].tag_ == "POS" and not doc[after + 1].is_punct


def is_negated_source(source: Span) -> bool:
    """Whether the source is nobody: "no minister", "none of them", "neither Oslo nor Bonn", "not one judge"."""
    head = head_of(source)
    return (head.lower_ in NOBODY and not head.ent_type_) or is_negated(head)


def is_negated(noun: Token) -> bool:
    """Whether a noun is of nobody: "no minister", "not one judge"."""
    return any(map(_is_negative, noun.lefts))


def _is_negative(word: Token) -> bool:
    if word.dep_ == "advmod" and word.lower_ == "not":
        return word.nbor().lower_ in ("one", "a", "an")
    is_none = word.dep_ in ("det", "cc:preconj") and word.lower_ in ("no", "neither") and not word.ent_type_
    return is_none and not _is_numbered(word)


def _is_numbered(word: Token) -> bool:
    """Whether the word is the "No" of "No 10"."""
    return word.lower_ == "no" and word.i + 1 < len(word.doc) and word.nbor().is_digit


def described_type(head: Token) -> str:
    """The type of a described actor from what its noun names; a thing that claims something is a document.

    "Many of the workers" are of the type of the workers.
    """
    if head.tag_ not in NOUNS:
        head = next((child for child in head.rights if child.dep_ == "nmod"), head)
    kind = head._.noun_type
    if kind == "person":
        return "GROUP" if head.tag_ in ("NNS", "NNPS") else "PERSON"
    return {"organization": "ORG", "place": "GPE", "thing": "DOCUMENT", "group": "GROUP"}.get(kind, "OTHER")


def one_line(span: Span) -> str:
    """The text of *span* with single spaces."""
    return " ".join(span.text.split())


def described(head: Token, low: int, high: int) -> tuple[int, int]:
    """The tokens of the noun phrase under *head* inside ``[low, high)``, without its determiner."""
    start, end = noun_phrase(head, low, high)
    if start - 1 > low and head.doc[start - 1].tag_ == "POS":  # of an owner that the parse does not join to it
        owner = head.doc[start - 2]
        start = max(low, min([owner.left_edge.i, *(title_start(ent) for ent in owner.sent.ents if owner in ent)]))
    if start > low and _is_numbered(head.doc[start - 1]):
        start -= 1
    while start < head.i and head.doc[start].tag_ in DETERMINERS and not _is_numbered(head.doc[start]):
        start += 1
    marks = [token.i for token in head.doc[start:end] if token.is_quote]
    return (start + 1, end - 1) if marks == [start, end - 1] else (start, end)


def selected(head: Token, source: Span) -> Span | None:
    """The words of "some of her aides" or "those surveyed" under their first; ``None`` of what stands alone."""
    if head.tag_ != "DT" or not any(t.i < source.end and t.dep_.startswith(("nmod", "acl")) for t in head.rights):
        return None
    start, end = max(head.left_edge.i, source.start), min(head.right_edge.i + 1, source.end)
    return head.doc[slice(*_without_marks(head.doc, start, end))]


def role_of(name: Span, source: Span | None = None) -> str | None:
    """The title before a person's name or the office in apposition to it, as the document states it.

    Inside a *source* all that stands beside the name belongs to it; elsewhere the parse must agree.
    """
    title = _title_before(name, source)
    if source is not None and (title is None or (_is_rank(title) and closes_after_comma(name, source))):
        title = _beside_comma(name, source) or title
    return title or _title_before(name, None) or _shared_title(name, source) or _called(name) or _apposition(name)


def _is_rank(title: str) -> bool:
    """Whether a title is an abbreviated rank, and an office beside it says more: "the spokesman, *Brig. Gen.* Bo"."""
    words = title.split()
    return bool(words) and all(word.endswith(".") for word in words) and words[-1] not in SHORT_OFFICES


def _title_before(name: Span, source: Span | None) -> str | None:
    title = _title(name, source)
    if title is None or _is_of_something(title):
        return title
    is_plural = is_listed(name) or name.doc[name.start - 1].tag_ in PLURALS or title.endswith("s.")
    return singular(title) if is_plural else title


def _is_of_something(title: str) -> bool:
    """Whether the last word of a title is not the office, but what it is for: "Minister for Women"."""
    return not set(title.casefold().split()).isdisjoint(OF_OFFICES)


def office_alone(word: Token) -> Token | None:
    """The noun of an office in capitals that "the" and a word of it name somebody by: "the *Foreign* Secretary"."""
    while word.dep_ in OFFICE_RELATIONS and word.head.i > word.i:
        word = word.head
    is_office = word.tag_ == "NNP" and word._.noun_type == "person" and any(t.lower_ == "the" for t in word.lefts)
    is_whole = all(t.dep_ in OFFICE_RELATIONS | {"det", "nmod:poss"} for t in word.lefts)
    is_name = any(t.dep_ == "flat" for t in word.rights)
    return word if is_office and is_whole and not is_name and is_noun(word.text) else None


def is_of_words(office: Token) -> bool:
    """Whether an office has several words before "of": "the Foreign Secretary", not "the Pope"."""
    return any(word.dep_ in OFFICE_RELATIONS for word in office.lefts)


def is_listed(name: Span) -> bool:
    """Whether the parse joins others to the name."""
    return any(child.dep_ == "conj" for token in name for child in token.children)


def first_conjunct(token: Token) -> Token:
    """The word that the list begins with which *token* is in; the word itself where it is in none."""
    while token.dep_ == "conj":
        token = token.head
    return token


def _shared_title(name: Span, source: Span | None) -> str | None:
    """The title in the plural before the nearest of the names in a list with this one that has any, as that of each."""
    first = first_conjunct(name.root)
    if first.i >= name.start:  # spaCy goes through all of a document for the entities of a sentence
        return None
    listed = (ent for ent in reversed(name.sent.ents) if ent.label_ == "PERSON" and first.i < ent.end <= name.start)
    title = next((title for person in listed if (title := _title(person, source))), None)
    return singular(title) if title and singular(title) != title else None


def _title(name: Span, source: Span | None) -> str | None:
    start, end = title_start(name, source), name.start
    while end > start and _ends_in_honorific(name.doc[start:end]):
        end -= 1
    end = max(start, min(end, _before_brackets(name, start)))
    commas = [token.i for token in name.doc[start:end] if token.text == ","]
    if commas and _is_rank(name.doc[commas[-1] + 1 : end].text):  # "Minister of Education, Prof. Ana Lopez"
        end = commas[-1]
    title = name.doc[start:end]
    if not len(title) or title[-1].tag_ not in NOUNS or not any(map(str.isalnum, title.text)):
        return None
    return one_line(title) if _start_of_office(title, title.start) is not None else None


def _ends_in_honorific(title: Span) -> bool:
    """Whether a title ends in one that is no office, "Lead researcher *Dr.*", or in the full stop of such a one."""
    last = title[-2] if len(title) > 1 and title[-1].text == "." else title[-1]
    return is_honorific(last.text)


def is_honorific(word: str) -> bool:
    """Whether a word is a title that is no office: "Mrs", "Dr.", "MR."."""
    return plain_title(word) in HONORIFICS


def _start_of_office(title: Span, low: int) -> int | None:
    """Where the office begins that a title ends in, "secretary of" before "State"; ``None`` where it ends in none."""
    doc, start, holder = title.doc, title.start, title.end - 1
    while not _may_hold(doc[holder]):
        first = start - 1 - (start > low and doc[start - 1].tag_ == "DT")
        links = (i for i in reversed(range(max(first, low), holder)) if doc[i].lower_ in OF_OFFICES)
        holder = next(links, 0) - 1
        if holder < low or doc[holder].tag_ not in NOUNS:
            return None
        while start > holder or (start > low and _is_of_title(doc[start - 1])):
            start -= 1
    return start


def _is_of_title(word: Token) -> bool:
    """Whether the word may stand before an office as its part: "*Deputy Prime* Minister", "*Labour* leader"."""
    return word.tag_ in ("JJ", *NOUNS) and word.ent_type_ in ("", "NORP", "ORG")


def _has_holder(phrase: Span) -> bool:
    """Whether the head of a phrase may be one for a person, by the parse or as the last noun before a preposition."""
    end = next((token.i for token in phrase if token.tag_ == "IN"), phrase.end)
    last = [token for token in phrase if token.i < end and token.tag_ in NOUNS][-1:]
    return any(map(_may_hold, (head_of(phrase), *last)))


def _may_hold(noun: Token) -> bool:
    """Whether the noun may be one for a person, as that of an office is."""
    return noun._.noun_type in ("person", None)


def title_start(name: Span, source: Span | None = None) -> int:
    """Where the title before a name begins: "Vice-President", "Bank of Japan Governor", "Secretary of State"."""
    doc, low = name.doc, source.start if source else name.sent.start

    def run(start: int) -> int:
        while start > low and (
            is_hyphen(doc[start - 1])
            or (source and start < name.start and _is_abbreviation_before(doc, start, low))
            or (start < name.start and _joins_offices(doc[start - 1 : name.start], low))
            or (start < name.start and is_hyphen(doc[start]))
            or (doc[start - 1].tag_ in TITLE_TAGS and (source or _attached(doc[start - 1], start, name)))
        ):
            start -= 1
        while start > low and start < name.start and doc[start].ent_iob_ == "I" and doc[start].ent_type_ != "PERSON":
            start -= 1
        while start < name.start and doc[start].tag_ in ("HYPH", "POS"):
            start += 1
        return start

    end = _before_brackets(name, low) if source else name.start
    start = run(end)
    offices = [t.i for t in _titles(name) if low <= t.i < start and _is_office(doc[t.i : end])]
    if offices:
        return run(min(offices))
    office = _start_of_office(doc[start : name.start], low) if start < name.start else None
    return start if office is None else office


def _before_brackets(name: Span, low: int) -> int:
    """Where a name begins, or a word in brackets that is between an office and it: "Justice *(retd)* Ana Lopez"."""
    doc, start = name.doc, name.start
    before = doc[max(low, start - 4) : start]
    is_between = len(before) == 4 and before[0].tag_ in NOUNS and before[0].ent_type_ != "PERSON"
    return start - 3 if is_between and (before[1].text, before[3].text) == ("(", ")") else start


def _is_abbreviation_before(doc: Doc, start: int, low: int) -> bool:
    """Whether the word before *start* is of an abbreviation in brackets after a body, "Central Bank (CBN) governor"."""
    opens = next((i for i in range(start - 1, max(low, start - 4), -1) if doc[i].text == "("), None)
    if opens is None or doc[opens - 1].ent_type_ != "ORG":
        return False
    after = doc[opens + 2 : opens + 4]
    return len(after) == 2 and after[0].text == ")" and not after[1].is_punct


def _joins_offices(words: Span, low: int) -> bool:
    """Whether the first of *words*, before the rest of a title, joins it: "Trade *and* Industry Minister"."""
    joint, rest = words[0], words[1:]
    if joint.tag_ not in ("CC", ",") or joint.i <= low:
        return False
    before = joint.nbor(-1)
    is_person = before.ent_type_ == "PERSON" or before._.noun_type in ("person", "group")
    is_matter = before.tag_ in TITLE_TAGS and not is_person
    return is_matter and any(token.dep_ == "conj" and token.head.i < joint.i for token in rest)


def is_hyphen(token: Token) -> bool:
    """Whether the token is a hyphen inside a word; the tagger has several tags for it."""
    return token.text in HYPHENS and token.i > 0 and not token.whitespace_ and not token.nbor(-1).whitespace_


def _titles(name: Span) -> Iterable[Token]:
    """The nouns before a name that the parse joins to it as its title, or to which it joins the name."""
    for token in name:
        yield from (t for t in token.lefts if t.i < name.start and t.dep_ in TITLE_RELATIONS and t.tag_ in NOUNS)
        if token.dep_ in NAME_RELATIONS and token.head.i < name.start and token.head.tag_ in NOUNS:
            yield token.head


def _is_office(words: Span) -> bool:
    """Whether the words are a noun, "of" or "for", and what that is."""
    return len(words) > 2 and words[1].lower_ in OF_OFFICES and all(t.tag_ in OFFICE_TAGS for t in words)


def _attached(token: Token, start: int, name: Span) -> bool:
    """Whether *token* hangs on the name or on a word between the two."""
    return start <= token.head.i < name.end and token.i != token.head.i


def _beside_comma(name: Span, source: Span) -> str | None:
    """The phrase between the name and the source's other commas: "Ana Lopez, 54, a judge in Faro, ..."."""
    doc = name.doc
    if closes_after_comma(name, source):
        phrase = doc[source.start : title_start(name, source) - 1]
        is_other = _is_name(head_of(phrase)) or any(token.ent_type_ == "PERSON" for token in phrase)
        return text_of(phrase) if not is_other and _has_holder(phrase) else None
    start = name.end
    while start < source.end and doc[start].text == ",":
        end = start + 1
        while end < source.end and doc[end].tag_ not in ("WP", "WDT", "WP$"):
            if doc[end].text == "," and not _goes_on(doc, end, source.end):
                break
            end += 1
        if start + 1 < end and doc[start + 1].tag_ in TITLE_TAGS | DETERMINERS:
            phrase = doc[start + 1 : end]
            nouns = (t for t in phrase if t.tag_ in NOUNS and not _is_name(t))
            is_role = any(len(t) > 1 and "." not in t.text for t in nouns)  # not "Ph.D."
            is_role = is_role and head_of(phrase).ent_type_ != "PERSON" and not is_affiliation(phrase[0], source)
            return text_of(phrase) if is_role and _has_holder(phrase) else None
        if start + 1 < end and doc[start + 1].tag_ != "CD":
            return None
        start = end
    return None


def _goes_on(doc: Doc, comma: int, end: int) -> bool:
    """Whether a list of matters goes on after a comma, "minister of trade*, industry and energy*"."""

    def is_matter(place: int) -> bool:
        return place < end and (doc[place].ent_iob_ == "I" if doc[comma].ent_type_ else _is_matter(doc[place]))

    place = comma
    while place < end and doc[place].text == "," and is_matter(place + 1):
        place += 1
        while is_matter(place):
            place += 1
    if place == comma:
        return False
    place += doc[place : place + 1].text == ","
    return place < end and doc[place].tag_ == "CC" and is_matter(place + 1)


def _is_matter(word: Token) -> bool:
    """Whether a word may be of a matter or a further office: of no name, of no people and of no body."""
    kind = word._.noun_type
    is_some = kind in ("organization", "group") or (kind == "person" and word.tag_ in PLURALS)
    return word.tag_ in TITLE_TAGS and not word.ent_type_ and not is_some


def _is_name(noun: Token) -> bool:
    """Whether the noun is of a name; "a Democrat" is none."""
    return bool(noun.ent_type_) and noun.ent_type_ != "NORP"


def is_named(head: Token, name: Span, source: Span) -> bool:
    """Whether the name says who *head* is: in apposition, at the source's end after a comma, or after "named"."""
    apposed = is_apposed(name, head) and not is_governed(name, head)
    return (
        (apposed and (head.tag_ not in PLURALS or is_listed(name)))
        or closes_after_comma(name, source)
        or any(child == _naming_verb(name) for child in head.children)
    )


def is_affiliation(word: Token, phrase: Span) -> bool:
    """Whether the word is in what follows a politician's name in *phrase*: ", D-Calif.," or "(R-Ohio)"."""
    start = word.i
    while start > phrase.start and word.doc[start - 1].text not in (",", "(", ")"):
        start -= 1
    first = word.doc[start]
    is_party = len(first) == 1 and first.is_upper and start + 1 < phrase.end and is_hyphen(first.nbor())
    return start > phrase.start and is_party


def is_apposed(name: Span, head: Token) -> bool:
    """Whether the parse has the name in apposition to *head*, which stands before it."""
    return name.root.head == head and name.root.dep_ == "appos" and head.i < name.start


def is_governed(name: Span, head: Token) -> bool:
    """Whether a preposition after *head* has the name or its title: "an aide *to* President Ana Lopez"."""
    words = range(title_start(name), name.end)
    return any(token.dep_ == "case" and token.head.i in words for token in name.doc[head.i + 1 : name.start])


def closes_after_comma(name: Span, source: Span) -> bool:
    """Whether the source ends with this name in apposition: "its spokesman in Faro, Ana Lopez", maybe with an age."""
    doc, comma = name.doc, title_start(name, source) - 1
    return (
        comma > source.start
        and doc[comma].text == ","
        and all(token.is_punct or token.tag_ == "CD" for token in doc[name.end : source.end])
        and not any(token.text == "," for token in doc[source.start : comma])
    )


def _naming_verb(name: Span) -> Token | None:
    """The "named" or "called" before a name that says so of somebody."""
    before = name.doc[name.start - 1] if name.start else name[0]
    is_naming = before.lower_ in NAMING and before.dep_ == "acl" and any(t.head == before for t in name)
    return before if is_naming else None


def _called(name: Span) -> str | None:
    verb = _naming_verb(name)
    return _phrase_text(verb.head, verb.i) if verb else None


def _apposition(name: Span) -> str | None:
    head = name.root
    if head.dep_ == "appos" and head.head.tag_ in OFFICES and not head.head.ent_type_ and head.head.i < name.start:
        return _phrase_text(head.head, name.start)
    # In "Cho and Kim, a lawmaker," the apposition hangs on the first name, though it is of the last before it.
    first = head.head if head.dep_ == "conj" else head
    end = min((t.i for t in first.children if t.dep_ == "conj" and t.i > head.i), default=head.sent.end)
    for child in sorted({*head.children, *first.children}, key=lambda t: t.i):
        is_apposition = child.dep_ == "appos" and name.end <= child.i < end and child.tag_ in NOUNS
        if is_apposition and not _is_name(child) and not is_affiliation(child, head.sent):
            return _phrase_text(child, head.sent.end)
    return None


def _phrase_text(head: Token, before: int) -> str | None:
    start, end = noun_phrase(head, head.sent.start, before, conjuncts=True)
    return text_of(head.doc[start:end]) if _may_hold(head) else None


def text_of(phrase: Span) -> str | None:
    """The words of a noun phrase on one line, without what stands before it, as an article, and marks at its ends."""
    doc = phrase.doc
    start, end = _without_marks(doc, phrase.start, phrase.end)
    if doc[start].tag_ == "WP$":
        return None
    while start < end and (doc[start].tag_ in DETERMINERS or _is_adverb(doc[start])):
        start += 1
    return one_line(doc[start:end]) or None


def _is_adverb(word: Token) -> bool:
    """Whether the word says when or how somebody holds an office: "*then* the mayor"; not in "once-presumptive"."""
    return word.tag_ == "RB" and word.i + 1 < len(word.doc) and not is_hyphen(word.nbor())


def noun_phrase(head: Token, low: int, high: int, conjuncts: bool = False) -> tuple[int, int]:
    """The tokens of the noun phrase under *head* inside ``[low, high)``, without loosely attached parts."""
    start, end = head.i, head.i + 1
    for child in head.children:
        if child.dep_ in LOOSE_RELATIONS or (child.dep_ in ("conj", "cc") and not (conjuncts and child.i > head.i)):
            continue
        first, last = child.left_edge.i, child.right_edge.i
        if (
            child.i > head.i
            and child.dep_.startswith(("acl", "amod"))
            and "," in (head.nbor().text, head.doc[first].text)
        ):
            continue  # what a comma sets off: "the report, seen by Reuters,"
        if last < head.i:
            start = min(start, first)
        elif first > head.i:
            end = max(end, last + 1)
    return _without_marks(head.doc, max(start, low), min(end, high))


def _without_marks(doc: Doc, start: int, end: int) -> tuple[int, int]:
    """The words without marks at their ends, but for one of a pair of quotation marks the other of which is inside."""
    low = start
    while end - start > 1 and (doc[start].is_punct or doc[start].is_space):
        start += 1
    opened = any(token.text == "(" for token in doc[start:end])
    while end - start > 1 and (doc[end - 1].is_punct or doc[end - 1].is_space):
        if opened and doc[end - 1].text == ")":
            break
        end -= 1
    if sum(token.is_quote for token in doc[start:end]) % 2:
        if start > low and doc[start - 1].is_quote:
            start -= 1
        elif end < len(doc) and doc[end].is_quote:
            end += 1
    return start, end
