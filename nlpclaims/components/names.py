"""The names of a document: each one's fullest form, and the role that any of its mentions states."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from spacy.tokens import Doc, Span, Token

from nlpclaims.components.attribution import Attribution
from nlpclaims.components.bylines import byline_tokens
from nlpclaims.components.gazetteer import NATIONS, country_of, normal
from nlpclaims.components.genders import given_name_gender, title_gender
from nlpclaims.components.phrases import (
    OF_OFFICES,
    PLURALS,
    PRONOUN_TAGS,
    described_type,
    head_of,
    is_apposed,
    is_honorific,
    is_hyphen,
    is_named,
    is_of_words,
    office_alone,
    one_line,
    role_of,
    title_start,
)
from nlpclaims.components.tags import COMMON_NOUNS, PROPER_NOUNS
from nlpclaims.lemmas import is_noun, is_word

UNTYPED = "NAME"
TYPES = {"PERSON": "PERSON", "ORG": "ORG", "GPE": "GPE", "LOC": "GPE", "NORP": "NORP", UNTYPED: "OTHER"}
"""Actor types of the labels of names; a place that speaks is a political one."""

JUNIOR = frozenset({"jr", "sr"})
GENERATIONS = JUNIOR | {"ii", "iii", "iv"}
PREPOSITIONS = frozenset({"of", "for", "on"})
INITIALS = re.compile(r"(?:[A-Z]\.)+|[A-Z]{1,2}")
LESSER = frozenset({"deputy", "vice", "assistant", "associate", "acting", "shadow", "former", "ex", "then", "under"})
"""Words that make another office of the one that they stand before."""
AFTER_NOUNS = frozenset({"VBD", "VBZ", "VBP", "MD", "IN", "TO", ".", ",", ":"})
"""Tags of what a possessive ending never stands before."""
POSSESSIVES = frozenset({"'s", "’s", "'", "’"})
Forms = dict[tuple[str, ...], list[Span]]
"""Names by what they can be called."""


class Owner(NamedTuple):
    """The country, or another place, that a body is of, and the token that its words begin with."""

    name: str
    start: int


class NameBook:
    """The names of a document.

    Names are the named entities, and the proper nouns that head a source without being part of an entity.
    """

    def __init__(self, doc: Doc, attributions: list[Attribution]) -> None:
        self._doc = doc
        sources = [attribution.source for attribution in attributions if attribution.source]
        self._source_at = {token.i: source for source in sources for token in source}
        self.names = _names(doc, sources)
        self._words = {name.start: name_words(name) for name in self.names}
        self._plain = {start: plain(words) for start, words in self._words.items()}
        self._owner = self._find_owners()
        self._owned = self._find_owned()
        people = [name for name in self.names if name.label_ == "PERSON"]
        # Where a name ends is doubtful in a headline, all of whose words have capitals, and "Clinton-Sanders" are two.
        self._doubtful = {name.start for name in people if _is_pair(name) or _is_in_headline(name)}
        self._forms, self._inner_forms = self._shorter_forms()
        self._defined = self._definitions()
        self._called: dict[tuple[tuple[str, ...], int | None, str | None], Span] = {}
        self._fullest = {name.start: self._find_fullest(name) for name in self.names}
        self._fullest |= self._find_abbreviated_offices()
        self._spellings = self._find_spellings()
        self._name_at = {token.i: name for name in self.names for token in name}

    def fullest(self, name: Span) -> str:
        """The fullest form that the document gives the name, as it writes it most often."""
        return self._spellings[self._identity(self._fullest[name.start])]

    def whole(self, name: Span) -> Span:
        """The name with the words before it that say whose body it is: "*Kenya's* Supreme Court"."""
        return self._doc[self._owner[name.start].start : name.end] if self._is_owned(name) else name

    def type(self, name: Span) -> str:
        """The actor type; of a name that is no entity, that of an entity of this name, or what an apposition says."""
        fullest = self._fullest[name.start]
        if fullest.label_ != UNTYPED:
            return TYPES[fullest.label_]
        if label := self._labels.get(self._plain[fullest.start]):
            return TYPES[label]
        if fullest.root._.noun_type == "organization" and not fullest.root.is_upper:
            return "ORG"
        beside = next((child for child in fullest.root.children if child.dep_ == "appos"), None)
        if beside is None and fullest.root.tag_ in PLURALS | COMMON_NOUNS:  # "Republicans"
            beside = fullest.root
        return TYPES[UNTYPED] if beside is None else described_type(beside)

    @cached_property
    def _labels(self) -> dict[tuple[str, ...], str]:
        """The label of the first entity of each name."""
        return {self._plain[n.start]: n.label_ for n in reversed(self.names) if n.label_ != UNTYPED}

    def role(self, name: Span, source: Span | None = None) -> str | None:
        """The role that *source* states for the person in it, else the first that the document states."""
        if self.type(name) not in ("PERSON", "OTHER"):
            return None
        own = role_of(name, source) if source is not None else None
        return own or self.roles.get(self.fullest(name))

    @cached_property
    def roles(self) -> dict[str, str]:
        """The first role that is stated of each person, by the fullest name."""
        found: dict[str, str] = {}
        for name, role in sorted(self._stated, key=lambda stated: stated[0].start in self._doubtful):
            found.setdefault(self.fullest(name), role)
        return found

    @cached_property
    def _stated(self) -> list[tuple[Span, str]]:
        """The names of persons with a role beside them, in order."""
        people = (name for name in self.names if self.type(name) == "PERSON")
        roles = ((name, self._role_beside(name)) for name in people)
        return [(name, role) for name, role in roles if role]

    def at(self, place: int) -> Span | None:
        """The name that the token of this index is part of."""
        return self._name_at.get(place)

    def beside(self, place: int) -> Span | None:
        """The name that the noun of this index is a title of or in apposition to: of "mayor" in "the mayor, Ana"."""
        return self._beside.get(place)

    @cached_property
    def _beside(self) -> dict[int, Span]:
        found: dict[int, Span] = {}
        for name in self.names:
            titles = name.doc[title_start(name) : name.start] if name.label_ == "PERSON" else ()
            nouns = [token for token in name.root.children if token.dep_ == "appos" and token.i >= name.end]
            for noun in (*titles, *nouns, *_heads_before(name)):
                if (noun.tag_ == "NN" or is_honorific(noun.text)) and noun.i not in self._name_at:
                    found.setdefault(noun.i, name)
        return found

    @cached_property
    def _people(self) -> list[Span]:
        """The names of persons, in order, but for those of bylines."""
        apart = byline_tokens(self._doc)
        return [name for name in self.names if self.type(name) == "PERSON" and name.start not in apart]

    def offices(self) -> Iterator[tuple[Span, frozenset[str]]]:
        """The names of persons of whom the document states roles, with the nouns of these: "minister", "host"."""
        nouns: dict[str, frozenset[str]] = {}
        for name, role in self._stated:
            nouns[self.fullest(name)] = nouns.get(self.fullest(name), frozenset()) | offices_of(role)
        for name in self.names:
            if offices := nouns.get(self.fullest(name)):
                yield name, offices

    def named_later(self, noun: Token, words: Iterable[str]) -> Span | None:
        """The one person with a role of all these *words*, of which *noun* is the office, if nobody is named before it.

        "Energy minister" in a headline, above "the provincial Energy Minister, Syed Ali". Where several hold such an
        office, it is none of them.
        """
        if not self._people or self._people[0].start < noun.i:
            return None
        wanted = {word.casefold() for word in words}
        held = {
            self.fullest(name)
            for name, role in self._stated
            if noun.lemma_.lower() in offices_of(role) and wanted <= set(role.casefold().split())
        }
        return next((name for name in self._people if self.fullest(name) in held), None) if len(held) == 1 else None

    def holder(self, office: str, place: int) -> Span | None:
        """The one person of whom the document states, before a *place*, that this is the office.

        More may stand before it, as "British" and "embattled", but "Deputy Prime Minister" is another office.
        """
        end = f" {office.casefold()}"
        held = [
            name
            for name in self.names
            if name.end <= place
            and self.type(name) == "PERSON"
            and (role := f" {self.role(name) or ''}".casefold()).endswith(end)
            and LESSER.isdisjoint(re.split(r"[\s-]+", role.removesuffix(end)))
        ]
        return held[-1] if len({self.fullest(name) for name in held}) == 1 else None

    def joined(self, words: Iterable[Token]) -> list[Span]:
        """The names that the parse joins in a list to a name, or a noun, of these *words*, which begins it."""
        conjuncts = (child for word in words for child in word.children if child.dep_ == "conj")
        return [other for child in conjuncts if (other := self._name_at.get(child.i))]

    def within(self, span: Span) -> list[Span]:
        """The names inside *span*, in order."""
        inside = {name.start: name for token in span if (name := self._name_at.get(token.i))}
        return [name for name in inside.values() if span.start <= name.start and name.end <= span.end]

    def _shorter_forms(self) -> tuple[Forms, Forms]:
        """By each shorter form that a name can have, the names that it can stand for, in order; then by inner words."""
        forms: Forms = {}
        inner: Forms = {}
        for name in self.names:
            words = self._words[name.start]
            for short in short_forms(words, name.label_):
                forms.setdefault(plain(short), []).append(name)
            for short in inner_forms(words, name.label_):
                inner.setdefault(plain(short), []).append(name)
        return forms, inner

    def _find_owners(self) -> dict[int, Owner]:
        """By where it starts, the place or the people that a body is of, if its name, or the words before it, say so.

        "*Kenya's* Supreme Court" and "the *Chinese* Foreign Ministry", but not "Germany's Siemens".
        """
        places = {name.end: name for name in self.names if name.label_ in ("GPE", "LOC")}
        found: dict[int, Owner] = {}
        for name in self.names:
            if name.label_ not in ("ORG", UNTYPED):
                continue
            words, before = self._words[name.start], name.doc[name.start - 1 : name.start]
            if before.text in POSSESSIVES and len(words) > 1 and is_noun(words[-1]) and all(map(is_word, words)):
                place = places.get(name.start) or places.get(name.start - 1)
                if place is not None:
                    text = name_text(place)
                    country = None if text in NATIONS else country_of(text, "GPE")
                    found[name.start] = Owner(country or normal(text), place.start)
                    continue
            leading = (" ".join(words[:n]) for n in range(len(words) - 1, 0, -1))
            country = next(filter(None, (country_of(part, "NORP") for part in leading)), None)
            if country is not None:
                found[name.start] = Owner(country, name.start)
        return found

    def _find_owned(self) -> Forms:
        """Names of bodies that the words before them say whose they are, unless one is named before without such words.

        That one is another body, as it is known without.
        """
        found: Forms = {}
        bare: set[tuple[str, ...]] = set()
        for name in self.names:
            form = self._plain[name.start]
            if not self._is_owned(name):
                bare.add(form)
            elif form not in bare:
                found.setdefault(form, []).append(name)
        return found

    def _identity(self, name: Span) -> tuple[str, ...]:
        """What names have in common that differ in spelling; those of persons also in order: "Orbán Viktor"."""
        words = self._plain[name.start]
        whose = (self._owner[name.start].name,) if self._is_owned(name) else ()
        return (name.label_, *whose, *(sorted(words) if name.label_ == "PERSON" else words))

    def _is_owned(self, name: Span) -> bool:
        """Whether the words before a body's name say whose it is."""
        return name.start in self._owner and self._owner[name.start].start < name.start

    def _find_spellings(self) -> dict[tuple[str, ...], str]:
        """How each name is written most often, of two the first, and rather not in capitals as in a headline."""
        counts: dict[tuple[str, ...], Counter[str]] = {}
        for name in self.names:
            counts.setdefault(self._identity(name), Counter())[name_text(self.whole(name))] += 1
        return {
            identity: max(texts, key=lambda text: (not text.isupper(), texts[text]))
            for identity, texts in counts.items()
        }

    def _definitions(self) -> dict[tuple[str, ...], list[Span]]:
        """By each abbreviation that stands in brackets after a name, "the Securities Commission (SEC)", such names."""
        found: dict[tuple[str, ...], list[Span]] = {}
        for name in self.names:
            after = name.doc[name.end : name.end + 3]
            bracketed = len(after) == 3 and (after[0].text, after[2].text) == ("(", ")") and after[1].is_upper
            if bracketed and name.label_ != "PERSON" and _is_abbreviated(name, after[1].text):
                found.setdefault(plain(name_words(after[1:2])), []).append(name)
        return found

    def _find_fullest(self, name: Span) -> Span:
        """The longest form of the first longer name, of a person; of others that of the nearest before, or after, it.

        What a shorter name has stood for it stands for again: "Hyundai" is not Hyundai Mobis once that is named, too.
        Of several people of one surname whoever is named first is called by that alone, the others hardly ever, though
        "Mrs." is no man's title, and "Sheriff" that of who is a sheriff.
        """
        gender = title_gender(name) if name.label_ == "PERSON" else None
        identity = self._identity(name)
        longer = _of_gender(gender, self._longer(name))
        if not longer:
            return name
        office, longer = self._of_office(name, longer)
        if gender is not None and (other := self._called.get((identity, 1 - gender, None))) is not None:
            longer = [each for each in longer if self._identity(each) != self._identity(other)] or longer
        before = bisect_left(longer, name.start, key=lambda other: other.start)
        chosen = longer[0 if longer[0].label_ == "PERSON" else max(before - 1, 0)]
        chosen = self._called.setdefault((identity, gender, office), chosen)
        return max([chosen, *self._longer(chosen)], key=lambda other: len(self._words[other.start]))

    def _of_office(self, name: Span, people: list[Span]) -> tuple[str | None, list[Span]]:
        """The office beside a name, if it tells of several people who is meant, and these: "*Sheriff* Ray"."""
        office = self._role_beside(name) if len(set(map(self._identity, people))) > 1 else None
        if office is None or name.label_ != "PERSON":
            return None, people
        words, nouns = set(office.casefold().split()), offices_of(office)
        roles = [(person, self._role_beside(person) or "") for person in people]
        held = [person for person, role in roles if words <= set(role.casefold().split())]
        if not held and words.isdisjoint(LESSER):
            held = [person for person, role in roles if not nouns.isdisjoint(offices_of(role))]
        return (office.casefold(), held) if held else (None, people)

    def _role_beside(self, name: Span) -> str | None:
        return role_of(name, self._source_at.get(name.start))

    def _find_abbreviated_offices(self) -> dict[int, Span]:
        """By where it starts, whom the abbreviation of an office in capitals means that one person has: "the *PM*"."""
        short = [name for name in self.names if _is_short_office(name) and not self._longer(name)]
        if not short:
            return {}
        held: dict[str, dict[tuple[str, ...], Span]] = {}
        for person in (name for name in self.names if name.label_ == "PERSON" and name not in short):
            initials = initials_of(self._office(self._role_beside(person) or ""))
            if initials is not None:
                fullest = self._fullest[person.start]
                held.setdefault(initials, {}).setdefault(self._identity(fullest), fullest)
        found = ((name.start, held.get(self._words[name.start][0], {})) for name in short)
        return {start: next(iter(people.values())) for start, people in found if len(people) == 1}

    def _office(self, role: str) -> str:
        """A role without the country or the body before it: "the French" or "Norland's" before "Prime Minister"."""
        words = role.split()
        for n in range(len(words) - 1, 0, -1):
            before = " ".join(words[:n])
            if before.endswith(("'s", "’s")) or before in self._texts or country_of(before, "NORP") is not None:
                return " ".join(words[n:])
        return role

    @cached_property
    def _texts(self) -> set[str]:
        return {name_text(name) for name in self.names if name.label_ != "PERSON"}

    def _longer(self, name: Span) -> list[Span]:
        words, form = self._words[name.start], self._plain[name.start]
        if defined := self._defined.get(form):
            return defined
        ends, inside = (
            [other for other in forms.get(form, ()) if self._may_be(name, other)]
            for forms in (self._forms, self._inner_forms)
        )
        found = ends or inside
        if name.start not in self._owner and _is_bare(name):
            before = (other for other in self._owned.get(form, ()) if other.start < name.start)
            found = sorted((*found, *before), key=lambda other: other.start)
        found = [other for other in found if other.label_ == name.label_] or found
        sure = [other for other in found if other.start not in self._doubtful]
        return sure or (found if len(words) == 1 else [])

    def _may_be(self, short: Span, full: Span) -> bool:
        """Whether a name that is a shorter form of another by its words is of the same kind and names the same."""
        words = self._words[short.start]
        owners = {each.name for name in (short, full) if (each := self._owner.get(name.start)) is not None}
        if len(owners) > 1:
            return False
        if full.label_ == "ORG" and words in acronyms(self._words[full.start]):
            return True
        is_of_kind = short.label_ == full.label_ or UNTYPED in (short.label_, full.label_) or _is_firm(short, full)
        return is_of_kind and (full.label_ != "ORG" or _is_same_body(words, full))


