"""Where the time of a word goes: by component, and how much of it the models take, spaCy's code, and our own.

    python benchmarks/shares.py articles/ --articles 84

One thread runs the pipeline's components one after another and is looked at every few milliseconds (Linux, macOS). The
table goes to benchmarks/SHARES.md too.
"""

import os
import signal
import sys
import time
from collections import Counter, defaultdict
from itertools import islice
from pathlib import Path
from types import FrameType

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy and onnxruntime are there

import spacy
import thinc
from corpus import parser, texts

import nlpclaims
from nlpclaims.extractor import Place, load

SHARES = Path(__file__).parent / "SHARES.md"
EVERY = 0.002
OWN, SPACY, THINC = (str(Path(module.__file__).parent) for module in (nlpclaims, spacy, thinc))
PREDICT = str(Path(THINC, "model.py"))
KINDS = MODELS, SPACYS_CODE, OWN_CODE = "models", "spaCy's code", "nlpclaims' code"


class Watcher:
    """Counts CPU seconds by component and by whose code runs."""

    def __init__(self) -> None:
        self.seconds: dict[str, Counter[str]] = defaultdict(Counter)
        self.component = ""
        self._last = time.process_time()

    def look(self, _: int, frame: FrameType | None) -> None:
        """Count the time since the last look; a call into C is only looked at when it is over."""
        now = time.process_time()
        if self.component:
            self.seconds[self.component][kind_of(frame)] += now - self._last
        self._last = now


def kind_of(frame: FrameType | None) -> str:
    """A model's work where one predicts, else that of the innermost of the packages."""
    innermost = ""
    while frame is not None:
        file = frame.f_code.co_filename
        if file == PREDICT and frame.f_code.co_name in ("predict", "__call__"):
            return MODELS
        if not innermost and file.startswith((OWN, SPACY, THINC)):
            innermost = OWN_CODE if file.startswith(OWN) else SPACYS_CODE
        frame = frame.f_back
    return innermost or SPACYS_CODE


def main() -> None:
    """Run the pipeline over the articles and write the table."""
    given = parser(__doc__, articles=84).parse_args()
    articles = list(islice(texts(given.source), given.articles))
    if not articles:
        sys.exit(f"{given.source}: holds no article")
    table = report(watch(articles), sum(len(text.split()) for text in articles))
    SHARES.write_text(table, encoding="utf-8")
    print(table)


def watch(articles: list[str]) -> dict[str, Counter[str]]:
    """CPU seconds by component, in their order, and by kind."""
    extractor = load()
    nlp, watcher = extractor.nlp, Watcher()
    extractor.extract(articles[0])  # what is set up at the first use
    signal.signal(signal.SIGPROF, watcher.look)
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    for text in articles:
        with nlp.memory_zone():
            watcher.component = "tokenizer"
            doc = nlp.make_doc(text)
            for watcher.component, pipe in nlp.pipeline:
                doc = pipe(doc)
            watcher.component = "records"
            extractor.read(doc, "-", Place())
    signal.setitimer(signal.ITIMER_PROF, 0)
    return {name: watcher.seconds[name] for name in ("tokenizer", *nlp.pipe_names, "records")}


def report(seconds: dict[str, Counter[str]], words: int) -> str:
    """The table in Markdown: microseconds a word, and shares in per cent."""
    everything = sum(seconds.values(), Counter[str]())
    total = everything.total()
    lines = [
        "# Shares of the time",
        "",
        f"{words:,} words on one thread, {total / words * 1e6:.0f} µs a word. "
        "Written by `python benchmarks/shares.py`.",
        "",
        f"| | µs a word | % | {' | '.join(f'{kind}, %' for kind in KINDS)} |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_row(name, spent, total, words) for name, spent in [*seconds.items(), ("all", everything)]]
    return "\n".join([*lines, ""])


def _row(name: str, spent: Counter[str], total: float, words: int) -> str:
    shares = " | ".join(f"{100 * each / total:.1f}" for each in (spent.total(), *(spent[kind] for kind in KINDS)))
    return f"| {name} | {spent.total() / words * 1e6:.1f} | {shares} |"


if __name__ == "__main__":
    main()
