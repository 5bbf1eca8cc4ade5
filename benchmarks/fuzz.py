"""Mutated articles in every format that is read: nothing crashes, and every span is where its record says.

python benchmarks/fuzz.py articles/ --articles 10000
"""

import csv
import gzip
import html
import io
import json
import random
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from corpus import items, parser, texts

import nlpclaims
from nlpclaims.records import Article, Claim

LONGEST, MUTATIONS, DAMAGE = 600, 30, 8
PIECES = [
    *("\n\n", "\n", "\r\n", " ", "\t", "\u3000", "\x00", "\x1c", "\u2028", "\u200b", "\ufeff", '"', "“", "”", "’", "«"),
    *("''", "``", "(", ")", "—", "...", "😀", "e\u0301", "東", "ر", "ﬁ", "İ", "ß", "\ud7ff", "I said", "he said"),
    *("<p>", "</div>", "<script>", "&amp;", "&#0;", "<!--", "]]>", ",", '""', "\\u0000", "{", "}", "null", "e" * 40),
]


def main() -> None:
    """Read so many inputs, say what came of them, and exit with 1 where anything went wrong."""
    arguments = parser(__doc__, articles=10_000)
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    rng = random.Random(given.seed)
    known, extractor = list(texts(given.source)), nlpclaims.load()
    found: Counter[str] = Counter()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(given.articles):
            suffix = rng.choice(list(FORMATS))
            file = Path(folder, f"{number}{suffix}")
            file.write_bytes(packed(mutated(rng.choice(known), rng), suffix, rng))
            try:
                for item in items(str(file)):
                    found[suffix, "read" if isinstance(item, Article) else item.kind] += 1
                    if isinstance(item, Article):
                        for claim in extractor.extract(item.text):
                            found[suffix, "claims"] += 1
                            check(claim, item.text)
            except Exception:
                wrong += 1
                print(f"{suffix}: {file.read_bytes()!r:.300}\n{traceback.format_exc(limit=-3)}", file=sys.stderr)
            file.unlink()
    for (suffix, what), count in sorted(found.items()):
        print(f"{suffix}\t{what}\t{count:,}")
    print(f"{given.articles:,} inputs, {wrong:,} of them went wrong")
    sys.exit(wrong > 0)


def mutated(text: str, rng: random.Random) -> str:
    """A stretch of *text* with pieces put in, doubled and taken out."""
    start = rng.randrange(len(text))
    text = text[start : start + rng.randrange(LONGEST)]
    for _ in range(rng.randrange(MUTATIONS)):
        place = rng.randrange(len(text) + 1)
        after = min(len(text), place + rng.choice([0, 0, 1, 3, 20]))
        text = text[:place] + rng.choice(PIECES) * rng.choice([1, 1, 1, 2, 7]) + text[after:]
    return text


def _html(text: str, rng: random.Random) -> str:
    body = text if rng.random() < 0.5 else html.escape(text)
    return f"<html><head><title>{body[:40]}</title></head><body><article><p>{body}</p></article></body></html>"


def _jsonl(text: str, rng: random.Random) -> str:
    rows = [{"id": "a", "text": text, "date": rng.choice([None, "2024-01-01", 7])}, {"id": "b", "text": text[::-1]}]
    return "".join(json.dumps(row, ensure_ascii=rng.random() < 0.5) + "\n" for row in rows)


def _csv(text: str, rng: random.Random) -> str:
    lines = io.StringIO()
    csv.writer(lines, delimiter=rng.choice(",;\t")).writerows([["id", "text"], ["a", text], [text[:9], "He said no."]])
    return lines.getvalue()


FORMATS: dict[str, Callable[[str, random.Random], str]] = {
    ".txt": lambda text, _: text,
    ".md": lambda text, _: text,
    ".html": _html,
    ".jsonl": _jsonl,
    ".csv": _csv,
}
FORMATS |= {f"{suffix}.gz": make for suffix, make in FORMATS.items()}


def packed(text: str, suffix: str, rng: random.Random) -> bytes:
    """*text* in a format, at times with some bytes of it changed."""
    data = FORMATS[suffix](text, rng).encode(rng.choice(["utf-8"] * 8 + ["utf-16", "latin-1"]), "replace")
    data = gzip.compress(data) if suffix.endswith(".gz") else data
    if data and rng.random() < 0.3:
        changed = bytearray(data)
        for _ in range(rng.randrange(1, DAMAGE)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        data = bytes(changed)
    return data[: rng.randrange(len(data))] if data and rng.random() < 0.05 else data


def check(claim: Claim, text: str) -> None:
    """Every span of a record is where it says, and not blank."""
    spans = [claim.source, claim.cue, claim.actor and claim.actor.mention]
    spans += [target.mention for target in claim.stance.targets]
    for span in spans:
        if span is not None:
            assert text[span.start : span.end] == span.text and span.text.strip(), span
    assert claim.claim.text == " ".join(text[span.start : span.end] for span in claim.claim.spans)
    json.dumps(claim.to_dict(), ensure_ascii=False, allow_nan=False).encode()


if __name__ == "__main__":
    main()
