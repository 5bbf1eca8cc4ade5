"""``python -m nlpclaims``."""

from nlpclaims.cli import app

if __name__ == "__main__":
    app(prog_name="nlpclaims")
