from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.chat_template import CHATML, LLAMA3, PLAIN, TEMPLATES
from orchestrator.core.transcript import Transcript
from orchestrator.core.types import Message

appends = st.lists(
    st.tuples(st.text(max_size=5), st.sampled_from(["system", "user", "assistant"]), st.booleans()), max_size=20
)


def conversation(template=None):
    transcript = Transcript(template)
    transcript.append("Be brief.", "system", "system")
    transcript.append("Hi", "user", "user")
    transcript.append("Let me see: [A:1]", "model", "assistant")
    transcript.append("[A_RESULT:2]", "tool", "assistant", "A")
    transcript.append(" 2.", "model", "assistant")
    transcript.append("Thanks", "user", "user")
    return transcript


def test_a_change_of_role_begins_a_message():
    assert conversation().messages() == (
        Message("system", "Be brief."),
        Message("user", "Hi"),
        Message("assistant", "Let me see: [A:1][A_RESULT:2] 2."),
        Message("user", "Thanks"),
    )


def test_a_template_renders_the_same_conversation_as_one_prompt():
    transcript = conversation(CHATML)
    transcript.begin("assistant")
    assert transcript.prompt() == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
        "<|im_start|>assistant\nLet me see: [A:1][A_RESULT:2] 2.<|im_end|>\n"
        "<|im_start|>user\nThanks<|im_end|>\n<|im_start|>assistant\n"
    )
    assert conversation(LLAMA3).prompt().startswith("<|begin_of_text|><|start_header_id|>system")
    assert "\nAssistant:Let me see" in conversation(PLAIN).prompt()


def test_every_byte_of_the_prompt_has_its_origin():
    for template in TEMPLATES.values():
        transcript = conversation(template)
        assert "".join(span.text for span in transcript.spans) == transcript.prompt()
        said = [(span.text, span.origin, span.tool) for span in transcript.spans if span.origin != "template"]
        assert ("[A_RESULT:2]", "tool", "A") in said
        assert ("Hi", "user", None) in said


def test_an_empty_transcript_renders_as_nothing():
    assert Transcript().messages() == ()
    assert Transcript(CHATML).prompt() == ""
    assert len(Transcript()) == 0


@given(appends)
def test_what_was_rendered_once_is_only_ever_added_to(parts):
    """Rendering along the way gives what rendering once at the end gives, and never changes what was there."""
    for template in (None, CHATML):
        along, at_the_end = Transcript(template), Transcript(template)
        before = ""
        for text, role, render in parts:
            along.append(text, "user", role)
            at_the_end.append(text, "user", role)
            if render:
                assert along.messages() == along.messages()
                assert along.prompt().startswith(before)
                before = along.prompt()
        assert along.messages() == at_the_end.messages()
        assert along.prompt() == at_the_end.prompt()
        assert along.spans == at_the_end.spans


def test_a_message_without_words_is_no_message_but_stands_in_the_prompt():
    transcript = Transcript(CHATML)
    transcript.append("Hi", "user", "user")
    transcript.begin("assistant")
    transcript.append("Still there?", "user", "user")
    assert [message.role for message in transcript.messages()] == ["user", "user"]
    assert "<|im_start|>assistant\n<|im_end|>\n" in transcript.prompt()
