"""``python -m nlpclaims.training.assemble CONFIG OUTPUT --paths.PART DIR …``: put the trained parts together.

The tokenizer is that of the part named first.
"""

import json
import sys
from pathlib import Path
from typing import Any

from spacy import util
from spacy.cli._util import parse_config_overrides
from spacy.language import Language

import nlpclaims


def assemble(config: Path, output: Path, overrides: dict[str, Any]) -> None:
    nlp = util.load_model_from_config(util.load_config(config, overrides=overrides), auto_fill=True)
    # A pipeline put together from parts starts with a tokenizer of its own; the parser was trained on its part's.
    tokenizer: Any = nlp.tokenizer
    trained: Any = util.load_model(next(iter(overrides.values()))).tokenizer
    tokenizer.from_bytes(trained.to_bytes())
    nlp.meta.update(
        name="news_claims",
        version=nlpclaims.__version__,
        description="Attributions, actors and stance in English news.",
        author="The nlpclaims developers",
        license="see models/README.md",
    )
    # A part's scores in training say nothing about the whole; models/README.md gives those, with their commands.
    nlp.meta["performance"] = {}
    nlp._config["paths"] = dict.fromkeys(nlp._config["paths"])  # where the parts lay is nothing to a user
    nlp.to_disk(output)
    strings = output / "vocab" / "strings.json"
    strings.write_text(json.dumps(sorted(_needed_strings(nlp)), ensure_ascii=False, indent=0), encoding="utf-8")


def _needed_strings(nlp: Language) -> set[str]:
    """The strings that the components know by hash alone; the words of the training texts are not among them."""
    needed: set[str] = {"_SP", "ROOT", "dep"}
    for _, pipe in nlp.pipeline:
        needed.update(str(label) for label in getattr(pipe, "labels", ()))
    lemmatizer: Any = nlp.get_pipe("lemmatizer")
    for tree in lemmatizer.label_data["trees"]:
        needed.update(tree[part] for part in ("orig", "subst") if part in tree)
    return needed


if __name__ == "__main__":
    assemble(Path(sys.argv[1]), Path(sys.argv[2]), parse_config_overrides(sys.argv[3:]))