def _is_bare(name: Span) -> bool:
    """Whether the word before a name does not say whose it is, or that it is any of its kind."""
    before = name.doc[name.start - 1] if name.start else name[0]
    return before.tag_ not in ("POS", "PRP$") and (before.tag_ != "DT" or before.lower_ == "the")


def _is_firm(short: Span, full: Span) -> bool:
    """Whether what was taken for a person may be a body that is called by its first word: "Larkspur" Pictures."""
    if (short.label_, full.label_) != ("PERSON", "ORG") or len(short) > 1 or title_start(short) < short.start:
        return False
    following = full[1:2].text
    return full[0].text == short.text and following[:1].isalpha()


def _of_gender(gender: int | None, people: list[Span]) -> list[Span]:
    """Those whose given names say that they are of the gender of a title, else whose say nothing, else all."""
    if gender is None:
        return people
    told = [given_name_gender(name_text(person)) for person in people]
    same, unknown = ([p for p, each in zip(people, told, strict=True) if each == which] for which in (gender, None))
    return same or unknown or people


def _is_abbreviated(name: Span, short: str) -> bool:
    """Whether what stands in brackets after a name is short for it; a body's may be in another language.

    "Doctors Without Borders (MSF)". Not so where it is short for more words than the name has.
    """
    if abbreviates(short, name.text):
        return True
    longer = name.doc[max(name.sent.start, name.start - len(short)) : name.end]
    is_other = abbreviates(short, longer.text) or country_of(short, "GPE") is not None
    return name.label_ == "ORG" and len(short) > 1 and not is_other


