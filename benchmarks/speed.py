"""How fast the whole job is, beside the pipeline alone and beside textacy's quotations where it is installed.

    python benchmarks/speed.py articles/ --articles 20000

Every round runs all of them one after another, so that ratios are of runs side by side; the table has the medians of
the rounds. It goes to benchmarks/RESULTS.md too.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from corpus import children, extract, parser, write_articles

from nlpclaims import __version__
from nlpclaims.cores import cores

RESULTS = Path(__file__).parent / "RESULTS.md"
BATCH = 50


@dataclass(frozen=True)
class Measured:
    """One run: how long it took, and the most memory that its processes had together, in megabytes."""

    seconds: float
    memory: float


def main() -> None:
    """Run the rounds and write the table."""
    arguments = parser(__doc__, articles=20_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--output", type=Path, default=RESULTS, help="the Markdown file with the table")
    arguments.add_argument("--pipeline-alone", choices=["bare", "textacy"], help="used by the benchmark itself")
    given = arguments.parse_args()
    if given.pipeline_alone:
        print(pipeline_alone(Path(given.source), given.pipeline_alone))
        return
    with tempfile.TemporaryDirectory() as folder:
        table = benchmark(given.source, given.articles, given.rounds, Path(folder))
    given.output.write_text(table, encoding="utf-8")
    print(table)


def benchmark(source: str, articles: int, rounds: int, folder: Path) -> str:
    """The results as Markdown."""
    rows, one, output = folder / "rows.jsonl", folder / "one.jsonl", folder / "claims.jsonl"
    words = write_articles(source, articles, rows)
    write_articles(source, 1, one)
    alone = [sys.executable, __file__, str(rows), "--pipeline-alone"]
    commands = {
        "pipeline alone (`nlp.pipe`)": [*alone, "bare"],
        "`extract --workers 1`": extract(rows, output, "--workers", "1"),
        "`extract --workers 2`": extract(rows, output, "--workers", "2"),
        "start-up: `extract` of one article": extract(one, output, "--workers", "1"),
    }
    if find_spec("textacy"):
        commands["textacy's `direct_quotations` on the same pipeline"] = [*alone, "textacy"]
    found: dict[str, list[Measured]] = {name: [] for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            print(f"round {number + 1} of {rounds}: {name}", file=sys.stderr)
            found[name].append(measure(command))
    return "\n".join(report(found, words, articles, rounds))


def measure(command: list[str]) -> Measured:
    """Run a command to its end; one that prints a number says itself how many seconds of it count."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    peak = [0.0]
    watcher = threading.Thread(target=watch, args=(process, peak))
    watcher.start()
    told, _ = process.communicate()
    seconds = time.monotonic() - began
    watcher.join()
    if process.returncode:
        sys.exit(f"failed: {' '.join(command)}")
    return Measured(float(told) if told.strip() else seconds, peak[0])


def watch(process: "subprocess.Popen[bytes]", peak: list[float]) -> None:
    """Keep the most memory that a process and those it has started have together, what they share counted once."""
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(memory, [process.pid, *children(process.pid)])))
        time.sleep(0.2)


def memory(pid: int) -> float:
    """Megabytes of a process, on Linux; 0 where that cannot be told."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def pipeline_alone(rows: Path, what: str) -> float:
    """Seconds that the pipeline takes for the texts without nlpclaims around it, and with textacy's rules for it."""
    from spacy.util import minibatch

    from nlpclaims.extractor import load_pipeline

    nlp = load_pipeline()
    with rows.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    began = time.monotonic()
    for batch in minibatch(texts, BATCH):
        with nlp.memory_zone():
            for doc in nlp.pipe(batch):
                if what == "textacy":
                    quotations(doc)
    return time.monotonic() - began


def quotations(doc: object) -> None:
    """Textacy's quotations; it refuses an odd number of quotation marks."""
    from textacy.extract import direct_quotations

    try:
        list(direct_quotations(doc))
    except ValueError:
        return


def report(found: dict[str, list[Measured]], words: int, articles: int, rounds: int) -> list[str]:
    """The lines of the results."""
    base, *others = found
    start = "start-up: `extract` of one article"
    startup = [run.seconds for run in found[start]]
    lines = [
        "# Speed",
        "",
        f"{articles:,} articles of {words:,} words, medians of {rounds} paired rounds; nlpclaims {__version__}, "
        f"Python {platform.python_version()}, {cores()} cores, OMP_NUM_THREADS "
        f"{os.environ.get('OMP_NUM_THREADS', 'unset')}. Written by `python benchmarks/speed.py`.",
        "",
        "| what | seconds | words/s | without start-up | speed beside the pipeline alone | peak memory, MB |",
        "|---|---|---|---|---|---|",
    ]
    for name in (base, *others):
        runs = found[name]
        seconds, peak = median(run.seconds for run in runs), median(run.memory for run in runs)
        if name == start:
            lines.append(f"| {name} | {seconds:.1f} | | | | {peak:,.0f} |")
            continue
        own = [0.0] * rounds if not name.startswith("`extract") else startup
        net = [max(1e-3, run.seconds - extra) for run, extra in zip(runs, own, strict=True)]
        ratios = [other.seconds / each for other, each in zip(found[base], net, strict=True)]
        lines.append(
            f"| {name} | {seconds:.1f} | {words / seconds:,.0f} | {words / median(net):,.0f} | "
            f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) | {peak:,.0f} |"
        )
    one, two = (
        [run.seconds - extra for run, extra in zip(found[f"`extract --workers {n}`"], startup, strict=True)]
        for n in (1, 2)
    )
    scaling = median(a / max(1e-3, b) for a, b in zip(one, two, strict=True))
    lines += ["", f"Two workers do {scaling:.2f} times what one does, start-up left out.", ""]
    if not find_spec("textacy"):
        lines += ["textacy is not installed here, so it is not in the table.", ""]
    return lines


if __name__ == "__main__":
    main()
