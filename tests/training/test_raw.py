"""Text without annotation: Markdown is taken off, and nothing of the text with it."""

from hypothesis import given
from hypothesis import strategies as st

from nlpclaims.training.raw import plain


def test_links_and_emphasis_go_and_wrapped_lines_join() -> None:
    text = " \nThe President\n[took](https://example.org/x?y=1) **decisive** action.\n   \n# Next\n- one\n"
    assert plain(text) == "The President took decisive action.\n\nNext - one"


@given(st.lists(st.text("abc XY.,\n", min_size=1), min_size=1))
def test_no_word_is_lost(parts: list[str]) -> None:
    text = "\n\n".join(parts)
    assert plain(text).split() == text.split()
