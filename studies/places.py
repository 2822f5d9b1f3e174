"""The places of a study: in which order each shows its images, and in which order they are given to workers.

Every condition stands at every position equally often: within a comparison, whatever number of its places is filled, the
counts differ by at most one, and over the study they are equal wherever the number of places allows it. All of it is drawn
from the study's seed, so that the design can be replayed.
"""

import itertools
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

# The comparisons of a block start their Latin square at these turns. In this order the incomplete squares of any number of
# comparisons are as even as they can be: from turns 0 and 2 of four, for instance, two rows each do not overlap.
STARTS = {1: (0,), 2: (0, 1), 3: (0, 1, 2), 4: (0, 2, 1, 3)}


def orders(seed: str, items: Sequence[int], index: int, start: int, stop: int) -> list[list[int]]:
    """The shown orders of places number `start` to `stop` − 1 of a comparison.

    seed: of this study and these conditions. index: of the comparison among those that show the same `items`, one to four.
    """
    return list(itertools.islice(_orders(seed, items, index), start, stop))


def _orders(seed: str, items: Sequence[int], index: int) -> Iterator[list[int]]:
    """One cyclic Latin square after another; the comparisons of a block share each square and start it at different rows."""
    block, member = divmod(index, len(items))
    for number in itertools.count():
        draw = random.Random(f"{seed}/{block}/{number}")
        ring, offset = draw.sample(items, len(items)), draw.randrange(len(items))
        for row in range(len(items)):
            turn = (offset + STARTS[len(items)][member] + row) % len(items)
            yield ring[turn:] + ring[:turn]


def ranks(seed: str, prompt_sets: Sequence[str], places: int) -> list[list[int]]:
    """For each comparison, given by its prompt set, the ranks from 0 of that many places.

    All first places come before all second ones, so that comparisons with fewest votes come first; among them the prompt
    sets are interleaved in proportion, and the comparisons of each are shuffled.
    """
    ranked: list[list[int]] = [[] for _ in prompt_sets]
    rank = itertools.count()
    for number in range(places):
        for position in _interleaved(prompt_sets, random.Random(f"{seed}/{number}")):
            ranked[position].append(next(rank))
    return ranked


def _interleaved(prompt_sets: Sequence[str], draw: random.Random) -> list[int]:
    """The positions of the comparisons in an order that takes from each prompt set in proportion to its size."""
    by_set: defaultdict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(prompt_sets):
        by_set[name].append(position)
    keys: dict[int, float] = {}
    for name in sorted(by_set):
        members = draw.sample(by_set[name], len(by_set[name]))
        keys |= {position: (turn + draw.random()) / len(members) for turn, position in enumerate(members)}
    return sorted(keys, key=keys.__getitem__)
