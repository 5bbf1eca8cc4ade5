"""The view for people: a block for each claim, grouped by document, wrapped to the width there is.

    articles/pact.txt · 1 claim

      Jens Stoltenberg, NATO Secretary General · stated
        the agreement is indicative of a growing alignment among authoritarian
        powers
        - negative · accuse · certain · confidence 0.87 · about Russia (- negative)

Only the text of the article is shown, never interpreted: neither Rich's markup nor control characters have an effect.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.text import Text

from nlpclaims.console import counted, printable
from nlpclaims.records import Actor, Claim, Content, Stance, Target

MAX_WIDTH = 100
"""Lines longer than this are hard to read, however wide the terminal is."""

_SEPARATOR = " · "
_POLARITY = {"positive": ("+ positive", "green"), "negative": ("- negative", "red"), "neutral": ("= neutral", "cyan")}
_COMMITMENT = {
    "CT+": "certain",
    "PR+": "probable",
    "PS+": "possible",
    "CT-": "certainly not",
    "PR-": "probably not",
    "PS-": "possibly not",
    "Uu": "uncommitted",
}


class Blocks:
    """Writes articles as blocks of text; with colours only where ``stream`` is a terminal that has them.

    Attributes:
        width: of a line, in terminal columns.
    """

    def __init__(self, stream: TextIO, width: int | None = None):
        self._stream = stream
        self._console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
        self.width = max(20, min(self._console.width, MAX_WIDTH))
        self._started = False

    @contextmanager
    def article(self, document: str, count: str) -> Iterator[None]:
        """A heading and an empty line, then what is printed meanwhile."""
        # Captured first: the article is written at once, and a closed pipe reaches the caller as an exception.
        with self._console.capture() as captured:
            if self._started:
                self.print(Text())
            name = "standard input" if document == "-" else printable(document)
            self.print(Text.assemble((name, "bold underline"), (f"{_SEPARATOR}{count}", "dim")))
            yield
        self._started = True
        self._stream.write(captured.get())
        self._stream.flush()

    def print(self, text: Text, indent: int = 0) -> None:
        """Print ``text`` wrapped, each line indented, none with white space at its end."""
        for line in text.wrap(self._console, self.width - indent, overflow="fold"):
            line.rstrip()
            if indent:
                line.pad_left(indent)
            self._console.print(line, soft_wrap=True)

    def finish(self) -> None:
        """Nothing ends the format."""


class TableWriter(Blocks):
    """Writes a block of text for each claim."""

    def write(self, document: str, claims: Sequence[Claim]) -> None:
        """Write one article's claims under its name, which stands there without claims as well."""
        with self.article(document, counted(len(claims), "claim") if claims else "no claims"):
            for claim in claims:
                self.print(Text())
                self.print(_speaker(claim), indent=2)
                self.print(Text(_content(claim.claim)), indent=4)
                for line in flow(_stance(claim.stance, claim.confidence), self.width - 4):
                    self.print(line, indent=4)


def _speaker(claim: Claim) -> Text:
    text = Text()
    if claim.actor:
        text.append(printable(claim.actor.name), "bold")
        text.append(_details(claim.actor), "dim")
    elif claim.source:
        text.append(printable(claim.source.text), "bold")
    else:
        text.append("no source named", "dim italic")
    if claim.cue:
        text.append(_SEPARATOR, "dim")
        text.append(printable(claim.cue.text), "italic")
    return text


def _details(actor: Actor) -> str:
    role = f", {printable(actor.role)}" if actor.role else ""
    if actor.mention is None or actor.mention.text in (actor.name, actor.role):
        return role
    return f"{role} (as “{printable(actor.mention.text)}”)"


def _content(content: Content) -> str:
    """The claimed text; where the article's own words interrupt it, an ellipsis stands for them."""
    text, start, end = "", 0, content.spans[0].start
    for span in content.spans:
        length = span.end - span.start
        # Pieces of one quotation in two paragraphs are next to each other but for line ends and quotation marks.
        text += ("" if not start else " … " if span.start - end > 4 else " ") + content.text[start : start + length]
        start, end = start + length + 1, span.end
    return printable(text if start == len(content.text) + 1 else content.text)


def _stance(stance: Stance, confidence: float) -> list[Text]:
    parts = [polarity_text(stance.polarity)] if stance.polarity else []
    if stance.action:
        parts.append(Text(printable(stance.action.lower())))
    if stance.commitment:
        parts.append(Text(_COMMITMENT.get(stance.commitment, printable(stance.commitment))))
    parts.append(Text(f"confidence {confidence:.2f}", "dim"))
    if stance.targets:
        parts.append(Text("about ") + Text(", ").join(_targets(stance.targets)))
    return parts


def flow(parts: Sequence[Text], width: int) -> list[Text]:
    """The parts in lines, broken between parts where that is possible; a part wider than ``width`` has its own line."""
    lines = [Text()]
    for part in parts:
        if not lines[-1]:
            lines[-1].append_text(part)
        elif lines[-1].cell_len + len(_SEPARATOR) + part.cell_len <= width:
            lines[-1].append(_SEPARATOR, "dim").append_text(part)
        else:
            lines.append(Text().append_text(part))
    return lines


def _targets(targets: Sequence[Target]) -> Iterator[Text]:
    for target in targets:
        name = Text(printable(target.name))
        yield Text.assemble(name, " (", polarity_text(target.polarity), ")") if target.polarity else name


def polarity_text(polarity: str) -> Text:
    """The polarity as a sign and a word; the colour only repeats them."""
    words, style = _POLARITY.get(polarity, (printable(polarity), ""))
    return Text(words, style)
