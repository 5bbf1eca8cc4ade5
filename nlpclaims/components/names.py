"""The names of a document: each one's fullest form, and the role that any of its mentions states."""

from bisect import bisect_left

from spacy.tokens import Doc, Span, Token

from nlpclaims.components.attribution import Attribution
from nlpclaims.components.gazetteer import country_of
from nlpclaims.components.phrases import PRONOUN_TAGS, described_type, head_of, one_line, role_of
from nlpclaims.components.tags import PROPER_NOUNS

UNTYPED = "NAME"
TYPES = {"PERSON": "PERSON", "ORG": "ORG", "GPE": "GPE", "LOC": "GPE", "NORP": "NORP", UNTYPED: "OTHER"}
"""Actor types of the labels of names; a place that speaks is a political one."""


class NameBook:
    """The names of a document.

    Names are the named entities, and the proper nouns that head a source without being part of an entity.
    """

    def __init__(self, doc: Doc, attributions: list[Attribution]) -> None:
        sources = [attribution.source for attribution in attributions if attribution.source]
        source_at = {token.i: source for source in sources for token in source}
        self.names = _names(doc, sources)
        self._words = {name.start: name_words(name) for name in self.names}
        self._forms = self._shorter_forms()
        self._defined = self._definitions()
        self._fullest = {name.start: self._find_fullest(name) for name in self.names}
        self._name_at = {token.i: name for name in self.names for token in name}
        self._roles: dict[str, str] = {}
        for name in self.names:
            if self.type(name) == "PERSON" and (role := role_of(name, source_at.get(name.start))):
                self._roles.setdefault(self.fullest(name), role)

    def fullest(self, name: Span) -> str:
        """The fullest form that the document gives the name."""
        return name_text(self._fullest[name.start])

    def type(self, name: Span) -> str:
        """The actor type; of a name that is no entity, what an apposition says."""
        fullest = self._fullest[name.start]
        if fullest.label_ == UNTYPED:
            return next((described_type(c) for c in fullest.root.children if c.dep_ == "appos"), TYPES[UNTYPED])
        return TYPES[fullest.label_]

    def role(self, name: Span, source: Span | None = None) -> str | None:
        """The role that *source* states for the person in it, else the first that the document states."""
        if self.type(name) not in ("PERSON", "OTHER"):
            return None
        own = role_of(name, source) if source is not None else None
        return own or self._roles.get(self.fullest(name))

    def at(self, place: int) -> Span | None:
        """The name that the token of this index is part of."""
        return self._name_at.get(place)

    def within(self, span: Span) -> list[Span]:
        """The names inside *span*, in order."""
        inside = {name.start: name for token in span if (name := self._name_at.get(token.i))}
        return [name for name in inside.values() if span.start <= name.start and name.end <= span.end]

    def _shorter_forms(self) -> dict[tuple[str, ...], list[Span]]:
        """By each shorter form that a name can have, the names that it can stand for, in order."""
        forms: dict[tuple[str, ...], list[Span]] = {}
        for name in self.names:
            for short in short_forms(self._words[name.start], name.label_):
                forms.setdefault(_folded(short), []).append(name)
        return forms

    def _definitions(self) -> dict[tuple[str, ...], list[Span]]:
        """By each abbreviation that stands in brackets after a name, "the Securities Commission (SEC)", such names."""
        found: dict[tuple[str, ...], list[Span]] = {}
        for name in self.names:
            after = name.doc[name.end : name.end + 3]
            bracketed = len(after) == 3 and (after[0].text, after[2].text) == ("(", ")") and after[1].is_upper
            if bracketed and name.label_ != "PERSON" and abbreviates(after[1].text, name.text):
                found.setdefault(_folded(name_words(after[1:2])), []).append(name)
        return found

    def _find_fullest(self, name: Span) -> Span:
        """The longest form of the nearest longer name before this one, else of the first after it."""
        longer = self._longer(name)
        if not longer:
            return name
        before = bisect_left(longer, name.start, key=lambda other: other.start)
        nearest = longer[max(before - 1, 0)]
        return max([nearest, *self._longer(nearest)], key=lambda other: len(self._words[other.start]))

    def _longer(self, name: Span) -> list[Span]:
        words = self._words[name.start]
        if defined := self._defined.get(_folded(words)):
            return defined
        return [
            other
            for other in self._forms.get(_folded(words), ())
            if name.label_ == other.label_
            or UNTYPED in (name.label_, other.label_)
            or (other.label_ == "ORG" and words in acronyms(self._words[other.start]))
        ]


def make_names_whole(doc: Doc) -> None:
    """Let names among ``doc.ents`` have all of their words.

    A person's begins where the parser has it begin (UD's ``flat`` joins names' parts) and does not end inside a word
    with a hyphen; that of a people begins where the gazetteer has it begin ("South Koreans").
    """
    whole: list[Span] = []
    entities = {token.i for ent in doc.ents for token in ent}
    for ent in doc.ents:
        start, end = ent.start, ent.end
        if ent.label_ == "PERSON":
            first = min((t.head.i for t in doc[start:end] if t.dep_ == "flat"), default=start)
            if all(t.dep_ == "flat" for t in doc[first + 1 : start]):
                start = min(first, start)
            end = _end_of_hyphenated(doc, end, entities)
        elif ent.label_ == "NORP" and start and _is_people(doc[start - 1 : end]):
            start -= 1
        whole = [other for other in whole if other.end <= start]
        whole.append(Span(doc, start, end, label=ent.label_))
    doc.set_ents(whole)


