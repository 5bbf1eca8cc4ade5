"""Split words as the Universal Dependencies corpora do, where spaCy's English tokenizer differs.

The rules are saved with the pipeline, so this runs in training alone.
"""

from collections.abc import Callable
from typing import Any

from spacy.lang.en import English
from spacy.language import Language
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex, registry

HYPHEN_BETWEEN_DIGITS = r"(?<=[0-9])[+\-\*^](?=[0-9-])"
# "non-violent" is one word, "Turkish-backed" three: https://universaldependencies.org/en/tokenization-and-word-segmentation.html
PREFIXES = ("anti", "co", "counter", "e", "ex", "mid", "multi", "non", "post", "pre", "pro", "re", "semi", "sub", "un")
RUNS = (r"[!?]+", r"<<+", r">>+", r"\*\*+", r"__+", r"==+", r"--+")
CLOCK = r"(?<=[0-9])(?:[ap]m|[AP]M)"
ABBREVIATIONS = (
    *("Mon.", "Tue.", "Tues.", "Wed.", "Thu.", "Thur.", "Thurs.", "Fri."),
    *("Sens.", "Reps.", "Govs.", "Amb.", "Asst.", "Atty.", "Attys.", "Hon.", "Rt.", "Cllr.", "Coun.", "Ald."),
    *("Engr.", "Smt."),
    *("Brig.", "Gens.", "Maj.", "Col.", "Lt.", "Capt.", "Cmdr.", "Ens.", "Sgt.", "Cpl.", "Pfc.", "Pvt.", "Spc."),
    *("Det.", "Insp.", "Supt.", "Esq.", "Sr.", "Wm.", "Dept.", "Assn.", "Univ.", "Ave.", "Blvd.", "Ft.", "etc."),
)
"""Words with a full stop of their own that spaCy does not know; it takes "Wed." for "we'd"."""

NO_EXCEPTIONS = frozenset({"and/or", "m."})
"""Exceptions of spaCy's that are none here; "It cost £3m." ends in a full stop of its own."""


@registry.callbacks("nlpclaims.ud_tokenizer.v1")
def make_ud_tokenizer() -> Callable[[Language], Language]:
    return split_as_ud


def split_as_ud(nlp: Language) -> Language:
    """Change the tokenizer of *nlp*, an English pipeline: numbers keep their hyphens, runs of marks stay whole
    and more abbreviations keep their full stop."""
    defaults: Any = English.Defaults
    hyphens = next(rule for rule in defaults.infixes if "(?:-|–|—|--" in rule)
    no_prefix = "".join(rf"(?<!\b{prefix})(?<!\b{prefix.capitalize()})" for prefix in PREFIXES)
    infixes = [rule for rule in defaults.infixes if rule not in (HYPHEN_BETWEEN_DIGITS, hyphens)]
    tokenizer: Any = nlp.tokenizer
    tokenizer.infix_finditer = compile_infix_regex(
        [*infixes, HYPHEN_BETWEEN_DIGITS.replace(r"\-", ""), no_prefix + hyphens]
    ).finditer
    tokenizer.prefix_search = compile_prefix_regex([*RUNS, *defaults.prefixes]).search
    tokenizer.suffix_search = compile_suffix_regex([*RUNS, CLOCK, *defaults.suffixes]).search
    tokenizer.rules = {text: parts for text, parts in tokenizer.rules.items() if text.lower() not in NO_EXCEPTIONS}
    for abbreviation in ABBREVIATIONS:
        tokenizer.add_special_case(abbreviation, [{"ORTH": abbreviation}])
    return nlp