def _is_pair(name: Span) -> bool:
    """Whether a name may be two that a hyphen joins."""
    return len(name.text.split()) == 1 and any(is_hyphen(token) for token in name)


def _is_in_headline(name: Span) -> bool:
    """Whether all verbs and longer words of a name's sentence have capitals, as those of a headline."""
    return not any(token.is_lower and (len(token) > 4 or token.tag_.startswith("VB")) for token in name.sent)


def _heads_before(name: Span) -> Iterator[Token]:
    """The words before a name that it is in apposition to, "the *envoy*, a *diplomat*, Ana", or hangs on as on a title.

    Apposition passes on: what the envoy is called is whom "a diplomat" beside it is.
    """
    head = name.root.head
    if name.root.dep_ == "flat" and head.i == name.start - 1:
        yield head
    elif is_apposed(name, head):
        yield head
        while head.dep_ == "appos":
            head = head.head
            yield head


def _names(doc: Doc, sources: list[Span]) -> list[Span]:
    """The named entities, and the proper nouns that head a source without being part of one, in order."""
    names = [ent for ent in doc.ents if ent.label_ in TYPES]
    covered = {token.i for name in names for token in name}
    heads = [
        head
        for source in sources
        if (head := head_of(source)).i not in covered and not head.is_space and not _has_name(head, source, names)
    ]
    for head in heads:
        office = office_alone(head)
        if (office is not None and is_of_words(office)) or _is_thing_of(head, covered):
            continue
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


