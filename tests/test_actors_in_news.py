"""Who speaks in a sentence, and in which role: what writing in newspapers has, by the shipped pipeline."""

import pytest

import nlpclaims

Who = tuple[str, str | None]


def speakers(text: str) -> list[Who]:
    """The name and the role of each actor, claim by claim."""
    return [(claim.actor.name, claim.actor.role) for claim in nlpclaims.load().extract(text, "x") if claim.actor]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Several titles, and titles in the plural.
        ("Lt. Gov. Ana Ruiz said the road would be closed.", [("Ana Ruiz", "Lt. Gov.")]),
        (
            "Gov. Tom Hayes and Sens. Bob Hall and Lois Kolk said the plan was illegal.",
            [("Tom Hayes", "Gov."), ("Bob Hall", "Sen."), ("Lois Kolk", "Sen.")],
        ),
        (
            "Trade and Industry Minister Ahmed Samir said prices would fall.",
            [("Ahmed Samir", "Trade and Industry Minister")],
        ),
        (
            "Minister of Trade and Industry Ebrahim Patel said tariffs were unfair.",
            [("Ebrahim Patel", "Minister of Trade and Industry")],
        ),
        (
            "Minister for Women and Children Ana Redondo said the law was needed.",
            [("Ana Redondo", "Minister for Women and Children")],
        ),
        # What stands after a name: honours, parties, offices.
        ("Michael Brown OBE, chair of the trust, said the roof leaked.", [("Michael Brown", "chair of the trust")]),
        ("Lady Parkin, a former judge, said they had not.", [("Parkin", "former judge")]),
        (
            "Rep. Joe Moody, D-El Paso, and Sen. Bob Hall, R-Edgewood, said the plan was illegal.",
            [("Joe Moody", "Rep."), ("Bob Hall", "Sen.")],
        ),
        (
            "Maria Ressa, the site's editor and co-founder, said the law was bad.",
            [("Maria Ressa", "site's editor and co-founder")],
        ),
        (
            "Lucía Barrantes, a hydrologist and the report's main author, told a news conference that it was late.",
            [("Lucía Barrantes", "hydrologist and the report's main author")],
        ),
        # Bodies with an abbreviation, before who speaks for them.
        (
            "The Central Bank of Nigeria (CBN) governor Yemi Cardoso said inflation would slow.",
            [("Yemi Cardoso", "Central Bank of Nigeria (CBN) governor")],
        ),
        # Whoever is close to somebody is another.
        (
            "An aide to Polish Prime Minister Donald Tusk said the plan was delayed.",
            [("aide to Polish Prime Minister Donald Tusk", None)],
        ),
        # All of a list, and nobody whom one of them is said to have met.
        (
            "Steve McGraw, director of the Safety Office, and Col. Freeman Marsh, his deputy, testified that it was.",
            [("Steve McGraw", "director of the Safety Office"), ("Freeman Marsh", "Col.")],
        ),
        ("Ana Lopez, who met Bo Lind and Omar Diallo in Oslo, said the road was closed.", [("Ana Lopez", None)]),
        (
            "Ana Lopez, an aide to Bo Lind and Omar Diallo, said it was over.",
            [("Ana Lopez", "aide to Bo Lind and Omar Diallo")],
        ),
        # Words beside an office that are no part of it, and honorifics, which are none.
        ("Home Secretary Dame Ann Hull said crime fell.", [("Ann Hull", "Home Secretary")]),
        ("Lead researcher Dr. Ann Poe said it was so.", [("Ann Poe", "Lead researcher")]),
        (
            "Water Resources Minister Smt. Kalpana Tomar said the bill was fair.",
            [("Kalpana Tomar", "Water Resources Minister")],
        ),
        ("Tom Hale, then the mayor, said the road was closed.", [("Tom Hale", "mayor")]),
        ("Director of the museum Tom Bell said the roof leaked.", [("Tom Bell", "Director of the museum")]),
        (
            "Shadow Secretary of State for Health Ann Hall said beds were short.",
            [("Ann Hall", "Shadow Secretary of State for Health")],
        ),
        # Whose somebody is.
        ("Mayor Ann Poe's husband said the claim was false.", [("Mayor Ann Poe's husband", None)]),
        ("The report, seen by Reuters, said the bank failed.", [("report", None)]),
        # "No 10" is a house, "no minister" nobody.
        ("No 11 denied that the chancellor had threatened to resign.", [("No 11", None)]),
        ("No minister rejected the claim.", []),
    ],
)
def test_who_speaks(text: str, expected: list[Who]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "name", "kind", "country"),
    [
        ("Costa Rica accused Nicaragua of dredging the river.", "Costa Rica", "GPE", "CR"),
        ("DR Congo accused Rwanda of aggression.", "DR Congo", "GPE", "CD"),
        # As in samples/pact.expected.jsonl.
        ("The Kremlin said talks would resume.", "Kremlin", "ORG", "RU"),
        ("Michael Jordan said he was proud. Jordan said he would stay.", "Michael Jordan", "PERSON", None),
        ("Mr. Jordan said he was proud.", "Jordan", "PERSON", None),
    ],
)
def test_countries_and_their_seats_are_no_persons(text: str, name: str, kind: str, country: str | None) -> None:
    actors = [claim.actor for claim in nlpclaims.load().extract(text, "x") if claim.actor]
    assert {(actor.name, actor.type, actor.represents) for actor in actors} == {(name, kind, country)}


