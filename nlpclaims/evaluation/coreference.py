"""Score coreference on CoNLL-U files with ``Entity=`` in MISC, as UD English GUM has it, from their raw text.

Scored are names of persons, organisations and places, and the personal pronouns of the entities that have such a name;
descriptions are left out on both sides, and so is what is mentioned only once. A mention of the system is the smallest
gold one that it lies in and whose head it holds. MUC, B3 and CEAFe, and their mean, are those of the CoNLL 2012 shared
task, over all documents at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from nlpclaims.components.clusters import clusters_of
from nlpclaims.components.names import name_span
from nlpclaims.components.tags import PERSONAL_PRONOUNS, PROPER_NOUNS
from nlpclaims.errors import CorpusError, NlpclaimsError
from nlpclaims.evaluation.conllu import Sentence, mentions
from nlpclaims.evaluation.counts import percent
from nlpclaims.evaluation.pipeline import annotate, require
from nlpclaims.evaluation.syntax import raw_text, read_documents

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

NAMED_TYPES = frozenset({"person", "organization", "place"})
METRICS = ("muc", "b_cubed", "ceaf_e")

Range = tuple[int, int]
Place = tuple[int, int, int, bool]
"""A mention by its document, its characters, and whether it is gold, for the scorer to tell apart and to sort."""
Clusters = list[set[Place]]


class GoldMention(NamedTuple):
    """A mention that is scored: its characters and those of its head, and what it is a name or a pronoun of."""

    start: int
    end: int
    head: Range
    entity: str
    named: bool
    third_person: bool


class GoldDocument(NamedTuple):
    """A document's text and the mentions in it that are scored."""

    genre: str
    text: str
    mentions: list[GoldMention]


class SystemMention(NamedTuple):
    """A name or a pronoun that a pipeline found, by its characters."""

    start: int
    end: int
    named: bool


@dataclass
class Outcome:
    """What is scored of a document.

    Attributes:
        gold, system: clusters of more than one mention.
        pronouns: how many third-person pronouns of named entities there are.
        resolved: how many of them the system gives a name.
        right: how many of them it gives a name of theirs.
    """

    gold: Clusters = field(default_factory=list)
    system: Clusters = field(default_factory=list)
    pronouns: int = 0
    resolved: int = 0
    right: int = 0


def read_coreference(path: Path, genres: Sequence[str] = ()) -> Iterator[GoldDocument]:
    """Yield the documents of a CoNLL-U file, plain or gzipped: all, or those whose ``meta::genre`` is one of *genres*.

    Raises:
        InputError: the file cannot be read.
        CorpusError: a line is malformed, mentions do not open and close in turn, or there is no such document.
    """
    found: dict[str, None] = {}
    for document in read_documents(path):
        genre = document[0].genre
        found[genre] = None
        if not genres or genre in genres:
            text = raw_text(document)
            yield GoldDocument(genre, text, _scored(list(_gold_mentions(document, text))))
    missing = [genre for genre in genres if genre not in found]
    if missing:
        present = ", ".join(filter(None, found)) or "none"
        raise CorpusError(str(path), f"no document of genre {', '.join(missing)} (it has: {present})")


def _gold_mentions(document: Sequence[Sentence], text: str) -> Iterator[tuple[GoldMention, str]]:
    """Each mention of a document, with its type."""
    end = 0
    for sentence in document:
        places: list[Range] = []
        for token in sentence.surface:
            start = text.index(token.text, end)
            end = start + len(token.text)
            places += _word_places(sentence, token.first, token.end, start, token.text)
        for mention in mentions(sentence):
            inside = range(mention.start, mention.end)
            head = next(i for i in inside if sentence.words[i].head - 1 not in inside)
            word, (start, _), (_, last) = sentence.words[head], places[mention.start], places[mention.end - 1]
            pronoun = word.xpos in PERSONAL_PRONOUNS and len(inside) == 1
            if pronoun or word.xpos in PROPER_NOUNS:
                third = pronoun and "Person=3" in word.columns[5].split("|")
                yield GoldMention(start, last, places[head], mention.entity, not pronoun, third), mention.type


def _word_places(sentence: Sentence, first: int, end: int, start: int, text: str) -> Iterator[Range]:
    """The characters of the words of a token; each has all of them where they do not make up the token."""
    forms = [word.form for word in sentence.words[first:end]]
    whole = "".join(forms) == text
    for form in forms:
        yield start, start + len(form if whole else text)
        start += len(form) if whole else 0


def _scored(found: Sequence[tuple[GoldMention, str]]) -> list[GoldMention]:
    """The mentions of the entities that have a name and are a person, an organisation or a place."""
    entities = {mention.entity for mention, kind in found if mention.named and kind in NAMED_TYPES}
    return [mention for mention, _ in found if mention.entity in entities]


def system_clusters(doc: "Doc") -> list[list[SystemMention]]:
    """The clusters of a document that have a name: their names and personal pronouns."""
    named = {i for mention in doc._.names for i in range(*mention)}
    clusters = []
    for cluster in clusters_of(doc):
        found = []
        for start, end in cluster:
            span = doc[start:end]
            if span.root.i in named and span.root.tag_ != "JJ":  # "French" in "French wine" is no mention in GUM
                span = name_span(span)
                found.append(SystemMention(span.start_char, span.end_char, True))
            elif len(span) == 1 and span.root.tag_ in PERSONAL_PRONOUNS:
                found.append(SystemMention(span.start_char, span.end_char, False))
        if any(mention.named for mention in found):
            clusters.append(found)
    return clusters


