"""Names as the entity recogniser finds them, with all of their words and nothing else."""

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from nlpclaims.components.bylines import like_bylines
from nlpclaims.components.gazetteer import country_of, normal
from nlpclaims.components.genders import read_given_names
from nlpclaims.components.names import (
    GENERATIONS,
    INITIALS,
    end_with_ending,
    ends_of,
    generation,
    name_text,
    name_words,
    plain,
)
from nlpclaims.components.phrases import is_honorific, is_hyphen, is_of_words, office_alone, title_start
from nlpclaims.components.tags import COMMON_NOUNS, PROPER_NOUNS

LONGEST_INITIALS = 3
"""Letters and full stop of what may be a given name in short, "Wm."."""
LONGEST_HONOUR = 4
"""Letters of "KCMG"."""
LONGEST_NICKNAME = 6
"""Words of a nickname, with its marks and the one after it."""
MOST_BEFORE = 3
"""How many words of a country's name may stand before what was found of it."""


@Language.component(
    "nlpclaims_whole_names",
    assigns=["doc.ents"],
    requires=["doc.ents", "token.dep", "token.head", "token.tag", "token._.noun_type"],
)
def make_names_whole(doc: Doc) -> Doc:
    """Let names among ``doc.ents`` have all of their words, and nothing else.

    A person's begins where the parser has it begin (UD's ``flat`` joins names' parts) or with initials, after an
    abbreviated title ("Cllr."), does not end inside a word with a hyphen, and has its "Jr." but no "OBE"; an author's
    ends with the byline; that of a people or a country begins where the gazetteer has it begin ("South Koreans", "DR
    Congo"), and one that ends in a preposition goes on ("Bank of", "Japan"). "The Foreign Secretary" is no name, and
    no person's is what only the gazetteer knows, as a country, a capital or the seat of a government.
    """
    doc.set_ents(_joined(doc))
    whole: list[Span] = []
    entities = {token.i: ent for ent in doc.ents for token in ent}
    people = [(ent, ends_of(plain(name_words(ent)))) for ent in doc.ents if ent.label_ == "PERSON"]
    surnames = {end for _, ends in people for end in ends}
    called = {end for ent, ends in people if not is_honorific(ent[0].text) for end in ends}
    ends_of_bylines = [line.end for line in like_bylines(doc)]
    for ent in doc.ents:
        if whole and ent.end <= whole[-1].end:
            continue
        start, label = ent.start, ent.label_
        end = min([ent.end, *(line for line in ends_of_bylines if line > start)])
        office = office_alone(ent.root) if label == "PERSON" else None
        is_office = office is not None and is_of_words(office) and end <= office.i + 1
        if is_office and plain(name_words(ent)) not in surnames:
            continue
        if label in ("PERSON", "LOC") and (first := _start_of_country(ent)) is not None:
            start, label = first, "LOC"
        elif label == "PERSON" and _is_place(ent, surnames):
            label = "LOC"
        elif label == "PERSON":
            start = _after_title(doc, _start_of_person(ent, entities), end, called)
            end = _after_nickname(doc, start, end, entities)
            end = _end_of_generation(doc, _end_of_hyphenated(doc, start, end, entities))
            end = _before_honours(doc, start, end)
        elif label == "NORP" and start and _is_people(doc[start - 1 : end]):
            start -= 1
        elif ent[-1].tag_ == "IN" and end in entities:
            end = entities[end].end
        whole = [other for other in whole if other.end <= start]
        if label in ("ORG", "PERSON"):
            end = end_with_ending(doc, start, end)
        whole.append(Span(doc, start, end, label=label))
    doc.set_ents(whole)
    return doc


def _joined(doc: Doc) -> list[Span]:
    """The entities, those as one that are the parts of a person's name with a hyphen, "Jim-Bob Landry".

    Two surnames, as in "Trump-Kim Jong Un", are two.
    """
    surnames = {ent[-1].text: ent.start for ent in reversed(doc.ents) if ent.label_ == "PERSON" and len(ent) > 1}
    joined: list[Span] = []
    for ent in doc.ents:
        last = joined[-1] if joined else ent
        hyphen = ent.start - 1
        given = doc[last.start : hyphen] if last.end in (hyphen, hyphen + 1) else doc[:0]
        if len(given) and last.label_ == ent.label_ == "PERSON" and is_hyphen(doc[hyphen]):
            is_titled = last.start > 0 and is_honorific(last[0].nbor(-1).text)
            is_surname = surnames.get(given[-1].text, last.start) != last.start
            if (len(given) + len(ent) > 2 or is_titled) and not is_surname:
                joined[-1] = Span(doc, last.start, ent.end, label="PERSON")
                continue
        joined.append(ent)
    return joined


