"""What a notebook shows of a value as text, the package prints; what shows itself as a picture has no text."""

import pytest

from nb2pkg.scaffold.running.showing import display, show_result


class Picture:
    """A figure that draws itself in a notebook."""

    def _ipython_display_(self) -> None:
        """Draw."""


class Anything:
    """A value that has every attribute that is asked for."""

    def __getattr__(self, name: str) -> object:
        return len

    def __repr__(self) -> str:
        return "anything"


@pytest.mark.parametrize(
    ("value", "text"), [(Picture(), ""), (None, ""), (Anything(), "anything\n"), ([1, 2], "[1, 2]\n")]
)
def test_a_value_is_shown_as_text_unless_it_shows_itself(
    value: object, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show_result(value)
    assert capsys.readouterr().out == text


def test_values_side_by_side_are_shown_in_turn(capsys: pytest.CaptureFixture[str]) -> None:
    display(3, Picture(), "a")
    assert capsys.readouterr().out == "3\n'a'\n"
