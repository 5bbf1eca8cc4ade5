"""Actors are counted once for all that an article calls them, and joined across articles by name and country."""

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import nlpclaims
from nlpclaims.actors import ActorSummary, actors_of, identity, join
from nlpclaims.reading import find_sources
from nlpclaims.records import Actor, Claim, Content, Cue, Offsets, Stance, Target, TextSpan, to_json
from nlpclaims.writing import open_actor_writer

SAMPLES = Path(__file__).parent.parent / "samples"
NAMES = (TextSpan("Ana Lopez", 0, 9), TextSpan("Lopez", 40, 45), TextSpan("López", 90, 95))
LOPEZ = Actor("Ana Lopez", "PERSON", "mayor", "name", NAMES[0], names=NAMES)
OSLO = Target("Oslo", "GPE", "negative", 0.9, TextSpan("Oslo", 20, 24), "NO", (TextSpan("Oslo", 20, 24),))


def claim(actor: Actor | None, *targets: Target, document: str = "a", cue: Cue | None = None) -> Claim:
    content = Content("x", "indirect", (Offsets(60, 61),))
    return Claim(document, 0, None, actor, cue, content, Stance(targets=targets))


SAYS = Cue("says", "say", 46, 50)
ALL_OF_LOPEZ = [
    claim(LOPEZ, OSLO),
    claim(replace(LOPEZ, role=None, resolved_by="alias", mention=NAMES[1]), OSLO, cue=SAYS),
    claim(replace(LOPEZ, role=None, resolved_by="pronoun", mention=TextSpan("she", 70, 73))),
]


def test_every_mention_counts_once() -> None:
    lopez, oslo = actors_of(ALL_OF_LOPEZ)
    assert lopez == ActorSummary(
        "a", "Ana Lopez", "PERSON", "mayor", None, True, ("Lopez", "López"), claims=3, mentions=4, targeted=0
    )
    assert oslo == ActorSummary("a", "Oslo", "GPE", None, "NO", True, (), claims=0, mentions=1, targeted=2)


def test_a_role_may_be_that_of_a_target_and_is_first_that_of_a_claimant() -> None:
    target = Target("Ana Lopez", "PERSON", None, None, NAMES[1], names=NAMES, role="lawyer")
    assert [actor.role for actor in actors_of([claim(None, target)])] == ["lawyer"]
    assert [actor.role for actor in actors_of([claim(None, target), claim(LOPEZ)])] == ["mayor"]


def test_overlapping_mentions_are_one() -> None:
    possessive = replace(LOPEZ, mention=TextSpan("Ana Lopez's", 0, 11))
    assert actors_of([claim(possessive)])[0].mentions == 3


def test_a_claim_without_actor_counts_for_its_targets_alone() -> None:
    assert [(actor.name, actor.claims, actor.targeted) for actor in actors_of([claim(None, OSLO)])] == [("Oslo", 0, 1)]


def test_a_claim_of_two_actors_counts_once_for_its_target() -> None:
    other = replace(LOPEZ, name="Rui Costa", names=())
    assert [actor.targeted for actor in actors_of([claim(LOPEZ, OSLO), claim(other, OSLO)])] == [0, 0, 1]


def test_a_country_is_no_person_of_its_name() -> None:
    person = Actor("Jordan", "PERSON", None, "name", TextSpan("Jordan", 0, 6))
    country = Target("Jordan", "GPE", None, None, TextSpan("Jordan", 30, 36), "JO")
    assert [actor.represents for actor in actors_of([claim(person, country)])] == [None, "JO"]


def test_described_actors_have_no_names() -> None:
    officials = Actor("officials", "GROUP", None, "description", TextSpan("officials", 0, 9))
    (actor,) = actors_of([claim(officials), claim(officials)])
    assert (actor.named, actor.claims, actor.mentions) == (False, 2, 1)