def _start_of_person(ent: Span, entities: dict[int, Span]) -> int:
    """Where a person's name begins that was cut, in a nickname's marks or before, without titles and other names."""
    doc = ent.doc
    start = first = min([ent.start, *(t.head.i for t in ent if t.dep_ == "flat")])
    is_joined = all(token.dep_ == "flat" or token.is_quote for token in doc[first + 1 : ent.start])
    before = doc[first : ent.start]
    if not is_joined or any(entities.get(t.i, ent).label_ != "PERSON" or t.tag_ in COMMON_NOUNS for t in before):
        start = ent.start
    while start > 0 and not doc[start].is_sent_start and start - 1 not in entities and _is_initial(doc[start - 1]):
        start -= 1
    is_cut = sum(token.is_quote for token in doc[start : ent.end]) == 1 and start > 0 and doc[start - 1].is_quote
    return start - is_cut


def _is_initial(word: Token) -> bool:
    return "." in word.text and INITIALS.fullmatch(word.text) is not None and country_of(word.text, "GPE") is None


def _is_people(words: Span) -> bool:
    """Whether the gazetteer has the people of a name, the first word of which is no article, "South Koreans"."""
    first, second = words[0], words[1]
    begins = first.is_title and first.tag_ != "DT" and not second.is_sent_start
    return begins and country_of(words.text, "NORP") is not None


def _end_of_hyphenated(doc: Doc, start: int, end: int, entities: dict[int, Span]) -> int:
    """Where a name ends that was cut in a word with hyphens, "Ban Ki-moon", the rest of which is of no other name."""
    while end < len(doc):
        hyphen = end - 1 if is_hyphen(doc[end - 1]) else end
        if not is_hyphen(doc[hyphen]) or hyphen + 1 >= len(doc):
            break
        following = doc[hyphen + 1]
        is_part = following.dep_ == "flat" and start <= following.head.i < end
        if not is_part and (following.i in entities or following.tag_ not in PROPER_NOUNS):
            break
        end = entities[following.i].end if following.i in entities else following.i + 1
    return end


def _after_nickname(doc: Doc, start: int, end: int, entities: dict[int, Span]) -> int:
    """Where a person's name ends that goes on after a nickname in quotation marks: Peter "The Hammer" Hansen."""
    marks = [token.i for token in doc[start : end + LONGEST_NICKNAME] if token.is_quote][:2]
    if len(marks) < 2 or not start < marks[0] <= end or marks[1] + 1 >= len(doc):
        return end
    nickname, after = doc[marks[0] + 1 : marks[1]], doc[marks[1] + 1]
    if any(token.is_punct or token.is_space for token in nickname) or after.is_sent_start:
        return end
    rest = entities.get(after.i)
    if rest is not None:
        return max(end, rest.end) if rest.label_ == "PERSON" else end
    is_part = after.dep_ == "flat" and start <= after.head.i < after.i and after.tag_ in PROPER_NOUNS
    return max(end, after.i + 1) if is_part else end


def _end_of_generation(doc: Doc, end: int) -> int:
    """Where a person's name ends that "Jr." or "III" may follow, maybe after a comma."""
    following = end + (doc[end : end + 1].text == ",")
    return following + 1 if generation(doc[following : following + 1].text) in GENERATIONS else end


def _after_title(doc: Doc, start: int, end: int, called: set[tuple[str, ...]]) -> int:
    """Where a person's name begins after words with a full stop that are no initials, "Cllr.".

    So it does after another title, "Herr", where somebody is *called* by what follows.
    """
    while end - start > 1 and len(doc[start]) > LONGEST_INITIALS and doc[start].text.find(".") == len(doc[start]) - 1:
        start += 1
    is_titled = end - start > 1 and is_honorific(doc[start].text)
    return start + 1 if is_titled and plain(name_words(doc[start + 1 : end])) in called else start


def _before_honours(doc: Doc, start: int, end: int) -> int:
    """Where a person's name ends before what is short and in capitals, "OBE", unless all of it is; two words stay."""
    last = end
    while last - start > 2 and _is_honour(doc[last - 1]):
        last -= 1
    is_generation = any(generation(word.text) in GENERATIONS for word in doc[last:end])
    return end if is_generation or all(word.is_upper for word in doc[start:last] if word.is_alpha) else last


def _is_honour(word: Token) -> bool:
    is_short = word.is_upper and word.is_alpha and 1 < len(word) <= LONGEST_HONOUR
    return is_short and not is_hyphen(word.nbor(-1))


def _is_place(ent: Span, surnames: set[tuple[str, ...]]) -> bool:
    """Whether the gazetteer alone knows what was taken for a person: no given name, title or longer name says so."""
    words = plain(name_words(ent))
    if country_of(name_text(ent), "GPE") is None or words in surnames or normal(ent.text) in read_given_names():
        return False
    before = ent.doc[ent.start - 1 : ent.start].text if ent.start else ""
    return not is_honorific(before) and title_start(ent) == ent.start


def _start_of_country(ent: Span) -> int | None:
    """Where the name of a country begins that was found without its first words."""
    doc, start, found = ent.doc, ent.start, None
    while start > 0 and ent.start - start < MOST_BEFORE and not doc[start].is_sent_start:
        start -= 1
        if doc[start].tag_ not in PROPER_NOUNS | {"JJ"}:
            break
        if country_of(doc[start : ent.end].text, "GPE") is not None:
            found = start
    return found
