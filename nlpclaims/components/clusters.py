"""Which mentions of a document are of one and the same.

``doc._.coreference`` is a tuple of clusters, and a cluster a tuple of token ranges ``(start, end)`` in the order of the
text; a component that resolves coreference as a whole writes it. It is ``None`` where none does.
"""

from collections.abc import Iterator
from operator import itemgetter

from spacy.tokens import Doc

from nlpclaims.components import actors  # noqa: F401 (registers doc._.actors and doc._.names)

Range = tuple[int, int]
Cluster = tuple[Range, ...]

if not Doc.has_extension("coreference"):
    Doc.set_extension("coreference", default=None)


def clusters_of(doc: Doc) -> tuple[Cluster, ...]:
    """``doc._.coreference``, else what names, actors and antecedents say together, in the order of first mentions.

    Names with one fullest name are a cluster, with the mentions in sources that were resolved to it and with what has
    one of them, or another anaphor of theirs, as its antecedent.
    """
    if doc._.coreference is not None:
        # A document that was read from bytes has lists of them.
        return tuple(tuple((start, end) for start, end in cluster) for cluster in doc._.coreference)
    owners: dict[Range, object] = {}
    for who, mention in _mentions(doc):
        owners.setdefault(mention, who)  # "they" of two people is in the cluster of the first
    found: dict[object, list[Range]] = {}
    for mention, who in sorted(owners.items(), key=itemgetter(0)):
        found.setdefault(who, []).append(mention)
    return tuple(map(tuple, found.values()))


def _mentions(doc: Doc) -> Iterator[tuple[object, Range]]:
    """Each mention with the name and type of whom it is of, or the index of the first noun where that has no name."""
    names = {i: (mention, who) for mention, who in doc._.names.items() for i in range(*mention)}
    for mention, who in doc._.names.items():
        yield who, mention
    resolved: set[int] = set()
    for actor in doc._.actors:
        if actor.resolved_by in ("pronoun", "description"):
            resolved.update(range(actor.start, actor.end))
            yield (actor.name, actor.type), (actor.start, actor.end)
    antecedents = doc._.antecedents if doc.has_extension("antecedents") else {}
    for anaphor in antecedents.keys() - resolved:
        place = anaphor
        while place in antecedents and place not in names:
            place = antecedents[place]
        mention, who = names.get(place, ((place, place + 1), place))
        yield who, mention
        if anaphor not in names:
            yield who, (anaphor, anaphor + 1)
