"""Say who the source of each attribution is: the mention inside the source, its fullest name in the document, its role.

Names are matched within the document: a shorter name stands for the longer one that contains it. A pronoun, or a
description with "the", stands for what ``components.coreference`` finds; "I" and "we" inside a quotation are its
speaker, and a relative pronoun is what its clause belongs to. Where that finds nothing, a pronoun is left unresolved
rather than guessed, and a description ("Ukrainian officials") is its own name.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import starmap
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup, Token

from nlpclaims.components.attribution import Attribution
from nlpclaims.components.bylines import author, byline_tokens, label_of_turn, turns
from nlpclaims.components.coreference import PLURALS
from nlpclaims.components.names import NameBook, is_possessive, name_text
from nlpclaims.components.phrase_ends import relative_clause
from nlpclaims.components.phrases import (
    DETERMINERS,
    PRONOUN_TAGS,
    TITLE_TAGS,
    described,
    described_type,
    head_of,
    is_affiliation,
    is_apposed,
    is_governed,
    is_named,
    is_negated_source,
    is_owner,
    office_alone,
    one_line,
    role_of,
    selected,
    title_start,
)
from nlpclaims.components.quotes import quotations_of
from nlpclaims.components.stored import store
from nlpclaims.components.tags import NOUNS

FIRST_PERSON = frozenset({"i", "we", "my", "our"})
SINGULAR = frozenset({"NN", "NNP"})
AUTHOR = frozenset({"i", "me", "my"})
ANSWER = "A"
"""The label of an answer, where the turns of an interview are "Q" and "A"."""
NEVER = {"which": ("PERSON", "person"), **dict.fromkeys(("who", "whom"), ("GPE", "place", "thing"))}
"""The types of what a relative pronoun does not stand for."""
BETWEEN = frozenset({",", "-", "\u2013", "\u2014", "--", ")"})
BESIDE = frozenset({"conj", "appos", "flat", "compound", "nmod:desc"})


class ActorMention(NamedTuple):
    """An actor of one attribution: ``start`` and ``end`` are the tokens of its mention in the source."""

    attribution: str
    start: int
    end: int
    name: str
    type: str
    role: str | None
    resolved_by: str


if not Doc.has_extension("actors"):
    store("actors", lambda rows: tuple(starmap(ActorMention, rows)))
    store("names", dict)
    Doc.set_extension("roles", default={})


@Language.factory(
    "nlpclaims_actors",
    assigns=["doc.spans", "doc._.actors", "doc._.names", "doc._.roles"],
    requires=["doc.ents", "doc.spans", "token.dep", "token.head", "token.tag", "token._.noun_type"],
)
def make_actors(nlp: Language, name: str) -> "ActorComponent":  # noqa: ARG001 (spaCy passes both)
    return ActorComponent()


class ActorComponent:
    """Writes the actors and the names of a document.

    ``doc._.actors`` holds an ``ActorMention`` for each actor of each attribution, and ``doc.spans["actor"]`` their
    mentions (label: type, id: attribution). ``doc._.names`` maps the token range ``(start, end)`` of each name in the
    document to the fullest name and the type of whom it names, and ``doc._.roles`` the fullest names of persons to the
    first role that is stated of them.
    """

    def __call__(self, doc: Doc) -> Doc:
        attributions = doc._.attributions
        names = NameBook(doc, attributions)
        resolver = _Resolver(doc, attributions, names)
        found = [actor for attribution in attributions for actor in resolver.actors(attribution)]
        doc._.actors = tuple(found)
        doc._.names = {(name.start, name.end): (names.fullest(name), names.type(name)) for name in names.names}
        doc._.roles = names.roles
        doc.spans["actor"] = SpanGroup(
            doc, name="actor", spans=[Span(doc, a.start, a.end, label=a.type, span_id=a.attribution) for a in found]
        )
        return doc


class _Resolver:
    """Finds the actors of a document's attributions, each of them once."""

    def __init__(self, doc: Doc, attributions: list[Attribution], names: NameBook) -> None:
        self.doc, self.attributions, self.names = doc, attributions, names
        self._actors: dict[str, list[ActorMention]] = {}
        self._quoted = quotations_of(doc)

    def actors(self, attribution: Attribution) -> list[ActorMention]:
        """The actors of an attribution, in the order of their mentions; none while they are being looked for."""
        if attribution.id not in self._actors:
            self._actors[attribution.id] = []
            source = attribution.source
            if source is not None and not is_negated_source(source):
                # Two heads of a source can lead to one name: the name that follows a description, and its conjunct.
                found: dict[str, ActorMention] = {}
                find = self._of_letter if _is_letter(source) else self._of_source
                for actor in find(attribution, source):
                    found.setdefault(actor.name, actor)
                self._actors[attribution.id] = list(found.values())
        return self._actors[attribution.id]

    def _of_letter(self, attribution: Attribution, source: Span) -> Iterator[ActorMention]:
        interviewee = self._interviewee if source.text == ANSWER else None
        if interviewee is not None:
            yield ActorMention(attribution.id, source.start, source.end, *self._named(interviewee)[:3], "alias")

    def _of_source(self, attribution: Attribution, source: Span) -> Iterator[ActorMention]:
        members = _members(source, self.names)
        for head in members:
            if head.is_space or head.tag_ == "POS":  # no word, though the parser takes it for one
                continue
            own_part = _part_of(head, members, source, self.names)
            entity, holder = _entity_at(head, own_part, self.names), self._holder(head)
            if holder is not None:
                start, end = described(head, source.start, source.end)
                yield ActorMention(attribution.id, start, end, *self._named(holder)[:3], "description")
            elif entity is not None:
                whole = self.names.whole(entity)
                own = name_text(whole)
                start, end = max(whole.start, source.start), entity.end
                while end - start > 1 and (is_possessive(self.doc[start:end]) or self.doc[end - 1].is_space):
                    end -= 1
                who = self._named(entity, own_part)
                resolved_by = "name" if own == who.name else "alias"
                yield ActorMention(attribution.id, start, end, *who[:3], resolved_by)
            elif (some := selected(head, source)) is not None:
                who = Referent(one_line(some), described_type(head), None)
                yield ActorMention(attribution.id, some.start, some.end, *who[:3], "description")
            elif head.tag_ in PRONOUN_TAGS:
                for who in self._pronoun(head, attribution):
                    yield ActorMention(attribution.id, head.i, head.i + 1, *who[:3], "pronoun")
            else:
                start, end = described(head, source.start, source.end)
                # The parse has the President in apposition to "an aide to President Ana Lopez".
                held = (n for n in self.names.within(source) if is_apposed(n, head) and is_governed(n, head))
                end = max((name.end for name in held), default=end)
                phrase = one_line(self.doc[start:end])
                referent = self._antecedent(head)
                if referent is None or referent.is_described:
                    referent = self._named_later(head, self.doc[start:end])
                if referent is None:
                    referent = Referent(phrase, described_type(head), None)
                yield ActorMention(attribution.id, start, end, *referent[:3], "description")

    def _named(self, name: Span, source: Span | None = None) -> "Referent":
        return Referent(self.names.fullest(name), self.names.type(name), self.names.role(name, source))

    def _pronoun(self, pronoun: Token, attribution: Attribution) -> "list[Referent]":
        """Whom a pronoun stands for; "they" may be several, each of whom the document names."""
        if pronoun.tag_ in ("WP", "WDT"):
            noun = self._relative_antecedent(pronoun)
            if noun is None:
                return []
            if noun.tag_ in PRONOUN_TAGS:
                return self._pronoun(noun, attribution)
            return [self._antecedent(noun) or self._noun(noun)]
        if pronoun.lemma_.lower() in FIRST_PERSON:
            return self._speaker(pronoun, attribution)
        noun = self._antecedent_of(pronoun)
        if noun is None:
            return []
        others = self.names.joined(self.names.at(noun.i) or [noun]) if pronoun.lower_ in PLURALS else ()
        return [self._noun(noun), *map(self._named, others)]

    def _relative_antecedent(self, pronoun: Token) -> Token | None:
        """What a relative pronoun's clause hangs on, else the word before the pronoun: whichever it can stand for.

        Of "her rival, Sen. Ana Lopez, who" and "Capt. Bo Lind, who" it is the person named right before it.
        """
        clause, before = relative_clause(pronoun), _word_before(pronoun)
        head = None if clause is None else clause.head
        named = None if before is None else self.names.at(before.i)
        likely = (head, before)
        if head is not None and head.tag_ in SINGULAR and self.names.at(head.i) is None:
            is_other = named is None or named.label_ != "PERSON" or is_governed(named, head)
            likely = (head, before) if is_other else (before, head)
        return next((word for word in likely if word is not None and self._may_be(pronoun, word)), None)

    def _may_be(self, pronoun: Token, word: Token) -> bool:
        """Whether the pronoun can stand for a word: "who" for no thing and no place, "which" for no person."""
        name = self.names.at(word.i)
        kind = word._.noun_type if name is None else self.names.type(name)
        return kind not in NEVER.get(pronoun.lower_, ())

    def _speaker(self, pronoun: Token, attribution: Attribution) -> "list[Referent]":
        """The one actor of the attribution whose content is a quotation that holds the pronoun."""
        if not any(start <= pronoun.idx < end for start, end in self._quoted):
            return self._author(pronoun)
        for other in self.attributions:
            inside = any(span.start <= pronoun.i < span.end for span in other.content)
            if other.id != attribution.id and inside and len(actors := self.actors(other)) == 1:
                return [Referent(actors[0].name, actors[0].type, actors[0].role)]
        return []

    def _author(self, pronoun: Token) -> "list[Referent]":
        """Who is "I" outside of quotations: whom the label of a turn names or means, else the author, if any is."""
        if pronoun.lower_ not in AUTHOR:
            return []
        label = label_of_turn(pronoun, self._turns)
        if label is None:
            name = author(self.doc)
        elif label.text == ANSWER:
            name = self._interviewee
        else:
            name = label[-1:]
        known = None if name is None else self.names.at(name.start)
        return [self._named(known)] if known is not None and self.names.type(known) == "PERSON" else []

    @cached_property
    def _turns(self) -> list[Span]:
        return turns(self.doc)

    @cached_property
    def _interviewee(self) -> Span | None:
        """Who answers in an interview: the one person in its headline, else before its first turn; no author."""
        first, apart = self._turns[0].start if self._turns else 0, byline_tokens(self.doc)
        headline = next((token.i for token in self.doc if "\n" in token.text), 0)
        for end in (min(headline, first), first):
            before = [name for name in self.names.names if name.end <= end and name.start not in apart]
            people = {self.names.fullest(name): name for name in before if self.names.type(name) == "PERSON"}
            if people:
                return next(iter(people.values())) if len(people) == 1 else None
        return None

    def _antecedent(self, anaphor: Token) -> "Referent | None":
        found = self._antecedent_of(anaphor)
        return None if found is None else self._noun(found)

    def _named_later(self, noun: Token, phrase: Span) -> "Referent | None":
        """Whom a description of a headline or a lead stands for, where the article names who that is below it."""
        words = (token.text for token in phrase if token.is_alpha and token.tag_ not in ("POS", "IN"))
        name = self.names.named_later(noun, words) if noun.tag_ in SINGULAR else None
        return None if name is None else self._named(name)

    def _holder(self, office: Token) -> Span | None:
        """The name of who is "the Prime Minister", if the document says that of one."""
        if office_alone(office) != office:
            return None
        start, end = described(office, office.sent.start, office.sent.end)
        return self.names.holder(one_line(self.doc[start:end]), office.i)

    def _antecedent_of(self, anaphor: Token) -> Token | None:
        """The noun that the anaphor refers to, by way of other descriptions where need be."""
        antecedents = self.doc._.antecedents
        place = anaphor.i
        while place in antecedents:
            place = antecedents[place]
            if self.names.at(place) is not None:
                break
        found = self.doc[place]
        return found if place != anaphor.i and found.tag_ not in PRONOUN_TAGS else None

    def _noun(self, noun: Token) -> "Referent":
        name = self.names.at(noun.i) or self.names.beside(noun.i)
        if name is not None:
            return self._named(name)
        start, end = described(noun, noun.sent.start, noun.sent.end)
        return Referent(one_line(self.doc[start:end]), described_type(noun), None, is_described=True)


