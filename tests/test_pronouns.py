"""Of a man and a woman whom a sentence names, the pronoun after it means whom it can mean, wherever they are from."""

from itertools import product

import nlpclaims

SENTENCES = (
    "{first} met {second} in the capital. {Pronoun} said the deal was done.",
    "{first} criticised {second} on Monday. {Pronoun} called the plan a mistake.",
    "{first} and {second} spoke for an hour, and {pronoun} later told reporters that talks would go on.",
    "{first} praised {second} at the hearing. {Pronoun} denied any wrongdoing.",
    "After {first} had spoken with {second}, {pronoun} announced the decision.",
)
PAIRS = (
    ("Peter Marsh", "Lily Chen"),
    ("Kwame Boateng", "Abena Mensah"),
    ("Rajesh Iyer", "Sunita Rao"),
    ("Hiroshi Tanaka", "Yuriko Sato"),
    ("Pavel Novak", "Jana Dvorakova"),
    ("Carlos Mendes", "Lucia Ferreira"),
    ("Omar Haddad", "Layla Mansour"),
    ("Lars Nilsen", "Ingrid Berg"),
    ("Dmitri Volkov", "Olga Petrova"),
    ("Emre Yilmaz", "Ayse Demir"),
)
# What the shipped pipeline reaches, less three points; only ever raised.
FLOOR = 0.96


def test_he_and_she_are_told_apart() -> None:
    texts, expected = [], []
    for sentence, pair, man_first, he in product(SENTENCES, PAIRS, (True, False), (True, False)):
        first, second = pair if man_first else pair[::-1]
        pronoun = "he" if he else "she"
        texts.append(sentence.format(first=first, second=second, pronoun=pronoun, Pronoun=pronoun.title()))
        expected.append(pair[0] if he else pair[1])
    extractor = nlpclaims.load()
    right = 0
    for text, name in zip(texts, expected, strict=True):
        actors = {c.actor.name for c in extractor.extract(text, "x") if c.actor and c.actor.resolved_by == "pronoun"}
        right += actors == {name}
    assert right / len(texts) >= FLOOR, right
