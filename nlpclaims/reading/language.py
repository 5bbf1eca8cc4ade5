"""A cheap check that a text is in English, the language that the pipeline was trained on.

It looks at function words and at the script, so it needs no model and no list of languages. Short texts pass: too
few words say nothing.
"""

import re

MIN_WORDS = 30
MIN_LETTERS = 50
STOP_WORD_SHARE = 0.18
"""Of the words of PolNeAR's 919 English articles, 0.26 to 0.60 are in spaCy's list; in other languages 0.00 to 0.13."""

SAMPLE = 5_000
"""Characters looked at, from the start."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LATIN = re.compile(r"[A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff]")


def looks_english(text: str) -> bool:
    """Whether the start of ``text`` reads as English; ``True`` where it is too short to tell."""
    words = _WORD.findall(text[:SAMPLE])
    letters = "".join(words)
    if len(letters) >= MIN_LETTERS and len(_LATIN.findall(letters)) < len(letters) / 2:
        return False
    if len(words) < MIN_WORDS:
        return True
    from spacy.lang.en.stop_words import STOP_WORDS

    return sum(word.lower() in STOP_WORDS for word in words) >= STOP_WORD_SHARE * len(words)