class Referent(NamedTuple):
    """Whom a mention stands for; *is_described* where the document gives no name."""

    name: str
    type: str
    role: str | None
    is_described: bool = False


def _is_letter(source: Span) -> bool:
    """Whether the source is no name, but the letter that a turn begins with: "Q: Why?"."""
    return len(source.text) == 1 and source.text.isupper() and source.doc[source.end : source.end + 1].text == ":"


def _word_before(pronoun: Token) -> Token | None:
    """The noun that ends right before a relative pronoun, but for a comma, a dash or what stands in brackets."""
    doc, place = pronoun.doc, pronoun.i - 1
    while place >= 0 and doc[place].text in BETWEEN:
        opening = place if doc[place].text != ")" else _last(doc, "(", place)
        place = opening - 1
    return doc[place] if place >= 0 and doc[place].tag_ in NOUNS else None


def _last(doc: Doc, text: str, before: int) -> int:
    return next((i for i in reversed(range(before)) if doc[i].text == text), 0)


def _members(source: Span, names: NameBook) -> list[Token]:
    """The heads of those who are the source together: its own, and what the parser joins to it or to its name.

    A list that begins with a person has all whose names or titles follow a comma or "and".
    """
    heads = [head_of(source)]
    for head in heads:
        words = _entity_at(head, source, names) or ()
        for child in (child for word in {head, *words} for child in word.children):
            is_new = source.start <= child.i < source.end and child not in (*heads, *words)
            if is_new and _is_joined(child, source, names):
                heads.append(child)
    listed = [name for name in names.within(source) if name.label_ == "PERSON" and _follows_joint(name, source)]
    found = [_entity_at(head, source, names) for head in heads]
    if found[0] is not None and found[0].label_ == "PERSON" and any(_follows_joint(n, source, ("CC",)) for n in listed):
        missed = (name for name in listed if name not in found and not is_affiliation(name[0], source))
        heads += [name.root for name in missed if _is_in_list(name.root, source)]
    return sorted(heads, key=lambda head: head.i)


