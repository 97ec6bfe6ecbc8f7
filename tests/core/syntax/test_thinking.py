"""What a model thought is taken out of what it said."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestrator.core.syntax import opened_by, without_thinking
from orchestrator.core.syntax.thinking import ThinkingReader
from orchestrator.core.syntax.thinking_marks import BEGINNINGS, DRESSES, ENDING, LIKE_A_MARK, LONGEST, OPENING

MARKS = ["<think>", "</think>", "`", "```\n", "\n", "[", "]", "\\", "<", "a ", "think>"]
PIECES = st.lists(st.sampled_from(MARKS), max_size=20)
PAIRS = [(dress.opens[0], dress.closes[0]) for dress in DRESSES]
HARMONY = "<|channel|>analysis<|message|>{}<|end|><|start|>assistant<|channel|>final<|message|>"
BLOCKS = [
    "<think>{}</think>",
    "<THINK>{}</Think>",
    "[THINK]{}[/THINK]",
    "[think]{}[/think]",
    "<thinking>{}</thinking>",
    "<Thought>{}</thought>",
    "<reasoning>{}</reasoning>",
    "<seed:think>{}</seed:think>",
    "◁think▷{}◁/think▷",
    "<|begin_of_thought|>{}<|end_of_thought|>",
    "<|START_THINKING|>{}<|END_THINKING|>",
    "<|channel>thought\n{}<channel|>",
    HARMONY,
    "<|channel|>analysis<|message|>{}<|end|>",
    "<|channel|>commentary to=functions.f <|message|>{}<|end|><|start|>assistant<|channel|>final<|message|>",
    HARMONY[: -len("final<|message|>")] + "analysis<|message|>{}<|end|><|start|>assistant<|channel|>final<|message|>",
    "<think>\n<think>\n{}</think>",
    "<think>{} <think>more</think> and more</think>",
    "<think>I should use <think> here. {}</think>",
    "<think >{}</think >",
    "<think type='a' n=\"2\">{}</think>",
    "<reason>{}</reason>",
    "<reflection>{}</reflection>",
    "<scratchpad>\n{}\n</scratchpad>",
    "<antThinking>{}</antThinking>",
    "[REASONING]{}[/REASONING]",
    "[THINKING]{}[/THINKING]",
    "<unused94>thought\n{}<unused95>",
    "<think>{}</thinking>",
    "<thoughts>{}</think>",
    "<think>{}</thought >",
    "<reasoning>{}[/THINK]",
    "[REASONING]{}</reasoning>",
]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>7?</think>6", "6"),
        ("\n <think>a [b]</think>\nSix, <think>or 7</think> no: 6.", "\n \nSix,  no: 6."),
        ("It is 6. <think>or [7", "It is 6. "),
        ("Wrap it in `<think>` so that it is seen.", "Wrap it in `<think>` so that it is seen."),
        ("```\n<think>x</think>\n```\nDone.", "```\n<think>x</think>\n```\nDone."),
        ("Write \\<think> or <thinker>, [1].", "Write \\<think> or <thinker>, [1]."),
        ("<<think>no</think>yes", "<yes"),
        ("", ""),
    ],
)
def test_think_blocks_are_taken_out_and_code_is_left(text, left):
    assert without_thinking(text) == left


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("thought", ["7?", "", "Is it [1] or `7`?\n\n```\nx\n```", "a < b, ```not closed"])
def test_thinking_in_any_dress_is_taken_out(block, thought):
    block = block.replace("{}", thought)
    assert without_thinking(f"{block}It is 6.") == "It is 6."
    if "```" not in thought:
        assert without_thinking(f"```\n{block}\n```\n6") == f"```\n{block}\n```\n6"


@pytest.mark.parametrize("pair", PAIRS[:-1])
def test_thinking_in_the_middle_is_taken_out_as_well(pair):
    block = f"{pair[0]} or 7{pair[1]}"
    assert without_thinking(f"So: {block}It is 6. {block}Sure.") == "So: It is 6. Sure."


@pytest.mark.parametrize("block", BLOCKS)
def test_thinking_that_is_not_closed_reaches_to_the_end(block):
    opening = block.partition("{}")[0]
    assert without_thinking(f"It is 6.\n{opening}or 7") == "It is 6.\n"


def test_all_before_the_final_channel_is_thinking():
    final = "<|start|>assistant<|channel|>final<|message|>"
    assert without_thinking(f"Is it 7?<|end|>{final}It is 6.<|return|>") == "It is 6."
    assert without_thinking(f"So: {HARMONY.format('7?')}5.<|end|>{final}It is 6.<|return|>junk") == "It is 6."


@pytest.mark.parametrize("ending", sorted(ENDING))
def test_a_closing_mark_alone_ends_what_the_prompt_opened(ending):
    assert without_thinking(f"Is it 7?\n{ending}\nIt is 6.") == "\nIt is 6."
    assert without_thinking(f"Is it 7.{ending.upper()}It is 6.") == "It is 6."
    assert without_thinking(f"it is 7 {ending} It is 6.").strip() == "It is 6."
    assert without_thinking(f"{ending}\n\nIt is 6.") == "\n\nIt is 6."
    assert without_thinking(f"Is it 7?{ending}No.\n{ending}\nIt is 6.") == "\nIt is 6."
    assert without_thinking(f"It is 7 {ending} ") == ""
    assert without_thinking(f"a{ending}\n```\nIt is {ending}\n```") == f"\n```\nIt is {ending}\n```"


@pytest.mark.parametrize(
    "text",
    [
        "The tag </think> ends the thinking.",
        "The thinking ends with </think>.",
        "You wrote “</think>” and '</think>' is next.",
        'It is called "</think>".',
        "Use [THINK\\] and [/THINK], please.",
        "Close it with </thinking>, then answer.",
        "</think> is a closing tag.",
        "(</think>) closes it.",
        "Write `</think>` at the end.",
        "Like this:\n```\n</think>\n```\nDone.",
        "~~~\nx\n[/THINK]\n~~~\n6",
        "Type \\</think> to end.",
        "A </thinker> and </ think> and </think x> are no tags.",
    ],
)
def test_a_closing_mark_that_is_only_mentioned_swallows_no_answer(text):
    assert without_thinking(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Use <think> and </think> marks. It is 5",
        "The model prints <think> first. Answer: 5",
        "In this format, <think> opens the reasoning. The answer is 5.",
        "The tags <think>, <thinking> and <thought> open it. It is 5.",
        'It begins with "<think>" and so on. 5',
        "Its mark (<|begin_of_thought|>) opens it.",
        "Between [THINK] and [/THINK] it thinks; so 5",
        "The reason is in <reason type='a'> then. 5",
    ],
)
def test_an_opening_mark_that_is_only_mentioned_swallows_no_answer(text):
    assert without_thinking(text) == text
    assert without_thinking(f"<think>hm</think>{text}") == text
    assert without_thinking(f"{text} Use <think> and </think>") == f"{text} Use <think> and </think>"
    assert without_thinking(f"{text}\n<thinking>hm</thinking>6") == f"{text}\n6"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Sure, <think> let me see.</think>5", "Sure, 5"),
        ("Six <think>or 7?\n</think>no: 6", "Six no: 6"),
        ("First.\n<think> and then</think>5", "First.\n5"),
        ("First.\n  <think>, hm </think>5", "First.\n  5"),
        ("So: <think> or 7", "So: "),
        ("It is six <think>", "It is six "),
        ("It is (<think>or 7</think>) six", "It is () six"),
        ("Use <think> first.\n<think>hm", "Use <think> first.\n"),
    ],
)
def test_an_opening_mark_that_no_sentence_surrounds_opens_the_thinking(text, left):
    assert without_thinking(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "<|START_THINKING|>hm<|END_THINKING|><|START_RESPONSE|>5<|END_RESPONSE|>",
        "<|begin_of_thought|>hm<|end_of_thought|>\n\n<|begin_of_solution|>5<|end_of_solution|>\n",
        "<|begin_of_solution|>5<|end_of_solution|>",
        "<think>hm</think>\n<|begin_answer|>5",
        "hm</think><|START_RESPONSE|>5<|END_RESPONSE|>",
        "<think>hm</thinking><|begin_of_answer|>5<|end_of_answer|>",
    ],
)
def test_the_marks_around_an_answer_are_no_part_of_it(text):
    assert without_thinking(text) == "5"
    assert without_thinking(f"```\n{text}\n```") == f"```\n{text}\n```"


def test_thinking_that_the_prompt_opened_may_end_with_another_mark():
    assert without_thinking("hm [1]\n</thinking>5", opened_by("<think>\n")) == "5"
    assert without_thinking("a </thought> b </reasoning> 5", opened_by("<|im_start|>assistant\n<think>")) == " 5"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("so 6\n</think> it is 6", "it is 6"),
        ("perhaps [1]</think> it is 6", "it is 6"),
        ("so 6 </think>it is 6", "it is 6"),
        ("so 6.</think>, it is 6", ", it is 6"),
        ("也许是七 </think> 是六", "是六"),
        ('It says "7"</think>It is 6.', "It is 6."),
        ("Use `x` (or 7)</think> it is 6", "it is 6"),
        ("It is 7 (or 6) </think> It is 6.", "It is 6."),
    ],
)
def test_a_closing_mark_that_no_sentence_surrounds_ends_the_thinking(text, left):
    assert without_thinking(text).strip() == left


@pytest.mark.parametrize(
    "prompt", ["<|im_start|>assistant\n<think>\n", "[INST] q [/INST][THINK]", "x <Thinking>  \n\n"]
)
def test_a_prompt_that_ends_with_an_opening_mark_opens_the_thinking(prompt):
    dress = opened_by(prompt)
    assert dress
    assert without_thinking(f"7?{dress.closes[0]}6", dress) == "6"
    assert without_thinking("7?", dress) == ""
    assert without_thinking(f"{dress.opens[0]}7?{dress.closes[0]}6", dress) == "6"


def test_the_channel_at_the_end_of_a_prompt_is_thinking_too():
    dress = opened_by("<|start|>assistant<|channel|>analysis<|message|>")
    assert without_thinking("7?<|end|><|start|>assistant<|channel|>final<|message|>6", dress) == "6"


@pytest.mark.parametrize("prompt", ["", "<think>x", "<think></think>", "assistant\n", "<|start|>assistant", "think>"])
def test_other_prompts_open_none(prompt):
    assert opened_by(prompt) is None


def test_the_marks_of_two_dresses_are_never_confused():
    marks = [mark for dress in DRESSES for mark in (*dress.opens, *dress.ends)]
    assert len(marks) == len({*marks})
    assert not {*marks} & BEGINNINGS
    assert {mark[0] for mark in marks} == {*"<[◁"}
    assert all(re.match(LIKE_A_MARK, mark) for mark in marks)
    assert all(mark == mark.lower() and len(mark) <= LONGEST for mark in (*OPENING, *ENDING))


@given(PIECES)
def test_nothing_is_added_or_moved(pieces):
    text = "".join(pieces)
    left, rest = without_thinking(text), iter(text)
    assert all(character in rest for character in left)
    if "think>" not in text:
        assert left == text


@given(st.text("abc <[`\n"), PIECES)
def test_a_closed_block_leaves_what_stands_behind_it(said, pieces):
    thought = "".join(pieces).replace("</think>", "")
    assert without_thinking(f"<think>{thought}</think>{said}") == said


@given(st.text("abc <[`\n"), st.text("abc <[`\n"), st.sampled_from(PAIRS))
@example(" ", " ", ("<|channel|>analysis", "<|channel|>final<|message|>"))
def test_a_closed_block_in_any_dress_leaves_what_stands_behind_it(said, thought, pair):
    left = without_thinking(f"{pair[0]}{thought}{pair[1]}{said}")
    assert left == said or (left, said.strip(" ")) == ("", "")  # blanks alone are not kept behind every mark


everything = st.lists(
    st.sampled_from(
        [
            *MARKS,
            *OPENING,
            *ENDING,
            "<|end|>",
            "[THINKING]",
            "<think ",
            "a='b'",
            "</a>",
            "<r>",
            " ",
            ".",
            "It",
            "is",
            '"',
            "[THIN",
            "K]",
        ]
    ),
    max_size=20,
).map("".join)


@given(everything, st.lists(st.integers(0, 100), max_size=8))
def test_where_thinking_begins_and_ends_does_not_depend_on_the_pieces(text, cuts):
    assert edges(text, [*range(len(text))]) == edges(text, []) == edges(text, [cut for cut in cuts if cut < len(text)])


def edges(text, cuts):
    """Each edge with its position in the text, the text being read in pieces."""
    reader, found = ThinkingReader(), []
    for start, end in pairwise([0, *sorted(cuts), len(text)]):
        piece, at = text[start:end], 0
        while at < len(piece):
            at = reader.step(piece, at)
            if reader.edge:
                found.append((start + at, reader.edge))
    return found, reader.thinking, reader.mark_is_last
