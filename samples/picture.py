"""``python samples/picture.py``: draw ``pact.svg`` anew, the beginning of what a terminal shows of ``pact.txt``."""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

COLUMNS, LINES = 88, 34
COMMAND = ["nlpclaims", "extract", "samples/pact.txt"]


def main() -> None:
    samples = Path(__file__).resolve().parent
    run = subprocess.run(
        [sys.executable, "-m", *COMMAND, "--format", "table"],
        cwd=samples.parent,
        env={**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS)},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    shown = run.stdout.splitlines()[:LINES]
    while shown[-1].strip():  # up to the last claim that is there as a whole
        shown.pop()
    terminal = Console(record=True, width=COLUMNS + 2, file=StringIO(), force_terminal=True)
    terminal.print(Text("$ " + " ".join(COMMAND), style="bold"), *map(Text.from_ansi, shown), Text("  …"), sep="\n")
    # A picture inside a page loads no fonts, and not every viewer keeps spaces at the start of a line unasked.
    frame = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    frame = frame.replace("<svg ", '<svg xml:space="preserve" ', 1)
    picture = terminal.export_svg(title="nlpclaims", code_format=frame, unique_id="pact")
    (samples / "pact.svg").write_text(picture, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