def _part_of(head: Token, members: list[Token], source: Span, names: NameBook) -> Span:
    """What the source says of one of its members: "the mayor, Ana Ruiz" of "the mayor, Ana Ruiz, and her deputy"."""
    joints = [t.i for t in source if t.lower_ == "and" and t.i > source.start and t.nbor(-1).text == ","]
    joints = [i for i in joints if members[0].i < i < members[-1].i]
    if not joints:
        return source
    ends = ((names.at(member.i) or [member])[-1].i for member in members if member.i < head.i)
    start = max([source.start, *(i + 1 for i in (*joints, *ends) if i < head.i)])
    return source.doc[start : min((i for i in joints if i > head.i), default=source.end)]


def _is_in_list(word: Token, source: Span) -> bool:
    """Whether the parse has a word beside the others of the source, and not as what one of them has or does."""
    while source.start <= word.head.i < source.end and word.head.i != word.i:
        if word.dep_ not in BESIDE:
            return False
        word = word.head
    return True


def _follows_joint(name: Span, source: Span, tags: tuple[str, ...] = ("CC", ",")) -> bool:
    """Whether a comma or "and" stands before a name in the source, or before its title or that one's article."""
    start = title_start(name, source)
    start -= start > source.start and name.doc[start - 1].tag_ == "DT"
    return start > source.start and name.doc[start - 1].tag_ in tags