def _has_name(head: Token, source: Span, names: list[Span]) -> bool:
    """Whether a person's name in the source has *head* as its title or says whom that stands for."""
    people = (
        name for name in names if name.label_ == "PERSON" and source.start <= name.start and name.end <= source.end
    )
    return any(title_start(name, source) <= head.i < name.start or is_named(head, name, source) for name in people)


def _is_thing_of(noun: Token, covered: set[int]) -> bool:
    """Whether a capitalised common noun is of who has a name, "Norland's *Office*", and no name by itself."""
    before = noun.doc[max(noun.i - 2, 0) : noun.i]
    return len(before) == 2 and before[1].tag_ == "POS" and before[0].i in covered and is_noun(noun.text)


def _proper_noun(head: Token, covered: set[int]) -> Span:
    def belongs(token: Token) -> bool:
        return token.tag_ in PROPER_NOUNS and not token.is_space and token.i not in covered

    doc, start, end = head.doc, head.i, head.i + 1
    while start > head.sent.start:
        is_owned = doc[start - 1].tag_ == "POS" and start - 2 >= head.sent.start  # "the Prime Minister's Office"
        first = start - 1 - is_owned
        if not belongs(doc[first]):
            break
        start = first
    while end < head.sent.end and belongs(doc[end]):
        end += 1
    return Span(doc, start, end_with_ending(doc, start, end), label=UNTYPED)