def test_an_abbreviation_may_be_of_another_language() -> None:
    text = "Doctors Without Borders (MSF) closed its clinic in Gaza. MSF said on Friday that two nurses were killed."
    assert speakers(text) == [("Doctors Without Borders", None)]


def test_a_short_name_stays_with_the_body_that_it_first_stood_for() -> None:
    text = (
        "Hyundai Motor closed a plant. Hyundai said it would reopen in May. Hyundai Mobis makes parts for it. "
        "Hyundai said the parts were late."
    )
    assert {name for name, _ in speakers(text)} == {"Hyundai Motor"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Actor Brad Pittman married Lena Pittman. Ms. Pittman said he lied.", "Lena Pittman"),
        ("Brad Pittman married Lena Pittman. Mr. Pittman said she lied.", "Brad Pittman"),
        ("Bart De Wever came. De Wever warned that it was risky.", "Bart De Wever"),
        ("Jim-Bob Landry arrived on Monday. Landry said four were dead.", "Jim-Bob Landry"),
        ("Maria Ana LOPEZ told reporters that it was over.", "Maria Ana LOPEZ"),
        ('Joaquin "El Chapo" Guzman said it was over.', 'Joaquin "El Chapo" Guzman'),
    ],
)
def test_a_persons_name(text: str, expected: str) -> None:
    assert [name for name, _ in speakers(text)] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Prime Minister Helena Marsh went home. The Prime Minister said she was glad.",
            ("Helena Marsh", "Prime Minister"),
        ),
        ("The Foreign Secretary said the war was over.", ("Foreign Secretary", None)),
        (
            "President Ana Ruiz met President Bo Lind in Oslo on Monday. The President said the deal was done.",
            ("President", None),
        ),
    ],
)
def test_an_office_in_capitals_is_no_name(text: str, expected: Who) -> None:
    assert speakers(text) == [expected]


def test_a_quotation_of_several_paragraphs_is_one_content() -> None:
    text = (
        'The mayor, Ann Poe, told reporters:\n\n"We did what we could.\n\n"I am sorry."\n\nThe council meets on Friday.'
    )
    (claim,) = nlpclaims.load().extract(text, "x")
    assert [text[span.start : span.end] for span in claim.claim.spans] == ['"We did what we could.', '"I am sorry."']


def test_the_author_is_who_says_i() -> None:
    text = (
        "Why I will not vote\n\nBy Ana Lopez\n\nI think the mayor lied to us last year. "
        "“I did nothing wrong,” the mayor said."
    )
    assert ("Ana Lopez", None) in speakers(text)
    assert [name for name, _ in speakers(text) if name != "Ana Lopez"] == ["mayor"]


@pytest.mark.parametrize(
    ("headline", "people", "expected"),
    [
        ("A night out", "the actress Marta Silva", "Marta Silva"),
        ("A night out", "Marta Silva and the director, Bo Lind,", None),
        ("A night out with Marta Silva", "her and the director, Bo Lind,", "Marta Silva"),
    ],
)
def test_who_answers_in_an_interview_is_the_one_person_named_before_it(
    headline: str, people: str, expected: str | None
) -> None:
    text = (
        f"{headline}\n\nOur critic meets {people} in the theatre's bar.\n\nQ: Is the new play any good?\n\n"
        "A: I think it is the best. Nobody else does.\n\nQ: And then?\n\nA: We wait and see."
    )
    claims = nlpclaims.load().extract(text, "x")
    who = {c.source.text: c.actor.name if c.actor else None for c in claims if c.source and c.source.text in "QA"}
    assert who == {"Q": None, "A": expected}


