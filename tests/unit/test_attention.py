"""A minute looks at the findings that changed or that time ended, in the order they opened, and at no others."""

from streams.attention import Attention


def test_only_what_changed_or_is_over_is_looked_at_in_the_order_it_opened() -> None:
    ends = {"a": 100, "b": 50, "c": 70}
    attention = Attention(["a", "b"], ["a"], ends.__getitem__)
    attention.opened("c")
    attention.changed("c")
    assert attention.due(10) == ["a", "c"]
    for key in ("a", "c"):
        attention.written(key)
    assert attention.due(49) == []
    assert attention.due(50) == ["b"]
    attention.closed("b")
    assert attention.due(99) == ["c"]


def test_what_is_touched_again_ends_later() -> None:
    ends = {"a": 50}
    attention = Attention(["a"], [], ends.__getitem__)
    assert attention.due(10) == []
    ends["a"] = 90
    assert attention.due(60) == []
    assert attention.due(90) == ["a"]


def test_what_closed_and_opened_again_has_a_new_end_and_place() -> None:
    ends = {"a": 50, "b": 50}
    attention = Attention(["a", "b"], [], ends.__getitem__)
    assert attention.due(1) == []
    attention.closed("a")
    ends["a"] = 80
    attention.opened("a")
    assert attention.due(50) == ["b"]
    attention.closed("b")
    ends["b"] = 80
    attention.opened("b")
    assert attention.due(80) == ["a", "b"]
