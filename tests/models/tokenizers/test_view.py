from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.chat_template import CHATML, ChatTemplate
from orchestrator.core.tokenizer import Token
from orchestrator.models.tokenizers import _view as view
from orchestrator.models.tokenizers import o200k, qwen3


@dataclass(frozen=True, slots=True)
class Bytes:
    """A vocabulary of the 256 bytes."""

    name: str = "bytes"
    template: ChatTemplate = CHATML

    def split(self, text: str, *, control: bool) -> list[Token]:
        return [Token(byte, bytes([byte])) for byte in text.encode()]


def template_text(shown: list[view.TokenView], *, template: bool) -> str:
    return b"".join(one.token.piece for one in shown if one.template is template).decode()


def test_a_conversation_is_what_a_model_gets_up_to_where_it_is_to_answer() -> None:
    shown = view.conversation(Bytes(), "Be brief.", ["Hi", "Hello!", "Bye"])
    assert b"".join(one.token.piece for one in shown).decode() == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
        "<|im_start|>assistant\nHello!<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n"
    )
    assert template_text(shown, template=False) == "Be brief.HiHello!Bye"


def test_a_control_token_in_a_message_stays_text() -> None:
    shown = view.conversation(o200k.create(), "", ["<|end|>"])
    assert [one.token.id for one in shown if not one.template] != [200007]
    assert template_text(shown, template=False).startswith("<")


def test_the_template_s_part_is_found_where_the_vocabulary_composes_characters() -> None:
    shown = view.conversation(qwen3.create(), "", ["e\u0301" * 40, "ok"])
    assert template_text(shown, template=False) == "\u00e9" * 40 + "ok"


def test_bytes_that_a_vocabulary_lacks_do_not_move_the_template_s_part() -> None:
    class NoBangs(Bytes):
        def split(self, text: str, *, control: bool) -> list[Token]:
            return [token for token in Bytes.split(self, text, control=control) if token.piece != b"!"]

    shown = view.conversation(NoBangs(), "", ["Oh!!!", "Yes"])
    assert template_text(shown, template=False) == "OhYes"


@given(st.binary(min_size=1, max_size=12))
def test_every_piece_is_shown_on_one_line_without_steering_the_terminal(piece: bytes) -> None:
    text = view.TokenView(Token(1, piece), template=False).text
    assert text
    assert text.isprintable()


def test_blanks_and_broken_characters_are_seen() -> None:
    assert view.TokenView(Token(1, b" a\n"), template=False).text == "·a\\n"
    assert view.TokenView(Token(1, "🍓".encode()[:2]), template=False).text == "\\xf0\\x9f"


def test_the_sentence_has_the_text_s_own_numbers() -> None:
    said = view.why_counting_fails("strawberry", view.plain(o200k.create(), "strawberry"))
    assert said.startswith(
        "You see 10 characters, the model gets 3 numbers (302 1618 19772): no letter is in its input"
    )
    assert "1 number (" in view.why_counting_fails("a", view.plain(o200k.create(), "a"))