def test_a_target_has_the_role_that_the_article_states() -> None:
    text = "Ana Ruiz accused Finance Minister Bo Lind of lying. She said that Lind knew it."
    targets = [target for claim in nlpclaims.load().extract(text, "x") for target in claim.stance.targets]
    assert {(target.name, target.role) for target in targets} == {("Bo Lind", "Finance Minister")}


def test_the_author_is_nobody_whom_the_article_speaks_of() -> None:
    text = (
        "Hospital boss denies cover-up\n\nBy Helen Ackroyd, Health Correspondent\n\n"
        "The chief executive of a hospital trust has rejected claims that managers hid a report."
    )
    assert "Helen Ackroyd" not in {name for name, _ in speakers(text)}


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("Energy minister: Prices must fall", "Syed Jilani"),
        ("Minister: Prices must fall", "Syed Jilani"),
        ("Finance minister: Prices must fall", "Finance minister"),
    ],
)
def test_who_an_office_in_a_headline_is_stands_below_it(headline: str, expected: str) -> None:
    text = f"{headline}\n\nThe provincial Energy Minister, Syed Jilani, said on Friday that prices were too high."
    assert speakers(text)[0][0] == expected


def test_honours_after_a_name_are_nobody() -> None:
    text = "Judge Alistair Penhaligon KC jailed him for life.\n\n“You were a predator,” he said."
    assert {name for name, _ in speakers(text)} == {"Alistair Penhaligon"}


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (
            "Officer Janelle Prewitt testified that she found the victim behind the counter at 8:14 p.m. "
            "She said he told her two people had come in.",
            "at 8:14 p.m.",
        ),
        ("“It is late,” a spokesperson for the company said in an email. “We have no answer.”", "“We have no answer.”"),
    ],
)
def test_a_content_ends_with_its_last_phrase(text: str, content: str) -> None:
    claim = nlpclaims.load().extract(text, "x")[0]
    assert text[claim.claim.spans[-1].start : claim.claim.spans[-1].end].endswith(content)


def test_a_cue_ends_with_its_last_phrase() -> None:
    text = "“It is late,” a spokesperson for the company said in an email. “We have no answer.”"
    assert [claim.cue.text for claim in nlpclaims.load().extract(text, "x") if claim.cue] == ["said in an email"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It helped her rival, Sen. Bob Hall, who said the plan was illegal.", "Bob Hall"),
        ("It was left to Army Capt. Lois Kolk, who said the plan was illegal.", "Lois Kolk"),
    ],
)
def test_who_is_the_person_named_right_before_it(text: str, expected: str) -> None:
    assert [name for name, _ in speakers(text)] == [expected]


def test_a_body_called_by_its_first_word_is_no_person() -> None:
    text = (
        "Actors sued Larkspur Pictures on Monday. Larkspur said the claim was false. "
        "A lawyer for Larkspur said it would appeal."
    )
    assert ("Larkspur Pictures", None) in speakers(text)
    assert "Larkspur" not in {name for name, _ in speakers(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The Chinese Foreign Ministry protested. South Korea's Foreign Ministry said the island was its own.",
            ["South Korea's Foreign Ministry"],
        ),
        ("The US Supreme Court ruled. Kenya’s Supreme Court said it was void.", ["Kenya’s Supreme Court"]),
        (
            "Russia's Defence Ministry said two drones fell. Ukraine's Defence Ministry said that none did.",
            ["Russia's Defence Ministry", "Ukraine's Defence Ministry"],
        ),
        (
            "Norway's Ministry of Defence said two drones fell. The Ministry of Defence said nobody was hurt.",
            ["Norway's Ministry of Defence", "Norway's Ministry of Defence"],
        ),
        ("Germany's Siemens said it would grow. Siemens said nothing more.", ["Siemens", "Siemens"]),
        ("The Prime Minister's Office said it was true.", ["Prime Minister's Office"]),
        ("Germany's Deutsche Bank said it would grow. Deutsche Bank said no more.", ["Deutsche Bank"] * 2),
        (
            "Russia's Defence Ministry said it was so. Zelensky's Defence Ministry said it was not.",
            ["Russia's Defence Ministry", "Defence Ministry"],
        ),
        (
            "England's Football Association said it would play. Scotland's Football Association said it would not.",
            ["England's Football Association", "Scotland's Football Association"],
        ),
    ],
)
def test_a_body_is_told_from_another_by_whose_it_is(text: str, expected: list[str]) -> None:
    assert [name for name, _ in speakers(text)] == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("British Prime Minister Ada Cole met voters. The Prime Minister said it was over.", "Ada Cole"),
        ("Maryland Attorney General Ada Cole met voters. The Attorney General said it was over.", "Ada Cole"),
        ("Deputy Prime Minister Nur Demir met voters. The Prime Minister said it was over.", "Prime Minister"),
        ("Former prime minister Ali Kaya met voters. The Prime Minister said it was over.", "Prime Minister"),
        ("Prime Minister Shahid Malik opened a bridge. The PM said it was over.", "Shahid Malik"),
        ("Inspector General of Police Usman Sani visited Jos. The IGP said it was over.", "Usman Sani"),
        ("Political analyst Omar Nasser met voters. The PA said it was over.", "PA"),
        ("Embattled Prime Minister Ann Razak met voters. The Prime Minister said it was over.", "Ann Razak"),
    ],
)
def test_who_has_an_office_has_all_of_it(text: str, name: str) -> None:
    assert [who for who, _ in speakers(text)] == [name]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Defence Minister Omar Farouk and Health Minister Leila Farouk met. Health Minister Farouk said it was so.",
            ("Leila Farouk", "Health Minister"),
        ),
        ("Gov. Tom Ray and Sheriff Bob Ray met. Sheriff Ray said it was so.", ("Bob Ray", "Sheriff")),
        ("The army spokesman, Brig. Gen. Onyema Nwachi, said it was so.", ("Onyema Nwachi", "army spokesman")),
        ("The Minister of Education, Prof. Zainab Musa, said it was so.", ("Zainab Musa", "Minister of Education")),
        (
            "Ana Mumba, minister of trade, industry and energy, said it was so.",
            ("Ana Mumba", "minister of trade, industry and energy"),
        ),
        ("Klaus Vogel owns the mill. Herr Vogel said it was so.", ("Klaus Vogel", None)),
        ("Justice (retd) Shaheen Qazi said it was so.", ("Shaheen Qazi", "Justice")),
        ("His brother, Sen. Joe Lee, said it was so.", ("Joe Lee", "Sen.")),
        (
            "Superintendent of Police (SP) Kavita Joshi said it was so.",
            ("Kavita Joshi", "Superintendent of Police"),
        ),
    ],
)
def test_an_office_says_who_is_meant_and_is_whole(text: str, expected: Who) -> None:
    assert speakers(text) == [expected]


