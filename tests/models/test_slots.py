from __future__ import annotations

from orchestrator.core.tool import Request
from orchestrator.models._slots import ANY, Slots


def asked(prompt: str) -> Request:
    return Request((), prompt, 10, 10.0)


def test_two_conversations_at_once_each_keep_their_slot():
    slots = Slots(2)
    one, two = asked("system: one"), asked("system: two")
    first, second = slots.choose(one), slots.choose(two)
    slots.release(one)
    slots.release(two)
    assert first != second
    resumed = asked("system: two, resumed")
    assert slots.choose(resumed) == second
    slots.release(resumed)
    assert slots.choose(asked("system: one, resumed")) == first


def test_a_slot_in_use_is_not_given_twice_and_none_left_leaves_it_to_the_server():
    slots = Slots(2)
    held = [asked("a"), asked("a")]
    assert {slots.choose(request) for request in held} == {0, 1}
    late = asked("a b")
    assert slots.choose(late) == ANY
    slots.release(late)
    assert slots.choose(asked("c")) == ANY
    slots.release(held[0])
    assert slots.choose(asked("x")) != ANY


def test_a_request_that_is_tried_again_keeps_its_slot():
    slots = Slots(2)
    request = asked("a")
    assert slots.choose(request) == slots.choose(request)
    slots.release(request)
    others = [asked("b"), asked("c")]  # kept: a slot is lent to the object
    assert {slots.choose(other) for other in others} == {0, 1}