def test_claims_from_a_file_know_the_names_that_they_hold() -> None:
    read = [Claim.from_dict(json.loads(to_json(each.to_dict()))) for each in ALL_OF_LOPEZ]
    lopez, _ = actors_of(read)
    assert (lopez.claims, lopez.mentions, lopez.aliases, lopez.named) == (3, 3, ("Lopez",), True)


def test_an_article_before_an_alias_makes_no_other_alias() -> None:
    names = (TextSpan("United Nations", 0, 14), TextSpan("UN", 44, 46))
    nations = Actor("United Nations", "ORG", None, "alias", TextSpan("The UN", 40, 46), names=names)
    direct = [claim(nations), claim(replace(nations, mention=names[1]))]
    read = [Claim.from_dict(each.to_dict()) for each in direct]
    assert [actors_of(claims)[0].aliases for claims in (direct, read)] == [("UN",), ("UN",)]


def test_who_is_called_by_name_in_a_file_is_named_and_joined() -> None:
    mention = TextSpan("The UN", 0, 6)
    nations = Actor("UN", "ORG", None, "name", mention, names=(replace(mention, text="UN", start=4),))
    read = [[Claim.from_dict(claim(nations, document=name).to_dict())] for name in "ab"]
    assert [(a.named, a.aliases, a.mentions) for claims in read for a in actors_of(claims)] == [(True, (), 1)] * 2
    assert [actor.documents for actor in join(actor for claims in read for actor in actors_of(claims))] == [2]


def test_joined_by_name_and_country() -> None:
    other = replace(LOPEZ, name="ANA LOPEZ", role="engineer", names=(TextSpan("ANA LOPEZ", 0, 9),))
    namesake = replace(LOPEZ, represents="PT")
    articles = [
        ALL_OF_LOPEZ,
        [claim(other, document="b")],
        [claim(replace(LOPEZ, role="engineer"), document="c")],
        [claim(namesake, OSLO, document="d")],
    ]
    lopez, foreign, oslo = join(actor for claims in articles for actor in actors_of(claims))
    assert (lopez.name, lopez.role, lopez.documents, lopez.claims) == ("Ana Lopez", "engineer", 3, 5)
    assert lopez.aliases == ("Lopez", "López", "ANA LOPEZ")
    assert [(there.document, there.name, there.role) for there in lopez.joined] == [
        ("a", "Ana Lopez", "mayor"),
        ("b", "ANA LOPEZ", "engineer"),
        ("c", "Ana Lopez", "engineer"),
    ]
    assert (foreign.represents, foreign.documents) == ("PT", 1)
    assert (oslo.name, oslo.documents, oslo.targeted) == ("Oslo", 2, 3)


def test_articles_of_one_id_are_as_many_as_there_are() -> None:
    lopez, oslo = join(actor for _ in range(2) for actor in actors_of([*ALL_OF_LOPEZ, claim(LOPEZ, OSLO)]))
    assert (lopez.documents, len(lopez.joined)) == (oslo.documents, len(oslo.joined)) == (2, 2)


def test_descriptions_are_not_joined() -> None:
    officials = Actor("officials", "GROUP", None, "description", TextSpan("officials", 0, 9))
    found = join(actor for name in "ab" for actor in actors_of([claim(officials, document=name)]))
    assert [(actor.documents, actor.joined[0].document) for actor in found] == [(1, "a"), (1, "b")]


def written(format_name: str, *articles: list[Claim], across: bool = False) -> str:
    stream = io.StringIO(newline="")
    with open_actor_writer(format_name, stream, across) as writer:
        for number, claims in enumerate(articles):
            writer.write(claims[0].document if claims else f"empty {number}", claims)
    return stream.getvalue()


@pytest.mark.parametrize("across", [False, True])
def test_formats_say_the_same(across: bool) -> None:
    rows = json.loads(written("json", ALL_OF_LOPEZ, across=across))
    assert [json.loads(line) for line in written("jsonl", ALL_OF_LOPEZ, across=across).splitlines()] == rows
    flat = list(csv.DictReader(io.StringIO(written("csv", ALL_OF_LOPEZ, across=across), newline="")))
    assert [set(row) for row in flat] == [set(row) - {"schema"} for row in rows]
    assert (flat[0]["aliases"], flat[0]["named"], flat[0]["mentions"]) == ("Lopez;López", "true", "4")
    assert rows[0]["aliases"] == ["Lopez", "López"]


