"""A page loop ends, whatever tokens an answer names, and yields every page that it was given."""

from __future__ import annotations

from fakes_aws import FakeCaller
from hypothesis import given
from hypothesis import strategies as st

from advisor.aws import pages as paging
from advisor.aws.pages import items, pages
from advisor.errors import AwsError

TOKENS = st.sampled_from(["", None, "a", "b", "c", "d"])


@given(st.dictionaries(st.sampled_from(["", "a", "b", "c", "d"]), TOKENS))
def test_any_map_of_tokens_ends(following: dict[str, str | None]) -> None:
    def answer(nextToken: str = "") -> dict:
        token = following.get(nextToken)
        return {"clusterArns": [nextToken], **({} if token is None else {"nextToken": token})}

    caller = FakeCaller({"ecs:ListClusters": answer})
    seen = []
    circle = False
    try:
        for page in pages(caller, "ecs:ListClusters"):
            seen.append(page["clusterArns"][0])
    except AwsError as error:
        circle = "in a circle" in error.message
    wanted = [""]
    while (token := following.get(wanted[-1])) and token not in wanted:
        wanted.append(token)
    assert circle == bool(token)
    assert seen[: len(wanted)] == wanted
    assert len(seen) <= len(wanted) + 1


@given(st.lists(st.lists(st.text(), max_size=3), min_size=1, max_size=40))
def test_all_items_of_all_pages_in_order(content: list[list[str]]) -> None:
    def answer(nextToken: str = "0", maxResults: int = 0) -> dict:
        page = int(nextToken)
        more = {"nextToken": str(page + 1)} if page + 1 < len(content) else {}
        return {"clusterArns": content[page], **more}

    found = items(FakeCaller({"ecs:ListClusters": answer}), "ecs:ListClusters", "clusterArns", maxResults=3)
    assert list(found) == [i for page in content for i in page]


def test_empty_pages_without_end_are_left(monkeypatch) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 50)
    numbers = iter(range(10**9))
    caller = FakeCaller({"ecs:ListClusters": lambda **_: {"nextToken": str(next(numbers))}})
    try:
        list(pages(caller, "ecs:ListClusters"))
    except AwsError as error:
        assert error.message == "ecs:ListClusters: no end after 50 pages"
    else:
        raise AssertionError("it ended by itself")
    assert len(caller.asked) == 50


def test_an_operation_without_pages_is_asked_once() -> None:
    caller = FakeCaller({"ecs:DescribeClusters": {"clusters": [{"clusterName": "a"}]}})
    assert list(items(caller, "ecs:DescribeClusters", "clusters")) == [{"clusterName": "a"}]
    assert len(caller.asked) == 1
