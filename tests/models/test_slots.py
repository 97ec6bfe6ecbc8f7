from __future__ import annotations

from orchestrator.models._slots import ANY, Slots


def test_two_conversations_at_once_each_keep_their_slot():
    slots = Slots(2)
    first, second = slots.choose("system: one"), slots.choose("system: two")
    slots.release("system: one")
    slots.release("system: two")
    assert first != second
    assert slots.choose("system: two, resumed") == second
    assert slots.choose("system: one, resumed") == first


def test_a_slot_in_use_is_not_given_twice_and_none_left_leaves_it_to_the_server():
    slots = Slots(2)
    assert {slots.choose("a"), slots.choose("a b")} == {0, 1}
    assert slots.choose("a b c") == ANY
    slots.release("a b c")  # it holds none
    assert slots.choose("a") == ANY
    slots.release("a")
    assert slots.choose("x") != ANY
