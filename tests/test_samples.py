"""The sample articles: their expected records are true to their texts, and the pipeline finds enough of them."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import nlpclaims
from nlpclaims import Claim, Extractor
from nlpclaims.components.quotes import quotations
from nlpclaims.evaluation.attribution import score
from nlpclaims.records import json_schema, to_json

SAMPLES = Path(__file__).parent.parent / "samples"
ARTICLES = sorted(path for path in SAMPLES.iterdir() if path.suffix in (".txt", ".md"))
WORD = re.compile(r"\w+(?:['’-]\w+)*")

# What the shipped pipeline reaches, less three points; only ever raised.
FLOORS = {"triple": 92.3, "source_exact": 89.5, "cue_exact": 90.5, "content_exact": 87.4, "content_overlap": 93.7}
NAMED_ACTORS_FLOOR = 0.92
TARGET_FLOORS = {"p": 0.65, "r": 0.53}
ACT_FLOORS = {"action": 0.79, "commitment": 0.88}


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def expected(path: Path) -> list[dict[str, Any]]:
    lines = path.with_suffix(".expected.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def attributions(records: list[dict[str, Any]]) -> list[dict[str, list[tuple[int, int]]]]:
    """The attributions of records, one for all the actors of a joint source."""
    found = {
        (
            tuple((part["start"], part["end"]) for part in [record["source"]] if part),
            tuple((part["start"], part["end"]) for part in [record["cue"]] if part),
            tuple((part["start"], part["end"]) for part in record["claim"]["spans"]),
        ): None
        for record in records
    }
    return [{"source": list(source), "cue": list(cue), "content": list(content)} for source, cue, content in found]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return nlpclaims.load()


@pytest.fixture(scope="module")
def predicted(extractor: Extractor) -> dict[str, list[Claim]]:
    return {path.name: extractor.extract(read(path), f"samples/{path.name}") for path in ARTICLES}


def test_there_are_samples_enough() -> None:
    assert len(ARTICLES) >= 8


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.name)
class TestExpected:
    def test_length(self, path: Path) -> None:
        assert 250 <= len(WORD.findall(read(path))) <= 900

    def test_records_meet_the_schema(self, path: Path) -> None:
        validator = Draft202012Validator(json_schema())
        for record in expected(path):
            validator.validate(record)
            assert Claim.from_dict(record).to_dict() == json.loads(json.dumps(record))
            assert record["document"] == f"samples/{path.name}"

    def test_spans_slice_back(self, path: Path) -> None:
        text = read(path)
        for record in expected(path):
            assert_true_to_text(text, record)

    def test_records_agree_with_themselves(self, path: Path) -> None:
        """A mention lies in its source; a name is its mention and an alias is not; no two spans overlap."""
        for record in expected(path):
            source, cue, actor = record["source"], record["cue"], record["actor"]
            if actor and actor["mention"]:
                mention = actor["mention"]
                assert source["start"] <= mention["start"] and mention["end"] <= source["end"]
                if actor["resolved_by"] in ("name", "alias"):
                    assert (mention["text"] == actor["name"]) == (actor["resolved_by"] == "name")
            spans = sorted((s["start"], s["end"]) for s in [source, cue, *record["claim"]["spans"]] if s)
            assert all(end <= start for (_, end), (start, _) in pairwise(spans))

    def test_quotation_is_what_the_marks_say(self, path: Path) -> None:
        text = read(path)
        quoted = quotations(text)
        for record in expected(path):
            spans = [(span["start"], span["end"]) for span in record["claim"]["spans"]]
            words = [match.start() for start, end in spans for match in WORD.finditer(text, start, end)]
            inside = sum(any(start <= word < end for start, end in quoted) for word in words)
            kind = "indirect" if inside == 0 else "direct" if inside == len(words) else "mixed"
            assert record["claim"]["quotation"] == kind


def assert_true_to_text(text: str, record: dict[str, Any]) -> None:
    spans = [record["source"], record["cue"], (record["actor"] or {}).get("mention")]
    spans += [target["mention"] for target in record["stance"]["targets"]]
    for span in spans:
        assert span is None or text[span["start"] : span["end"]] == span["text"]
    assert " ".join(text[s["start"] : s["end"]] for s in record["claim"]["spans"]) == record["claim"]["text"]


def test_readme_shows_a_record_that_is_true_to_its_article() -> None:
    readme = (SAMPLES.parent / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```json\n(.*?)```", readme, flags=re.DOTALL)
    record = json.loads(block)
    Draft202012Validator(json_schema()).validate(record)
    assert json.loads(to_json(Claim.from_dict(record).to_dict())) == record
    assert_true_to_text(read(SAMPLES.parent / record["document"]), record)


def test_what_the_pipeline_writes_is_true_to_the_text(predicted: dict[str, list[Claim]]) -> None:
    validator = Draft202012Validator(json_schema())
    for path in ARTICLES:
        text = read(path)
        ids = [claim.id for claim in predicted[path.name]]
        assert ids and len(set(ids)) == len(ids)
        for claim in predicted[path.name]:
            record = json.loads(json.dumps(claim.to_dict()))
            validator.validate(record)
            assert_true_to_text(text, record)


def test_the_pipeline_finds_what_is_expected(predicted: dict[str, list[Claim]]) -> None:
    articles = [
        {"id": path.name, "text": read(path), "attributions": attributions(expected(path))} for path in ARTICLES
    ]
    found = {name: attributions([claim.to_dict() for claim in claims]) for name, claims in predicted.items()}
    figures = score(articles, found)
    reached = {name: figures[name]["f"] for name in FLOORS}
    assert {name: f for name, f in reached.items() if f < FLOORS[name]} == {}, reached


def test_actors_have_their_full_names(predicted: dict[str, list[Claim]]) -> None:
    """Where the pipeline has the source right and it holds a name, the actor is the expected one."""
    right = wrong = 0
    for path in ARTICLES:
        gold: dict[tuple[int, int], set[str]] = {}
        for record in expected(path):
            if record["actor"] and record["source"] and record["actor"]["resolved_by"] in ("name", "alias"):
                key = (record["source"]["start"], record["source"]["end"])
                gold.setdefault(key, set()).add(record["actor"]["name"])
        for claim in predicted[path.name]:
            names = gold.get((claim.source.start, claim.source.end)) if claim.source else None
            if names:
                agrees = claim.actor is not None and claim.actor.name in names
                right, wrong = right + agrees, wrong + (not agrees)
    assert right / (right + wrong) >= NAMED_ACTORS_FLOOR, (right, wrong)


def test_acts_are_the_expected_ones(predicted: dict[str, list[Claim]]) -> None:
    """Where the pipeline has the cue right, so mostly what the claim does and how sure its actor is of it."""
    right = dict.fromkeys(ACT_FLOORS, 0)
    total = 0
    for path in ARTICLES:
        gold = {(r["cue"]["start"], r["cue"]["end"]): r["stance"] for r in expected(path) if r["cue"]}
        for claim in predicted[path.name]:
            stance = gold.get((claim.cue.start, claim.cue.end)) if claim.cue else None
            if stance:
                total += 1
                for name in right:
                    right[name] += getattr(claim.stance, name) == stance[name]
    assert {name: n / total for name, n in right.items() if n / total < ACT_FLOORS[name]} == {}


def test_targets_are_the_expected_ones(predicted: dict[str, list[Claim]]) -> None:
    """Where the pipeline has the cue right, so many of its targets are expected, and of those expected found."""
    right = found = wanted = 0
    for path in ARTICLES:
        gold: dict[tuple[int, int], set[str]] = {}
        ours: dict[tuple[int, int], set[str]] = {}
        for record in expected(path):
            if record["cue"]:
                key = (record["cue"]["start"], record["cue"]["end"])
                gold.setdefault(key, set()).update(target["name"] for target in record["stance"]["targets"])
        for claim in predicted[path.name]:
            if claim.cue and (claim.cue.start, claim.cue.end) in gold:
                own = ours.setdefault((claim.cue.start, claim.cue.end), set())
                own.update(target.name for target in claim.stance.targets)
        right += sum(len(names & gold[cue]) for cue, names in ours.items())
        found += sum(map(len, ours.values()))
        wanted += sum(len(gold[cue]) for cue in ours)
    reached = {"p": right / found, "r": right / wanted}
    assert {name: share for name, share in reached.items() if share < TARGET_FLOORS[name]} == {}, reached


def test_pact_has_the_claims_of_its_actors(predicted: dict[str, list[Claim]]) -> None:
    """The five actors that the article is about each make or receive a claim."""
    claims = predicted["pact.txt"]
    claimants = {claim.actor.name for claim in claims if claim.actor}
    targets = {target.name for claim in claims for target in claim.stance.targets}
    people = {"Vladimir Putin", "Kim Jong Un", "Jens Stoltenberg", "Mykhailo Podolyak", "Cha Du Hyeogn"}
    assert people - (claimants | targets) == set()
