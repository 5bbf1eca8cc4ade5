"""What the benchmarks share: articles in the number that is asked for, and the command that reads them."""

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from nlpclaims.reading import Source, find_sources, read_source
from nlpclaims.records import Article, Failure


def parser(description: str | None, articles: int) -> argparse.ArgumentParser:
    """A parser of the arguments that all benchmarks have."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("source", help="a JSONL file or a folder of articles, as for nlpclaims extract")
    made.add_argument("--articles", type=int, default=articles, help="how many; those of the source are repeated")
    return made


def write_articles(source: str, number: int, path: Path) -> int:
    """Write so many articles to a JSONL file, those of the source again and again; how many words they have."""
    found = list(texts(source))
    if not found:
        sys.exit(f"{source}: holds no article")
    words = 0
    with path.open("w", encoding="utf-8") as rows:
        for count, text in enumerate(islice(cycle(found), number)):
            rows.write(json.dumps({"id": f"{count:06}", "text": text}) + "\n")
            words += len(text.split())
    return words


def texts(source: str) -> Iterator[str]:
    """The texts of the articles of a file or a folder."""
    return (item.text for item in items(source) if isinstance(item, Article) and item.text.strip())


def items(source: str) -> Iterator[Article | Failure]:
    """What is read of a file or a folder."""
    for each in find_sources([source]):
        yield from read_source(each) if isinstance(each, Source) else (each,)


def extract(rows: Path, output: Path, *options: str) -> list[str]:
    """The command line of a run."""
    return [sys.executable, "-m", "nlpclaims", "extract", str(rows), "-o", str(output), "--quiet", *options]


def children(pid: int) -> list[int]:
    """The processes that a process has started, on Linux; none where it has gone."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
