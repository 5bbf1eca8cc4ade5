"""Kills of a worker and of the whole run at random moments, and whether the records are those of an undisturbed run.

python benchmarks/resume.py articles/ --articles 400 --kills 10
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from corpus import children, extract, parser, write_articles


def main() -> None:
    """Do the kills, say how each ended, and exit with 1 where records differ."""
    arguments = parser(__doc__, articles=400)
    arguments.add_argument("--kills", type=int, default=10, help="of a worker, and as many of the run")
    arguments.add_argument("--workers", default="2")
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    moments = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows, expected = folder / "rows.jsonl", folder / "expected.jsonl"
        write_articles(given.source, given.articles, rows)
        began = time.monotonic()
        subprocess.run(extract(rows, expected, "--workers", given.workers), check=True)
        seconds = time.monotonic() - began
        print(f"| killed | after, of {seconds:.1f} s | records kept by then | sorted bytes as undisturbed |")
        print("|---|---|---|---|")
        equal = True
        for what in ("worker", "run"):
            for number in range(given.kills):
                output = folder / f"{what}-{number}.jsonl"
                moment = moments.uniform(0.02, 0.98) * seconds
                kept = disturbed(
                    extract(rows, output, "--workers", given.workers, "--resume"), output, what, moment, moments
                )
                same = sorted(output.read_bytes().splitlines()) == sorted(expected.read_bytes().splitlines())
                equal &= same
                print(f"| {what} | {moment:.1f} s | {kept} | {'yes' if same else 'NO'} |", flush=True)
    sys.exit(not equal)


def disturbed(command: list[str], output: Path, what: str, moment: float, random_: random.Random) -> str:
    """A run in which at some moment a worker or all of it is killed, gone on with to its end; what was kept by then."""
    process = subprocess.Popen(command)
    try:
        process.wait(moment)
        return "all: it was done before"
    except subprocess.TimeoutExpired:
        journal = output.with_name(output.name + ".journal")
        kept = journal.read_bytes().count(b"\n") - 1 if journal.exists() else 0
    workers = [pid for pid in children(process.pid) if b"spawn_main" in _command_line(pid)]
    if what == "run":
        process.kill()
        process.wait()
        subprocess.run(command, check=True)
    else:
        if workers:
            os.kill(random_.choice(workers), signal.SIGKILL)
        if process.wait():
            sys.exit(f"failed: {' '.join(command)}")
    return f"of {max(kept, 0)} articles"


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


if __name__ == "__main__":
    main()