def test_table_names_articles_and_what_was_joined() -> None:
    assert written("table", ALL_OF_LOPEZ, []) == (
        "a · 2 actors\n\n"
        "  Ana Lopez, mayor\n"
        "    person · 3 claims · 4 mentions · also Lopez, López\n"
        "  Oslo\n"
        "    gpe · NO · 1 mention · target of 2\n"
        "\nempty 1 · no actors\n"
    )
    other = [claim(replace(LOPEZ, name="ANA LOPEZ"), document="b\x1b[31m")]
    shown = written("table", ALL_OF_LOPEZ, other, across=True)
    assert shown.startswith("2 articles · 2 actors\n")
    assert r"in a, b\x1b[31m as ANA LOPEZ" in " ".join(shown.split())


def test_what_actors_wrote_is_no_article(tmp_path: Path) -> None:
    (tmp_path / "actors.jsonl").write_text(written("jsonl", ALL_OF_LOPEZ), encoding="utf-8")
    (tmp_path / "a.txt").write_text("x")
    assert [source.document for source in find_sources([str(tmp_path)])] == [f"{tmp_path.as_posix()}/a.txt"]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """What the command writes of all samples joined."""
    arguments = [sys.executable, "-m", "nlpclaims", "actors", "samples", "--across", "--format", "json"]
    done = subprocess.run(arguments, capture_output=True, cwd=SAMPLES.parent, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


class TestSamples:
    def test_people_have_their_role_and_short_name(self, rows: list[dict[str, Any]]) -> None:
        (stoltenberg,) = (row for row in rows if row["name"] == "Jens Stoltenberg")
        assert (stoltenberg["type"], stoltenberg["role"]) == ("PERSON", "NATO Secretary General")
        assert "Stoltenberg" in stoltenberg["aliases"]
        assert stoltenberg["mentions"] >= 3 <= stoltenberg["claims"] + stoltenberg["targeted"]

    def test_a_capital_of_two_articles_is_one_actor(self, rows: list[dict[str, Any]]) -> None:
        (seoul,) = (row for row in rows if row["name"] == "Seoul")
        assert seoul["represents"] == "KR"
        assert [there["document"] for there in seoul["joined"]] == ["samples/asia.txt", "samples/pact.txt"]
        texts = [(SAMPLES / name).read_text(encoding="utf-8") for name in ("asia.txt", "pact.txt")]
        extractor = nlpclaims.load()
        pronouns = {
            (text, who.mention)
            for text in texts
            for claim in extractor.extract(text)
            for who in (claim.actor, *claim.stance.targets)
            if who is not None and who.name == "Seoul" and who.mention.text.casefold() != "seoul"
        }
        assert seoul["mentions"] == "".join(texts).casefold().count("seoul") + len(pronouns)

    def test_one_name_is_one_row(self, rows: list[dict[str, Any]]) -> None:
        named = [(row["name"], row["represents"]) for row in rows if row["named"]]
        assert len(named) == len(set(named)) > 50

    def test_claims_and_targets_are_all_counted(self, rows: list[dict[str, Any]]) -> None:
        extractor = nlpclaims.load()
        paths = [path for path in SAMPLES.iterdir() if path.suffix in (".txt", ".md")]
        claims = [each for path in paths for each in extractor.extract(path.read_bytes().decode())]
        assert sum(row["claims"] for row in rows) == sum(each.actor is not None for each in claims)
        targeted = {
            (each.source, each.cue, each.claim, identity(target.name, target.represents))
            for each in claims
            for target in each.stance.targets
        }
        assert sum(row["targeted"] for row in rows) == len(targeted)