def compare(gold: GoldDocument, clusters: Sequence[Sequence[SystemMention]], document: int = 0) -> Outcome:
    """What is scored of a document, whose number is *document*."""
    matches = _match(gold.mentions, [mention for cluster in clusters for mention in cluster])
    entities: dict[str, set[Place]] = {}
    for each in gold.mentions:
        entities.setdefault(each.entity, set()).add((document, each.start, each.end, True))
    outcome = Outcome(gold=[places for places in entities.values() if len(places) > 1])
    names: dict[Range, SystemMention] = {}
    for cluster in clusters:
        places = set()
        name = max((m for m in cluster if m.named), key=lambda m: m.end - m.start)
        for mention in cluster:
            match = matches.get(mention)
            where: GoldMention | SystemMention = match or mention
            places.add((document, where.start, where.end, match is not None))
            if not mention.named:
                names[mention.start, mention.end] = name
        if len(places) > 1:
            outcome.system.append(places)
    for pronoun in gold.mentions:
        if pronoun.third_person:
            outcome.pronouns += 1
            found = names.get((pronoun.start, pronoun.end))
            if found is not None:
                outcome.resolved += 1
                outcome.right += _is_name_of(found, pronoun.entity, gold, matches)
    return outcome


def _match(gold: Sequence[GoldMention], found: Sequence[SystemMention]) -> dict[SystemMention, GoldMention]:
    """The gold mention of each mention of the system that has one; no two have the same."""
    matches: dict[SystemMention, GoldMention] = {}
    free = sorted(gold, key=lambda mention: mention.end - mention.start)
    for mention in sorted(found, key=lambda mention: mention.start - mention.end):
        match = next((other for other in free if other.named == mention.named and _is_inside(mention, other)), None)
        if match is not None:
            matches[mention] = match
            free.remove(match)
    return matches


def _is_inside(mention: SystemMention, gold: GoldMention) -> bool:
    start, end = gold.head
    return gold.start <= mention.start <= start and end <= mention.end <= gold.end


def _is_name_of(
    name: SystemMention, entity: str, gold: GoldDocument, matches: dict[SystemMention, GoldMention]
) -> bool:
    """Whether a name is the entity's: by its place, or where no gold mention is there, by the words of another."""
    match = matches.get(name)
    if match is not None:
        return match.entity == entity
    words = gold.text[name.start : name.end].casefold().split()
    others = (gold.text[m.start : m.end].casefold().split() for m in gold.mentions if m.named and m.entity == entity)
    return any(words == other for other in others)


def evaluate(nlp: "Language", documents: Iterable[GoldDocument]) -> dict[str, Any]:
    """Score the clusters that a pipeline finds in documents' texts; see ``figures``.

    ``genres`` has the mean F1 (``f``) and the pronouns of each genre.

    Raises:
        NlpclaimsError: the scorer is not installed.
        ModelError: the pipeline has no component ``actors``, or a text is too long for it.
    """
    load_scorer()
    require(nlp, "actors", "doc._.names")
    outcomes: list[Outcome] = []
    genres: dict[str, list[Outcome]] = {}
    texts = ((gold.text, gold) for gold in documents)
    for number, (doc, gold) in enumerate(annotate(nlp, texts, unneeded=("stance",))):
        outcome = compare(gold, system_clusters(doc), number)
        outcomes.append(outcome)
        genres.setdefault(gold.genre or "none", []).append(outcome)
    by_genre = {genre: figures(some) for genre, some in genres.items()}
    rows = {genre: {"f": scores["conll"], **scores["pronouns"]} for genre, scores in by_genre.items()}
    return {**figures(outcomes), "genres": rows}


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The scores of several documents together.

    Returns:
        ``conll``, the mean F1 of ``muc``, ``b_cubed`` and ``ceaf_e``, each of which has ``p``, ``r``, ``f``; and
        ``pronouns``: of the ``n`` third-person pronouns of named entities, how many got a name (``resolved``) and how
        many that of their entity (``right``). All in per cent to one decimal, but ``n``.

    Raises:
        NlpclaimsError: the scorer is not installed.
    """
    scorer = load_scorer()
    gold = [cluster for outcome in outcomes for cluster in outcome.gold]
    system = [cluster for outcome in outcomes for cluster in outcome.system]
    # Where no mention is shared, all scores are zero, and the scorer divides by that.
    is_comparable = not set[Place]().union(*gold).isdisjoint(set[Place]().union(*system))
    scores = {}
    for name in METRICS:
        recall, precision, f1 = map(float, getattr(scorer, name)(gold, system) if is_comparable else (0, 0, 0))
        scores[name] = {"p": percent(precision), "r": percent(recall), "f": percent(f1)}
    pronouns = sum(outcome.pronouns for outcome in outcomes)
    return {
        "conll": round(sum(score["f"] for score in scores.values()) / len(scores), 1),
        **scores,
        "pronouns": {
            "right": _share(sum(outcome.right for outcome in outcomes), pronouns),
            "resolved": _share(sum(outcome.resolved for outcome in outcomes), pronouns),
            "n": pronouns,
        },
    }


def _share(part: int, whole: int) -> float:
    return percent(part / whole if whole else 0.0)


def load_scorer() -> Any:
    """The module with the metrics.

    Raises:
        NlpclaimsError: it is not installed.
    """
    try:
        return import_module("scorch.scores")
    except ImportError as error:
        raise NlpclaimsError(
            "coreference is scored by the package scorch, which is not installed; pip install 'scorch>=0.2,<0.3'"
        ) from error
