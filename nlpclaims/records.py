"""The claim record: the one place that says what a record holds, as types and as JSON Schema.

Offsets are code points into the article's text as read: ``text[span.start:span.end] == span.text``.
Unknown is ``None``.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Protocol

SCHEMA = "nlpclaims/1"

ACTOR_TYPES = ("PERSON", "ORG", "GPE", "NORP", "GROUP", "DOCUMENT", "OTHER")
RESOLUTIONS = ("name", "alias", "pronoun", "description")
QUOTATIONS = ("direct", "indirect", "mixed")
POLARITIES = ("positive", "negative", "neutral")
ACTIONS = ("AGREE", "CONSULT", "SUPPORT", "CONCEDE", "REQUEST", "ACCUSE", "REJECT", "THREATEN")
COMMITMENTS = ("CT+", "PR+", "PS+", "CT-", "PR-", "PS-", "Uu")


def _not_recorded(default: Any = ()) -> Any:
    """A field that is no part of the record: neither written nor compared."""
    return field(default=default, compare=False, repr=False, metadata={"recorded": False})


class Record(Protocol):
    """What is written as an object of JSON."""

    def to_dict(self) -> dict[str, Any]:
        """The record as JSON types."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What an input says of its article, as it says it; ``None`` where it does not."""

    title: str | None = None
    date: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """A text to read claims from; ``id`` becomes the ``document`` of its records."""

    id: str
    text: str
    metadata: Metadata = Metadata()


def articles_of(items: Iterable[str | Article]) -> Iterator[Article]:
    """Each of the items as an article; what is no text is found out when it is read.

    Raises:
        TypeError: there is one text instead, which would be an article a letter.
    """
    if isinstance(items, str):
        raise TypeError("extract_many takes several articles; wrap the one text in a list, or use extract")
    for item in items:
        yield item if isinstance(item, Article) else Article("-", item)


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that could not be read or processed, for the user to act on."""

    document: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Offsets:
    """A stretch of the article's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TextSpan:
    """A stretch of the article's text with the text itself."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cue:
    """The words that attribute, with the lemma of their head."""

    text: str
    lemma: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Content:
    """What is claimed: its pieces in the text, and their text joined by a space."""

    text: str
    quotation: str
    spans: tuple[Offsets, ...]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who the source is; ``mention`` is the name, pronoun or description inside the source phrase.

    ``represents`` is the country that a name stands for, as an ISO 3166-1 alpha-2 code. ``names`` is wherever
    the article names the actor, in order; records leave it out.
    """

    name: str
    type: str
    role: str | None
    resolved_by: str
    mention: TextSpan | None
    represents: str | None = None
    names: tuple[TextSpan, ...] = _not_recorded()


@dataclass(frozen=True, slots=True)
class Target:
    """An actor that the claim is about, and the claimant's polarity towards it if known; else as in ``Actor``.

    ``role`` is the first that the article states of a person; records leave it out.
    """

    name: str
    type: str
    polarity: str | None
    score: float | None
    mention: TextSpan
    represents: str | None = None
    names: tuple[TextSpan, ...] = _not_recorded()
    role: str | None = _not_recorded(None)