def name_words(ent: Span) -> tuple[str, ...]:
    """The words of a name without articles, possessive endings and punctuation."""
    words = tuple(token.text for token in ent if _is_word(token))
    return (words[0].replace(".", ""),) if len(words) == 1 and words[0].isupper() else words


def _is_word(token: Token) -> bool:
    return not token.is_punct and not token.is_space and token.tag_ not in ("POS", "DT")


def short_forms(full: tuple[str, ...], label: str) -> set[tuple[str, ...]]:
    """The shorter forms of a name: its first words, its last words and, of an organisation, its initials.

    "Kim", "Cha" and "Stoltenberg" alike. A person's may be without "Jr.", initials and names in the middle, but "Ana
    Lopez" is not "Ana Lopez Jr."; the initials of an organisation are no country ("US"). A place has none: "Korea" is
    neither of two.
    """
    if label not in ("PERSON", "ORG", UNTYPED):
        return set()
    forms = ends_of(full)
    if label == "ORG":
        initials = {form for form in acronyms(full) if len(form[0]) > 1 and country_of(form[0], "GPE") is None}
        return forms | initials
    if label == "PERSON" and len(full) > 1:
        cut = len(full) - (generation(full[-1]) in GENERATIONS)
        name, suffix = full[:cut], full[cut:]
        short = (name[0], *(word for word in name[1:-1] if not INITIALS.fullmatch(word)), *name[1:][-1:])
        forms |= ends_of(name) | ends_of(short) | {(*short, *suffix), (*short[:1], *short[1:][-1:])}
        others = {name, short} if len(name) > 1 and suffix and generation(suffix[0]) in JUNIOR else set()
        forms -= {full} | others
    return forms


