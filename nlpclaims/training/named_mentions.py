"""Names of persons, bodies and places out of a corpus that marks all mentions of entities (GUM's ``Entity=``).

What is annotated there is the whole noun phrase, "the actor Jared Padalecki, born in 1982"; a name is what of it is
written with proper nouns round the phrase's head, as Universal NER marks names.
"""

from typing import NamedTuple

from nlpclaims.components.entities import OTHER
from nlpclaims.components.tags import PROPER_NOUNS
from nlpclaims.evaluation.conllu import Mention, Sentence, mentions

LABELS = {"person": "PERSON", "organization": "ORG", "place": "LOC", "event": OTHER, "object": OTHER, "abstract": OTHER}
"""Our labels of GUM's types; the names of others, such as dates, are none."""
PARTS = frozenset({"flat", "compound", "goeswith"})
PARTS_OF_ALL_BUT_PERSONS = PARTS | {"nmod", "amod", "nummod"}
JOINTS = frozenset({"of", "for", "the", "&", "on", "to", "at", "de", "-", "'s", "’s"})
"""What stands between the parts of a name: "University *of* North Carolina *at* Chapel Hill"."""


class Names(NamedTuple):
    """The names of a sentence, start and end in words with the label, and stretches that may or may not be names."""

    names: list[tuple[int, int, str]]
    unsure: list[tuple[int, int]]


def named_mentions(sentence: Sentence, titles: frozenset[str] = frozenset()) -> Names:
    """The names of a sentence; *titles*, lower-case words, are not part of a person's name at its start.

    A name inside of another one is left out; inside of another thing's, such as an event's, it is unsure, and so are
    persons in the plural and titles alone.

    Raises:
        CorpusError: see ``conllu.mentions``.
    """
    found = Names([], [])
    named = {(*span, mention.type) for mention in mentions(sentence) if (span := _name(mention, sentence)) is not None}
    end, outer = 0, None
    for start, stop, kind in sorted(named, key=lambda name: (name[0], -name[1], name[2])):
        label = LABELS.get(kind)
        if start < end:
            if label is not None and outer is None and (not found.unsure or found.unsure[-1][1] <= start):
                found.unsure.append((start, stop))
            continue
        end, outer = stop, label
        first = start
        while label == "PERSON" and first < stop and sentence.words[first].form.lower() in titles:
            first += 1
        if label == "PERSON" and (first == stop or sentence.words[stop - 1].xpos == "NNPS"):
            found.unsure.append((start, stop))
        elif label is not None:
            found.names.append((first, stop, label))
    return found


def _name(mention: Mention, sentence: Sentence) -> tuple[int, int] | None:
    """The words of *mention* that are its name, if it has one: those round its head that are parts of it."""
    words = sentence.words
    inside = range(mention.start, mention.end)
    (head, *others) = [i for i in inside if words[i].head - 1 not in inside]
    if others or words[head].xpos not in PROPER_NOUNS:
        return None
    relations = PARTS if mention.type == "person" else PARTS_OF_ALL_BUT_PERSONS
    parts = {head}
    for _ in inside:
        parts |= {
            i
            for i in inside
            if words[i].head - 1 in parts and words[i].deprel in relations and words[i].form[:1].isupper()
        }
    start = stop = head
    while start - 1 in parts:
        start -= 1
    while part := next((i for i in range(stop + 1, mention.end) if words[i].form.lower() not in JOINTS), None):
        if part not in parts:
            break
        stop = part
    return start, stop + 1
