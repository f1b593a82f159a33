"""Whether posts are one voice with many mouths: the same text by many accounts, or accounts that are all new.

What is found is counted apart and shown, never hidden: neighbours copy a text in good faith as well.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from scipy.special import bdtrc


@dataclass(frozen=True, slots=True)
class Post:
    """`first_seen`: when the account was first met, or made, as far as known; `text_key`: equal for equal (or nearly
    equal) texts, "" where the text is too short to say anything by being equal."""

    account: str
    first_seen: datetime
    text_key: str
    time: datetime


@dataclass(frozen=True, slots=True)
class CoordinationSettings:
    """The same text by `copy_accounts` accounts or more within `within`. New accounts: first seen less than `new_for`
    before their post; at least `new_accounts` within `within`, and so many that chance brings it about once in
    1/`chance` where `usual_new` of the accounts of an ordinary day are new."""

    within: timedelta = timedelta(hours=24)
    copy_accounts: int = 5
    new_for: timedelta = timedelta(days=7)
    new_accounts: int = 8
    usual_new: float = 0.1
    chance: float = 1e-4


@dataclass(frozen=True, slots=True)
class Coordinated:
    """`posts` are positions in what was given; `accounts` how many different ones; `text_key` of copied texts."""

    reason: Literal["same_text", "new_accounts"]
    posts: tuple[int, ...]
    accounts: int
    since: datetime
    until: datetime
    text_key: str = ""


@dataclass(frozen=True, slots=True)
class Voices:
    """`accounts` in all; `independent` of them have a post that is not coordinated, or were the first with a copied
    text; `apart`: positions of the posts to be counted apart."""

    accounts: int
    independent: int
    apart: tuple[int, ...]
    found: tuple[Coordinated, ...]


def find_coordinated(posts: Sequence[Post], settings: CoordinationSettings | None = None) -> Voices:
    """Of the posts of one burst or issue. Time grows with n log n."""
    settings = settings or CoordinationSettings()
    order = sorted(range(len(posts)), key=lambda place: (posts[place].time, place))
    by_text: dict[str, list[int]] = {}
    for place in order:
        if posts[place].text_key:
            by_text.setdefault(posts[place].text_key, []).append(place)
    found = [
        _group(posts, run, "same_text", key)
        for key, places in by_text.items()
        for run in _runs(posts, places, settings.within, settings.copy_accounts)
    ]
    new = [place for place in order if posts[place].time - posts[place].first_seen < settings.new_for]
    for run in _runs(posts, new, settings.within, settings.new_accounts):
        if _beyond_chance(posts, order, run, settings):
            found.append(_group(posts, run, "new_accounts"))
    found.sort(key=lambda group: (group.since, group.reason, group.text_key))
    # the first with a text speaks for itself
    firsts = {group.posts[0] for group in found if group.reason == "same_text"}
    newcomers = {place for group in found if group.reason == "new_accounts" for place in group.posts}
    apart = ({place for group in found for place in group.posts} - firsts) | newcomers
    independent = {post.account for place, post in enumerate(posts) if place not in apart}
    return Voices(len({post.account for post in posts}), len(independent), tuple(sorted(apart)), tuple(found))


def _runs(posts: Sequence[Post], places: Sequence[int], within: timedelta, least: int) -> Iterable[list[int]]:
    """Stretches of `places` (by time) in which each post lies in some window with that many accounts."""
    inside = [False] * len(places)
    accounts: dict[str, int] = {}
    first, marked = 0, 0
    for last, place in enumerate(places):
        accounts[posts[place].account] = accounts.get(posts[place].account, 0) + 1
        while posts[place].time - posts[places[first]].time > within:
            leaving = posts[places[first]].account
            accounts[leaving] -= 1
            if not accounts[leaving]:
                del accounts[leaving]
            first += 1
        if len(accounts) >= least:
            # each place is marked once, so that a flood takes no longer than its length
            for number in range(max(first, marked), last + 1):
                inside[number] = True
            marked = last + 1
    run: list[int] = []
    for place, marked_in in zip(places, inside, strict=True):
        if run and (not marked_in or posts[place].time - posts[run[-1]].time > within):
            yield run
            run = []
        if marked_in:
            run.append(place)
    if run:
        yield run


def _beyond_chance(
    posts: Sequence[Post], order: Sequence[int], run: Sequence[int], settings: CoordinationSettings
) -> bool:
    since, until = posts[run[0]].time, posts[run[-1]].time
    everybody = {posts[place].account for place in order if since <= posts[place].time <= until}
    new = {posts[place].account for place in run}
    return float(bdtrc(len(new) - 1, len(everybody), settings.usual_new)) < settings.chance


def _group(
    posts: Sequence[Post], run: Sequence[int], reason: Literal["same_text", "new_accounts"], text_key: str = ""
) -> Coordinated:
    accounts = len({posts[place].account for place in run})
    return Coordinated(reason, tuple(run), accounts, posts[run[0]].time, posts[run[-1]].time, text_key)