def _is_short_office(name: Span) -> bool:
    """Whether a name is "the" and two to four capitals that are no country's."""
    word = name[-1].text
    is_short = len(name_words(name)) == 1 and word.isalpha() and word.isupper() and 2 <= len(word) <= 4
    articles = (name[0].lower_, name.doc[max(name.start - 1, 0)].lower_)
    return is_short and "the" in articles and country_of(word, "GPE") is None


def initials_of(office: str) -> str | None:
    """The first letters of an office of several words that all have capitals, but for "of" and its like."""
    words = [word for word in office.split() if word not in OF_OFFICES]
    return "".join(word[0] for word in words) if len(words) > 1 and all(word[0].isupper() for word in words) else None


def generation(word: str) -> str:
    """The word as ``GENERATIONS`` have it."""
    return word.rstrip(".").casefold()


def ends_of(words: tuple[str, ...]) -> set[tuple[str, ...]]:
    """The first and the last words of a name, of whatever number but all."""
    return {part for n in range(1, len(words)) for part in (words[:n], words[n:])}


def _is_same_body(short: tuple[str, ...], full: Span) -> bool:
    """Whether an organisation is still itself without what a shorter name leaves off.

    That is what begins with a preposition, a country, or any noun before it: "the Federal Reserve" is another body than
    the Federal Reserve Bank of Dallas, as the Democratic Party is than the Liberal Democratic Party. An abbreviation is
    a whole name: "UN" is not the UN Security Council.
    """
    words = [token for token in full if _is_word(token)]
    if len(words) <= len(short):  # "Wal Mart" and "Wal-Mart Stores"
        return True
    begins = plain(tuple(word.text for word in words[: len(short)])) == plain(short)
    if len(short) == 1:
        return not (begins and _is_abbreviation(short[0]))
    if begins:
        return words[len(short)].tag_ == "IN"
    rest = words[: -len(short)]
    return rest[-1].dep_ != "amod" or country_of(" ".join(word.text for word in rest), "NORP") is not None


