"""``nlpclaims schema``: the claim record as JSON Schema."""

import json

from nlpclaims.console import exit_codes
from nlpclaims.records import json_schema
from nlpclaims.writing import open_stdout


def schema() -> None:
    """Print the JSON Schema (2020-12) of a claim record, as `extract` writes it."""
    with exit_codes(), open_stdout() as stream:
        stream.write(json.dumps(json_schema(), indent=2) + "\n")