def _is_joined(word: Token, source: Span, names: NameBook) -> bool:
    """Whether the parse has the word in a list with its head, if only as a part of the name before a comma or "and"."""
    if word.tag_.startswith("V") or is_owner(word, source) or is_affiliation(word, source):
        return False
    if word.dep_ == "conj":
        if names.at(word.i) is None and _is_role(word, source, names):
            return False
        after, alone = (any(t.dep_ == "case" and t.tag_ == "IN" for t in w.children) for w in (word, word.head))
        return alone or not after
    is_apart = any(t.dep_ == "cc" or t.text == "," for t in word.lefts)
    return word.dep_ == "flat" and is_apart and names.at(word.i) != names.at(word.head.i)


def _is_role(word: Token, source: Span, names: NameBook) -> bool:
    """Whether the word, which the parse joins to others, says more of a name before it.

    That is an office after another one, "Ana Lopez, the firm's founder and *head*", what stands right after the name
    and a comma as its role, or a part of that, "a lawyer and the report's *author*".
    """
    bare = word.tag_ == "NN" and not any(child.dep_ in ("det", "nmod:poss") for child in word.children)
    if bare and any(child.dep_ == "appos" and word.head.i < child.i < word.i for child in word.head.children):
        return True
    start, end = described(word, source.start, source.end)
    before = start - 1
    while before > source.start and word.doc[before].tag_ in DETERMINERS:
        before -= 1
    name = names.at(before - 1) if before > source.start and word.doc[before].text == "," else None
    if name is not None and name.label_ == "PERSON" and role_of(name, source) == one_line(word.doc[start:end]):
        return True
    people = [other for other in names.within(source) if other.label_ == "PERSON" and other.end < start]
    return bool(people) and _is_in_role(word, people[-1], source)


def _is_in_role(word: Token, name: Span, source: Span) -> bool:
    """Whether the word is one of those after "and" in the role that stands after a name: "a lawyer and an *author*"."""
    role = role_of(name, source) or ""
    if " and " not in role:
        return False
    places = ((i, j) for i in range(name.end, word.i) for j in range(word.i + 1, source.end + 1))
    return any(one_line(word.doc[i:j]) == role for i, j in places)


def _entity_at(head: Token, source: Span, names: NameBook) -> Span | None:
    """The name of what *head* stands for: the one it is a title of, the one it lies in, or the one that names it."""
    inside = names.within(source)
    people = [name for name in inside if name.label_ == "PERSON"]
    for name in people:
        ends = name.end == source.end or head.doc[name.end].tag_ not in TITLE_TAGS
        if ends and title_start(name, source) <= head.i < name.end:
            return name
    holding = names.at(head.i)
    if holding in inside:
        return holding
    for name in people:
        if is_named(head, name, source):
            return name
    for name in inside:
        if (
            name.root.head == head
            and name.root.dep_ == "appos"
            and name.start > head.i
            and head._.noun_type != "person"
        ):
            return name
    return None


def pairs_of(actors: Iterable[ActorMention]) -> dict[str, list[ActorMention]]:
    """The actors by the attribution that they belong to."""
    grouped: dict[str, list[ActorMention]] = {}
    for actor in actors:
        grouped.setdefault(actor.attribution, []).append(actor)
    return grouped
