"""Worths of conditions from counts of outcomes, for many tables of counts at once.

Davidson, "On Extending the Bradley-Terry Model to Accommodate Ties in Paired Comparison Experiments" (1970), and for votes on
more than two the choice model that it is a case of: out of a set S,

    P(i) ∝ πᵢ,   P(no clear winner) ∝ ν (Π πⱼ)^(1/|S|) over j in S.

Where the same conditions are always shown, πᵢ are the shares of the votes for a condition. Without ties it is Luce's choice
model, on pairs that of Bradley and Terry.
"""

from dataclasses import dataclass

import numpy as np

from analysis.choice_likelihood import Choices, most_likely
from analysis.study_votes import BoolArray, FloatArray, IntArray

ADDED = 0.5  # votes for each condition of each set, where no worths are the most likely ones


@dataclass(frozen=True, eq=False)
class Worths:
    """What was fitted to each table of counts: worths that sum to 1, shape (tables, conditions), NaN for a table without votes.

    ties: ν, shape (tables,); 0 in the models that know none. helped: for which tables votes were added, shape (tables,).
    """

    worth: FloatArray
    ties: FloatArray
    helped: BoolArray


@dataclass(frozen=True, eq=False)
class Shown:
    """The sets of conditions that were shown together, every condition in one of them.

    members: shape (sets, conditions). wins: the set and the condition of each outcome that somebody wins, shape (wins, 2).
    """

    members: BoolArray
    wins: IntArray

    @property
    def sizes(self) -> IntArray:
        """How many conditions each set holds, shape (sets,)."""
        return np.asarray(self.members.sum(axis=1))


def shown_sets(members: BoolArray) -> Shown:
    """The wins in the order in which counts of wins are expected: set by set, in each by condition."""
    return Shown(members, np.argwhere(members))


def groups(members: BoolArray) -> int:
    """Into how many groups the conditions fall that no set links, shape of members: (sets, conditions)."""
    linked = reachable(members.T.astype(np.int64) @ members.astype(np.int64) > 0)
    return len(np.unique(linked, axis=0))


def reachable(edges: BoolArray) -> BoolArray:
    """Which condition can be reached from which along edges, each from itself; both of shape (…, conditions, conditions)."""
    size = edges.shape[-1]
    reached = (edges | np.eye(size, dtype=np.bool_)).astype(np.float32)
    for _ in range(int(size - 1).bit_length()):
        reached = (reached @ reached > 0).astype(np.float32)
    return reached > 0


def davidson(wins: FloatArray, ties: FloatArray, shown: Shown) -> Worths:
    """wins: shape (tables, wins). ties: shape (tables, sets). A table without ties has ν = 0."""
    found, tied = no_ties(wins, ties, shown), np.flatnonzero(ties.sum(axis=1) > 0)
    if not len(tied):
        return found
    helped, wins = _helped(wins[tied], shown)
    choices, order = _choices_with_ties(shown)
    total_wins, total_ties = wins.sum(axis=1, keepdims=True), ties[tied].sum(axis=1, keepdims=True)
    start = np.hstack([np.log(found.worth[tied]), np.log(total_ties / total_wins)])
    parameters = most_likely(np.hstack([wins, ties[tied]])[:, order], choices, start)
    found.worth[tied], found.ties[tied], found.helped[tied] = _worths(parameters[:, :-1]), np.exp(parameters[:, -1]), helped
    return found


def half_tie(wins: FloatArray, ties: FloatArray, shown: Shown) -> Worths:
    """A vote for no clear winner is one k-th of a vote for each of the k conditions shown."""
    return no_ties(wins + (ties / shown.sizes)[:, shown.wins[:, 0]], ties, shown)


def no_ties(wins: FloatArray, ties: FloatArray, shown: Shown) -> Worths:
    """Votes for no clear winner are dropped; they only tell that a table has votes."""
    some = np.flatnonzero(wins.sum(axis=1) + ties.sum(axis=1) > 0)
    worth = np.full((len(wins), shown.members.shape[1]), np.nan)
    all_helped = np.zeros(len(wins), np.bool_)
    all_helped[some], wins = _helped(wins[some], shown)
    choices = Choices(shown.wins[:, 0], np.eye(worth.shape[1])[shown.wins[:, 1]])
    worth[some] = _worths(most_likely(wins, choices, _start(wins, shown)))
    return Worths(worth, np.zeros(len(worth)), all_helped)


def _helped(wins: FloatArray, shown: Shown) -> tuple[BoolArray, FloatArray]:
    """Which tables need help, and the wins with it.

    Ford, "Solution of a Ranking Problem from Binary Comparisons" (1957): finite worths are the most likely exactly where each
    condition beat each other one, if only by way of others. With ties the condition suffices.
    """
    size = shown.members.shape[1]
    beaten = (np.eye(size)[shown.wins[:, 1], :, None] * shown.members[shown.wins[:, 0], None, :]).reshape(len(shown.wins), -1)
    beats = ((wins > 0).astype(np.float64) @ beaten > 0).reshape(-1, size, size)
    needy: BoolArray = np.logical_not(reachable(beats).all(axis=(1, 2)))
    return needy, wins + ADDED * needy[:, None]


def _choices_with_ties(shown: Shown) -> tuple[Choices, IntArray]:
    """The choices of Davidson's model, and the order that takes wins followed by ties to that of the choices."""
    conditions = np.eye(shown.members.shape[1])[shown.wins[:, 1]]
    features = np.vstack([conditions, shown.members / shown.sizes[:, None]])
    is_tie = np.repeat([0.0, 1.0], [len(conditions), len(shown.members)])
    chosen_from = np.concatenate([shown.wins[:, 0], np.arange(len(shown.members))])
    order = np.argsort(chosen_from, kind="stable")
    return Choices(chosen_from[order], np.column_stack([features, is_tie])[order]), order


def _start(wins: FloatArray, shown: Shown) -> FloatArray:
    """Logarithms of the shares that each condition won of what it could have won, shape (tables, conditions)."""
    won = wins @ np.eye(shown.members.shape[1])[shown.wins[:, 1]]
    totals = (wins @ np.eye(len(shown.members))[shown.wins[:, 0]]) @ shown.members.astype(np.float64)
    scale = np.maximum(wins.sum(axis=1, keepdims=True), 1e-300) / 100  # a little of it, so that there is a logarithm
    return np.asarray(np.log((won + scale) / (totals + 2 * scale)))


def _worths(logarithms: FloatArray) -> FloatArray:
    raised = np.exp(logarithms - logarithms.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