def test_each_of_a_list_has_the_words_beside_it() -> None:
    text = "The bishop, Carlos Mena, and the imam, Yusuf Adan, said the plant would close."
    assert speakers(text) == [("Carlos Mena", "bishop"), ("Yusuf Adan", "imam")]
    text = "Kari Moe, the director, and her deputy said the plant would close."
    assert speakers(text) == [("Kari Moe", "director"), ("deputy", None)]
    text = "Ana Ruiz, the mayor, residents and shopkeepers said the plant would close."
    assert speakers(text)[0] == ("Ana Ruiz", "mayor")
    text = "Actor Tom Fry, Ann Dow, and Bo Lind said the plant would close."
    assert speakers(text) == [("Tom Fry", "Actor"), ("Ann Dow", None), ("Bo Lind", None)]


def test_of_two_of_a_surname_he_is_not_whom_ms_has_called() -> None:
    text = "Park Jun-ho and Park Soo-hee met. “We won,” Ms. Park said. “We lost,” Mr. Park said."
    (first, _), (second, _) = speakers(text)
    assert first != second


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Moody's said the bank was safe.", ["Moody's"]),
        ("Standard & Poor's agreed that it was over.", ["Standard & Poor's"]),
        ("McDonald's and Burger King said prices would rise.", ["McDonald's", "Burger King"]),
        ("Kim's aides said it was over.", ["Kim's aides"]),
    ],
)
def test_a_name_may_end_as_an_owner_does(text: str, expected: list[str]) -> None:
    assert [name for name, _ in speakers(text)] == expected


def test_a_target_may_end_as_an_owner_does() -> None:
    for text, expected in (("Officials blamed McDonald's for the fire.", "McDonald's"), ("blamed Kim's lie.", "Kim")):
        (claim,) = nlpclaims.load().extract(f"Officials {text.removeprefix('Officials ')}", "x")
        assert [target.name for target in claim.stance.targets] == [expected]


def test_who_is_told_is_no_source() -> None:
    (claim,) = nlpclaims.load().extract("Killer felt no remorse, jury told\n\nA jury sat in Faro on Monday.", "x")
    assert (claim.source, claim.actor) == (None, None)
    assert claim.claim.text == "Killer felt no remorse"


def test_a_role_is_stated_beside_the_name_alone() -> None:
    text = "Agnes Pell left her shop in Fish Street. The baker said that she had seen the fire."
    (claim,) = nlpclaims.load().extract(text, "x")
    assert claim.actor is not None
    assert claim.actor.role is None