@dataclass(frozen=True, slots=True)
class Stance:
    """The claimant's attitude and commitment (FactBank values); actions are PLOVER's verbal classes."""

    polarity: str | None = None
    action: str | None = None
    commitment: str | None = None
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: a source, the cue that attributes, the content, who the source is, and the stance.

    ``metadata`` is the article's; records have it only where it is asked for.
    """

    document: str
    sentence: int
    source: TextSpan | None
    actor: Actor | None
    cue: Cue | None
    claim: Content
    stance: Stance = field(default_factory=Stance)
    confidence: float = 1.0
    metadata: Metadata | None = None

    @property
    def id(self) -> str:
        """16 hex digits that depend on the document's id and the spans alone."""
        mention = self.actor.mention if self.actor else None
        spans = [
            [part.start, part.end] if part else None for part in (self.source, self.cue, mention, *self.claim.spans)
        ]
        return hashlib.sha256(json.dumps([self.document, spans]).encode()).hexdigest()[:16]

    def to_dict(self) -> dict[str, Any]:
        """The record as JSON types, keys in the contract's order, every key present but ``metadata`` without any."""
        record = {"schema": SCHEMA, "id": self.id, **json_types(self)}
        if self.metadata is None:
            del record["metadata"]
        return record

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Claim":
        """The inverse of ``to_dict``; fields that a later version adds are ignored, and one that it added is optional.

        Raises:
            ValueError: the record has another ``schema``.
            KeyError: a field is missing.
        """
        if record["schema"] != SCHEMA:
            raise ValueError(f"expected a record of schema {SCHEMA}, found {record['schema']!r}")
        actor, stance, metadata = record["actor"], record["stance"], record.get("metadata")
        return cls(
            document=record["document"],
            sentence=record["sentence"],
            source=record["source"] and _span(record["source"]),
            actor=actor and _actor(actor),
            cue=record["cue"] and Cue(*(record["cue"][key] for key in ("text", "lemma", "start", "end"))),
            claim=Content(
                record["claim"]["text"],
                record["claim"]["quotation"],
                tuple(Offsets(span["start"], span["end"]) for span in record["claim"]["spans"]),
            ),
            stance=Stance(
                stance["polarity"],
                stance["action"],
                stance["commitment"],
                tuple(
                    Target(
                        t["name"],
                        t["type"],
                        t["polarity"],
                        t["score"],
                        _span(t["mention"]),
                        t.get("represents"),
                    )
                    for t in stance["targets"]
                ),
            ),
            confidence=record["confidence"],
            metadata=metadata and Metadata(*(metadata[key] for key in ("title", "date", "url"))),
        )


def _actor(value: Mapping[str, Any]) -> Actor:
    return Actor(
        value["name"],
        value["type"],
        value["role"],
        value["resolved_by"],
        value["mention"] and _span(value["mention"]),
        value.get("represents"),
    )


def _span(value: Mapping[str, Any]) -> TextSpan:
    return TextSpan(value["text"], value["start"], value["end"])


def json_types(value: Any) -> Any:
    """A record or a part of one as JSON types: a dataclass as an object of its recorded fields, a tuple as an array."""
    if is_dataclass(value):
        return {f.name: json_types(getattr(value, f.name)) for f in fields(value) if f.metadata.get("recorded", True)}
    return [json_types(item) for item in value] if isinstance(value, tuple) else value


def to_json(record: Mapping[str, Any]) -> str:
    """One line of JSON: characters as they are, and never ``NaN``."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False)


def json_schema() -> dict[str, Any]:
    """The claim record as JSON Schema 2020-12."""
    offset = {"type": "integer", "minimum": 0}
    text_span = _object(text={"type": "string", "minLength": 1}, start=offset, end=offset)
    mention = {"anyOf": [{"$ref": "#/$defs/span"}, {"type": "null"}]}
    name = {"type": "string", "minLength": 1}
    country = {"type": ["string", "null"], "pattern": "^[A-Z]{2}$"}
    actor = _object(
        name=name,
        type={"enum": list(ACTOR_TYPES)},
        role={"type": ["string", "null"]},
        resolved_by={"enum": list(RESOLUTIONS)},
        mention=mention,
        represents=country,
    )
    cue = _object(text=name, lemma=name, start=offset, end=offset)
    target = _object(
        name=name,
        type={"enum": list(ACTOR_TYPES)},
        polarity={"enum": [*POLARITIES, None]},
        score={"type": ["number", "null"], "minimum": 0, "maximum": 1},
        mention={"$ref": "#/$defs/span"},
        represents=country,
    )
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:" + SCHEMA.replace("/", ":"),
        "title": "nlpclaims claim record",
        **_object(
            schema={"const": SCHEMA},
            id={"type": "string", "pattern": "^[0-9a-f]{16}$"},
            document={"type": "string"},
            sentence=offset,
            source=mention,
            actor={"anyOf": [actor, {"type": "null"}]},
            cue={"anyOf": [cue, {"type": "null"}]},
            claim=_object(
                text=name,
                quotation={"enum": list(QUOTATIONS)},
                spans={"type": "array", "minItems": 1, "items": _object(start=offset, end=offset)},
            ),
            stance=_object(
                polarity={"enum": [*POLARITIES, None]},
                action={"enum": [*ACTIONS, None]},
                commitment={"enum": [*COMMITMENTS, None]},
                targets={"type": "array", "items": target},
            ),
            confidence={"type": "number", "minimum": 0, "maximum": 1},
        ),
        "$defs": {"span": text_span},
    }
    known = {"type": ["string", "null"]}
    schema["properties"]["metadata"] = _object(title=known, date=known, url=known)
    return schema


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}
