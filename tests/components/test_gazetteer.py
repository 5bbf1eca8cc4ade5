"""A name stands for the one country that it can only be, and for none otherwise."""

import gzip
from pathlib import Path

import pytest

from nlpclaims.components.gazetteer import COUNTRIES, are_one_country, country_of, normal, read_countries
from nlpclaims.training.countries import main


@pytest.mark.parametrize(
    ("name", "kind", "country"),
    [
        ("Ukraine", "GPE", "UA"),
        ("South Korea", "GPE", "KR"),
        ("the United States", "GPE", "US"),
        ("US", "GPE", "US"),
        ("U.S.", "GPE", "US"),
        ("U.S.A.", "GPE", "US"),
        ("UK", "GPE", "GB"),
        ("Türkiye", "GPE", "TR"),
        ("Cote d'Ivoire", "GPE", "CI"),
        ("Côte d’Ivoire", "GPE", "CI"),
        ("Guinea-Bissau", "GPE", "GW"),
        ("NORTH KOREA", "GPE", "KP"),
        ("Jordan", "GPE", "JO"),
        ("DR Congo", "GPE", "CD"),
        ("S. Korea", "GPE", "KR"),
        ("Scotland", "GPE", "GB"),
        ("Islamic Republic of Iran", "GPE", "IR"),
    ],
)
def test_countries(name: str, kind: str, country: str) -> None:
    assert country_of(name, kind) == country


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Russian", "RU"),
        ("Americans", "US"),
        ("Dutch", "NL"),
        ("Israelis", "IL"),
        ("Swedish", "SE"),
        ("Finns", "FI"),
        ("Brits", "GB"),
    ],
)
def test_demonyms_and_their_plural(name: str, country: str) -> None:
    assert country_of(name, "NORP") == country


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Washington", "US"),
        ("White House", "US"),
        ("the Kremlin", "RU"),
        ("Moscow", "RU"),
        ("Beijing", "CN"),
        ("Downing Street", "GB"),
        ("Seoul", "KR"),
        ("Kiev", "UA"),
        ("Elysee", "FR"),
        ("the Casa Rosada", "AR"),
        ("Malacanang", "PH"),
        ("the Bundestag", "DE"),
        ("Sana’a", "YE"),
    ],
)
def test_capitals_and_seats_of_government(name: str, country: str) -> None:
    assert country_of(name, "GPE") == country_of(name, "ORG") == country


@pytest.mark.parametrize("name", ["Chinese government", "government of China", "the Chinese Government"])
def test_governments(name: str) -> None:
    assert country_of(name, "ORG") == "CN"


@pytest.mark.parametrize(
    "name", ["Korea", "Georgia", "Congo", "Brussels", "Victoria", "San Jose", "Georgetown", "Kingston, Ontario"]
)
def test_what_may_be_elsewhere_stands_for_no_country(name: str) -> None:
    assert country_of(name, "GPE") is None


@pytest.mark.parametrize(
    "name",
    ["us", "Us", "turkey", "China Daily", "New York", "Shanghai", "government", "s", "the", "", "European Union"],
)
def test_other_words_and_places_stand_for_no_country(name: str) -> None:
    assert country_of(name, "ORG") is None


@pytest.mark.parametrize("name", ["Chad", "Jordan", "Sofia", "Israel", "Paris"])
def test_a_person_is_no_country(name: str) -> None:
    assert country_of(name, "GPE") is not None
    assert country_of(name, "PERSON") is None


def test_letters_that_unicode_does_not_take_apart_are_plain_too() -> None:
    assert normal("Wałęsa, Støre, Kılıçdaroğlu, Đilas and Weiß") == "Walesa Store Kilicdaroglu Dilas and Weiss"


def test_every_country_has_its_names_and_no_two_have_one() -> None:
    lines = [line.split("\t") for line in COUNTRIES.read_text(encoding="utf-8").splitlines()]
    assert len({code for code, *_ in lines}) == len(lines) == 249
    assert all(names for _, *names in lines)
    assert set(read_countries().values()) == {code for code, *_ in lines}


def test_two_countries_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "countries.tsv"
    path.write_text("AA\tUtopia\nBB\tUTOPIA\n", encoding="utf-8")
    with pytest.raises(ValueError, match="stands for"):
        read_countries(path)


CODES = """\
ISO3166-1-Alpha-2,CLDR display name,UNTERM English Short,UNTERM English Formal,official_name_en,Capital,is_independent
AA,Utopia,Utopia (the),the Republic of Utopia,Utopia,Ademus,Yes
BB,Erewhon,Erewhon *,,Erewhon,Nowhere,Yes
CC,Laputa,,,Laputa,Lagado,Territory of AA
"""
PHOENIX = """# a comment
UTOPIA_  [UTO]
+UTOPIAN_ ; a demonym
+U.T.P._
+ADEMUS_
+LAND_OF_UTOPIA_
+UTOPIA_(OLD)_
+UTOPICA_
+ANYDRUS_
EREWHON_
+ADEMUS_
\t[OLDERE <18720101]
\t[ERE >18720101]
LAPUTA_
\t[LAPGOV]
SAMUEL_BUTLER_
\t[EREGOV 18350101-19020101]
"""


def test_the_gazetteer_is_made_of_names_of_countries_alone(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "country-codes.csv.gz", "wt", encoding="utf-8") as file:
        file.write(CODES)
    with gzip.open(tmp_path / "Phoenix.Countries.actors.txt.gz", "wt", encoding="utf-8") as file:
        file.write(PHOENIX)
    main(tmp_path, tmp_path / "countries.tsv")
    assert (tmp_path / "countries.tsv").read_text(encoding="utf-8").splitlines() == [
        "AA\tRepublic of Utopia\tU.T.P.\tUtopia\tUtopian\tUtopica",
        "BB\tErewhon\tNowhere",
        "CC\tLaputa",
    ]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Moscow", "Russia", True),
        ("England", "England", True),
        ("England", "Scotland", False),
        ("England", "Britain", False),
        ("London", "Britain", True),
        ("Norland", "Norland", False),
    ],
)
def test_names_of_one_country(one: str, other: str, expected: bool) -> None:
    assert are_one_country(one, other) is expected


@pytest.mark.parametrize("name", ["China's government", "China’s Government", "Chinese government"])
def test_a_government_stands_for_its_country(name: str) -> None:
    assert country_of(name, "ORG") == "CN"


def test_what_is_a_country_s_is_not_the_country() -> None:
    assert country_of("China's army", "ORG") is None
