"""What spaCy's configs name is found by entry points: each part that is registered for them is one."""

import re
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parent.parent
ENTRY_POINT = re.compile(r'^"?(nlpclaims[\w.]+)"? = "([\w.]+):(\w+)"$', re.MULTILINE)
# Scorers are left out: only the defaults of the component that registers them name them.
REGISTERED = re.compile(
    r'^@(?:registry\.(?:architectures|readers|callbacks)|Language\.(?:factory|component))\(\s*"(nlpclaims[\w.]+)"'
    r"[\s\S]*?^def (\w+)",
    re.MULTILINE,
)


def test_every_registered_part_is_an_entry_point() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "nlpclaims").rglob("*.py")]
    registered = {found for source in sources for found in REGISTERED.findall(source)}
    entry_points = ENTRY_POINT.findall((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert {(name, function) for name, _, function in entry_points} == registered
    assert all(callable(getattr(import_module(module), function)) for _, module, function in entry_points)


def test_readme_names_every_component() -> None:
    entry_points = ENTRY_POINT.findall((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    components = {name for name, _, _ in entry_points if "." not in name}
    assert set(re.findall(r"`(nlpclaims_\w+)`", (ROOT / "README.md").read_text(encoding="utf-8"))) == components
