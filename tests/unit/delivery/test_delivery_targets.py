"""Recipients read from URLs: what is let in, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.delivery.names import is_safe_name, one_line, steers
from advisor.delivery.targets import FileTarget, MailTarget, S3Target, targets_of
from advisor.errors import ConfigError

HERE = Path("/srv/advisor")
GOOD = {
    "file:reports": ["file:/srv/advisor/reports"],
    "file:/srv/out/weekly.html": ["file:/srv/out/weekly.html"],
    "file:///srv/out": ["file:/srv/out"],
    "s3://reports/ecs/weekly?region=eu-west-1": ["s3://reports/ecs/weekly"],
    "s3:reports": ["s3://reports"],
    "S3://reports/": ["s3://reports"],
    "mailto:a@example.com, B@Example.com?subject=Hello%20you": [
        "mailto:a@example.com",
        "mailto:B@example.com",
    ],
    "mailto:root@localhost": ["mailto:root@localhost"],
    "slack:finops": ["slack:finops"],
}
BAD = {
    "file:": "names no path",
    "file:../secrets": "climbs",
    "file:a/%2e%2e/b": "climbs",
    "file:a%00b": "control character",
    "s3://UP/x": "no bucket's name",
    "s3://reports/a/../b": "no part of a plain key",
    "s3://reports/a//b": "no part of a plain key",
    "s3://reports?region=here": "no region",
    "s3://reports?acl=public": "takes region",
    "mailto:": "names nobody",
    "mailto:a@example.com%0d%0abcc:b@example.com": "control character",
    "mailto:a@example.com?bcc=b@example.com": "takes subject",
    "mailto:<a@example.com>": "no mail address",
    "mailto:a b@example.com": "no mail address",
    "mailto:a@exa..mple.com": "no mail address",
    "mailto:a@example.com?subject=x%0aBcc:b@example.com": "control character",
    "slack:": "is no name",
    "slack:a/b": "takes a name",
    "slack:https://hooks.slack.com/services/T0/B0/s3cr3t": "takes a name",
    "https://hooks.slack.com/services/T0/B0/s3cr3t": "begins no recipient",
    "reports": "begins no recipient",
    "ftp://x": "begins no recipient",
}


@pytest.mark.parametrize("url", GOOD)
def test_good_urls(url: str) -> None:
    assert [t.recipient for t in targets_of(url, HERE)] == GOOD[url]


@pytest.mark.parametrize("url", BAD)
def test_bad_urls_are_refused_with_what_is_wrong_and_no_secret(url: str) -> None:
    with pytest.raises(ConfigError) as raised:
        targets_of(url, HERE)
    assert BAD[url] in raised.value.message
    assert "s3cr3t" not in raised.value.message


def test_what_a_url_says_is_kept() -> None:
    mail, bucket = (
        targets_of("mailto:a@b.de?subject=Hi", HERE)[0],
        targets_of("s3://reports/x?region=eu-west-1", HERE)[0],
    )
    assert isinstance(mail, MailTarget)
    assert mail.subject == "Hi"
    assert isinstance(bucket, S3Target)
    assert (bucket.bucket, bucket.prefix, bucket.region) == ("reports", "x", "eu-west-1")
    inside, outside = targets_of("file:reports", HERE)[0], targets_of("file:/srv/reports", HERE)[0]
    assert isinstance(inside, FileTarget)
    assert isinstance(outside, FileTarget)
    assert (inside.within, outside.within) == (HERE, None)


@given(st.text(max_size=60), st.sampled_from(["file:", "s3:", "mailto:", "slack:", ""]))
def test_any_text_is_read_or_refused(text: str, scheme: str) -> None:
    try:
        found = targets_of(scheme + text, HERE)
    except ConfigError as fault:
        assert not steers(fault.message)
        return
    for target in found:
        assert not steers(target.recipient)
        if isinstance(target, FileTarget):
            assert ".." not in target.path.parts


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    flat = one_line(text)
    assert flat == flat.strip()
    assert not set(flat) & set("\r\n\v\f\0\x1b\x85\u2028\u2029\u202e\u200b")
    assert isinstance(flat.encode(), bytes)


@pytest.mark.parametrize(
    "name", ["../x", "a/b", ".x", "x.", "CON", "nul.txt", "a\\b", "a\nb", "", "x" * 200, "a:b", "ü.md"]
)
def test_unsafe_names(name: str) -> None:
    assert not is_safe_name(name)
