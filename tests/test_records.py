"""The record keeps the contract: schema, ids, round trip."""

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from nlpclaims.records import SCHEMA, Claim, Metadata, Offsets, json_schema, to_json

CONTRACT = {
    "schema", "id", "document", "sentence", "source", "actor", "cue", "claim", "stance", "confidence",
}  # fmt: skip


def test_schema_is_valid_and_names_every_key(claim: Claim) -> None:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    assert set(schema["required"]) == CONTRACT
    assert set(claim.to_dict()) == CONTRACT
    assert claim.to_dict()["schema"] == SCHEMA == "nlpclaims/1"


def test_full_and_bare_claims_meet_the_schema(claim: Claim, bare_claim: Claim) -> None:
    validator = Draft202012Validator(json_schema())
    for each in (claim, bare_claim):
        validator.validate(json.loads(to_json(each.to_dict())))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("id",), "xyz"),
        (("schema",), "nlpclaims/2"),
        (("confidence",), 1.5),
        (("claim", "quotation"), "loud"),
        (("claim", "spans"), []),
        (("actor", "type"), "UNKNOWN"),
        (("stance", "commitment"), "CT"),
        (("source", "start"), -1),
    ],
)
def test_schema_refuses_what_the_contract_does_not_allow(claim: Claim, path: tuple[str, ...], value: object) -> None:
    record = claim.to_dict()
    place = record
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert not Draft202012Validator(json_schema()).is_valid(json.loads(json.dumps(record)))


@pytest.mark.parametrize("key", sorted(CONTRACT))
def test_every_key_must_be_present(claim: Claim, key: str) -> None:
    record = claim.to_dict()
    del record[key]
    assert not Draft202012Validator(json_schema()).is_valid(json.loads(json.dumps(record)))


def test_records_come_back_from_json(claim: Claim, bare_claim: Claim) -> None:
    for each in (claim, bare_claim):
        assert Claim.from_dict(json.loads(to_json(each.to_dict()))) == each


def test_metadata_is_an_object_only_where_there_is_some(claim: Claim) -> None:
    validator = Draft202012Validator(json_schema())
    full = replace(claim, metadata=Metadata("Pact signed", None, "https://example.org"))
    record = json.loads(to_json(full.to_dict()))
    validator.validate(record)
    assert record["metadata"] == {"title": "Pact signed", "date": None, "url": "https://example.org"}
    assert Claim.from_dict(record) == full
    assert full.id == claim.id
    record["metadata"]["date"] = 2024
    assert not validator.is_valid(record)


def test_a_record_of_another_schema_is_refused(claim: Claim) -> None:
    with pytest.raises(ValueError, match="nlpclaims/9"):
        Claim.from_dict({**claim.to_dict(), "schema": "nlpclaims/9"})


def test_id_depends_on_document_and_spans_alone(claim: Claim) -> None:
    assert claim.id == "f61263e064cfc677"
    assert replace(claim, confidence=0.1, sentence=5).id == claim.id
    assert replace(claim, document="other.txt").id != claim.id
    moved = replace(claim.claim, spans=(Offsets(0, 3),))
    assert replace(claim, claim=moved).id != claim.id


def test_nan_is_never_written(claim: Claim) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        to_json(replace(claim, confidence=float("nan")).to_dict())


def test_characters_are_written_as_they_are(bare_claim: Claim) -> None:
    assert "“We will,”" in to_json(bare_claim.to_dict())


def test_a_record_from_before_a_field_was_added_is_read(claim: Claim) -> None:
    record = json.loads(to_json(claim.to_dict()))
    del record["actor"]["represents"], record["stance"]["targets"][0]["represents"]
    assert Claim.from_dict(record) == claim


def test_fields_that_a_later_version_adds_are_ignored(claim: Claim) -> None:
    def extended(value: object) -> object:
        if isinstance(value, list):
            return [extended(item) for item in value]
        if isinstance(value, dict):
            return {**{key: extended(item) for key, item in value.items()}, "added": 1}
        return value

    record = json.loads(to_json(replace(claim, metadata=Metadata("Pact signed")).to_dict()))
    assert Claim.from_dict(extended(record)) == Claim.from_dict(record)