def _is_people(words: Span) -> bool:
    """Whether the gazetteer has the people of a name, the first word of which is no article, "South Koreans"."""
    first, second = words[0], words[1]
    begins = first.is_title and first.tag_ != "DT" and not second.is_sent_start
    return begins and country_of(words.text, "NORP") is not None


def _end_of_hyphenated(doc: Doc, end: int, entities: set[int]) -> int:
    """Where a name ends that was cut in a word with hyphens, "Ban Ki-moon", the rest of which is of no other name."""
    while end < len(doc):
        hyphen = end - 1 if doc[end - 1].tag_ == "HYPH" else end
        joined = doc[hyphen].tag_ == "HYPH" and not doc[hyphen].whitespace_ and not doc[hyphen - 1].whitespace_
        following = hyphen + 1
        if not joined or following >= len(doc) or following in entities or doc[following].tag_ not in PROPER_NOUNS:
            break
        end = following + 1
    return end


def _names(doc: Doc, sources: list[Span]) -> list[Span]:
    """The named entities, and the proper nouns that head a source without being part of one, in order."""
    names = [ent for ent in doc.ents if ent.label_ in TYPES]
    covered = {token.i for name in names for token in name}
    heads = [head for source in sources if (head := head_of(source)).i not in covered and not head.is_space]
    for head in heads:
        if head.tag_ in PROPER_NOUNS or any(child.dep_ == "flat" for child in head.children):
            names.append(_proper_noun(head, covered))
    # A bare surname at the beginning of a sentence may have any tag.
    known = {word for name in names for word in (name[0].text, name[-1].text)}
    found = {token.i for name in names for token in name}
    names += [
        Span(doc, head.i, head.i + 1, label=UNTYPED)
        for head in heads
        if head.i not in found and head.is_title and head.tag_ not in PRONOUN_TAGS and head.text in known
    ]
    return sorted({name.start: name for name in names}.values(), key=lambda name: name.start)


def _proper_noun(head: Token, covered: set[int]) -> Span:
    def belongs(token: Token) -> bool:
        return token.tag_ in PROPER_NOUNS and not token.is_space and token.i not in covered

    doc, start, end = head.doc, head.i, head.i + 1
    while start > head.sent.start and belongs(doc[start - 1]):
        start -= 1
    while end < head.sent.end and belongs(doc[end]):
        end += 1
    return Span(doc, start, end, label=UNTYPED)


def name_words(ent: Span) -> tuple[str, ...]:
    """The words of a name without articles, possessive endings and punctuation."""
    words = tuple(t.text for t in ent if not t.is_punct and not t.is_space and t.tag_ not in ("POS", "DT"))
    return (words[0].replace(".", ""),) if len(words) == 1 and words[0].isupper() else words


def short_forms(full: tuple[str, ...], label: str) -> set[tuple[str, ...]]:
    """The shorter forms of a name: its first words, its last words and, of an organisation, its initials.

    "Kim", "Cha" and "Stoltenberg" alike. A place has none: "Korea" is neither of two.
    """
    if label not in ("PERSON", "ORG", UNTYPED):
        return set()
    forms = {part for n in range(1, len(full)) for part in (full[:n], full[n:])}
    return forms | {form for form in acronyms(full) if len(form[0]) > 1} if label == "ORG" else forms


def acronyms(full: tuple[str, ...]) -> set[tuple[str]]:
    """The initials of a name as names of one word: of its capitalised words ("IRA"), or of all ("DOJ").

    The abbreviated name of a country before it may be left out ("U.S. Department of Justice").
    """
    wholes = (full, full[1:]) if len(full) > 1 and "." in full[0] else (full,)
    initials = ([word[0] for word in words] for words in wholes)
    return {
        ("".join(letters).upper(),)
        for every in initials
        for letters in (every, [letter for letter in every if letter.isupper()])
    }


def abbreviates(short: str, full: str) -> bool:
    """Whether the letters of *short*, two to ten, are in *full* in their order, the first at the start of a word.

    The rule of Schwartz and Hearst (A simple algorithm for identifying abbreviation definitions in biomedical text,
    PSB 2003).
    """
    letters = [letter for letter in short.casefold() if letter.isalnum()]
    place = len(full)
    for number, letter in enumerate(reversed(letters), 1):
        place = full.casefold().rfind(letter, 0, place)
        while number == len(letters) and place > 0 and full[place - 1].isalnum():
            place = full.casefold().rfind(letter, 0, place)
        if place < 0:
            return False
    return 2 <= len(letters) <= 10


def name_text(ent: Span) -> str:
    """The name on one line, as ``name_span`` has it."""
    return one_line(name_span(ent))


def name_span(ent: Span) -> Span:
    """The name without an article before it, and without a possessive ending or marks after it."""
    start, end = ent.start, ent.end
    while end - start > 1 and (ent.doc[end - 1].tag_ == "POS" or (ent.doc[end - 1].is_punct and end - start > 1)):
        end -= 1
    while end - start > 1 and ent.doc[start].tag_ == "DT":
        start += 1
    return ent.doc[start:end]


def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words)