def _is_abbreviation(word: str) -> bool:
    return word.isupper() and len(word.replace(".", "")) > 1


def inner_forms(full: tuple[str, ...], label: str) -> set[tuple[str, ...]]:
    """What stands between the first and the last word of a person's name: "Maduro" of "Nicolás Maduro Moros"."""
    if label != "PERSON":
        return set()
    return {full[i:j] for i in range(1, len(full) - 1) for j in range(i + 1, len(full))}


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


def nouns_of(name: str) -> list[str]:
    """The words of a longer name by one of which "the" calls it, lower-case: its last, and the one before "of"."""
    words = name.casefold().split()
    if len(words) < 2:
        return []
    before = [word for word, following in pairwise(words) if following in PREPOSITIONS]
    return list(dict.fromkeys([words[-1], *before[:1]]))


def offices_of(role: str) -> set[str]:
    """The nouns of a role that may stand for who has it, lower-case: of "Chief of Staff and former senator" two."""
    words = re.split(r",|\b(?:of|for|at|to|in|on|from|with)\b", role.casefold())[0]
    return {part.split()[-1] for part in re.split(r"\band\b|/", words) if part.split()}


def name_text(ent: Span) -> str:
    """The name on one line, as ``name_span`` has it."""
    return one_line(name_span(ent))


def name_span(ent: Span) -> Span:
    """The name without an article before it, and without a possessive ending or marks after it."""
    start, end = ent.start, ent.end
    while end - start > 1 and (is_possessive(ent.doc[start:end]) or ent.doc[end - 1].is_punct):
        end -= 1
    while end - start > 1 and (ent.doc[start].tag_ == "DT" or ent.doc[start].is_punct):
        start += 1
    return ent.doc[start:end]


def is_possessive(name: Span) -> bool:
    """Whether a name ends in "'s" as the owner of what follows, "Kim's aides"; "Moody's said" is all of the name."""
    if name[-1].tag_ != "POS":
        return False
    doc = name.doc
    of = name.start > 0 and doc[name.start - 1].lower_ == "of"  # "an aide of Kim's said"
    if of or name.end == len(doc):
        return True
    following = doc[name.end]
    return following.tag_ not in AFTER_NOUNS and not (following.tag_ == "VBN" and following.dep_ == "ROOT")


def end_with_ending(doc: Doc, start: int, end: int) -> int:
    """Where a name ends with the "'s" after it, if it owns nothing, so that this is of it: "Moody's said"."""
    return end + (end < len(doc) and doc[end].tag_ == "POS" and not is_possessive(doc[start : end + 1]))


def plain(words: tuple[str, ...]) -> tuple[str, ...]:
    """A name's words as they are compared: without case, accents, dots and hyphens, and initials that follow as one."""
    letters = normal(" ".join(words)).casefold()
    return tuple(re.sub(r"\b(\w) (?=\w\b)", r"\1", letters).split()) or words
