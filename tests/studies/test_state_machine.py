"""Whatever workers and researchers do, in whatever order: places, trials and votes agree with each other afterwards."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from studies.allocation import open_session
from studies.errors import ImpossibleDecision, NoPlaceLeft, NotReported, NotUndoable, TrialClosed
from studies.exclusion import exclude, reinstate
from studies.models import Place, Session, Study, Trial, Vote, Worker
from studies.models.trial import HOLDING
from studies.publishing import add_votes
from tests.factories_studies import NOON, WorkerFactory, fetch_images, shown_conditions, study_with_places

CRITERIA = 2
MOST_VOTES = 4
WITH_VOTES = ("done", "excluded")
PICKED = st.integers(0, 1000)  # whichever row of those there are, counted round and round

Answers = dict[str, int | None]


class Voting(RuleBasedStateMachine):
    """The study that there is, and its workers. `answers` are what workers were told is saved, by trial."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()  # rolled back at the end
        self.study = Study.objects.get()
        self.workers = list(Worker.objects.order_by("pk"))
        self.now = NOON
        self.answers: dict[int, Answers] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @rule(worker=PICKED)
    def opens(self, worker: int) -> None:
        chosen = self._worker(worker)
        try:
            session = open_session(self.study, chosen, rehearsal=False, now=self.now)
        except NoPlaceLeft:
            return
        assert session.worker == chosen
        assert session.trials.open().exists()

    @rule(picked=PICKED, choices=st.lists(st.integers(0, 2), min_size=CRITERIA, max_size=CRITERIA))
    def votes(self, picked: int, choices: list[int]) -> None:
        trials = Trial.objects.order_by("pk")
        if not trials:
            return
        trial = trials[picked % len(trials)]
        fetch_images(trial)
        conditions = [None, *shown_conditions(trial)]
        chosen = dict(zip(self.study.criteria.all(), [conditions[choice] for choice in choices], strict=True))
        was_open = trial.state == "open"
        try:
            is_first = trial.record(chosen, self.now)
        except TrialClosed:
            assert not was_open
            return
        assert is_first == was_open
        if is_first:
            self.answers[trial.pk] = {criterion.name: row.pk if row else None for criterion, row in chosen.items()}

    @rule(picked=PICKED)
    def undoes(self, picked: int) -> None:
        trials = Trial.objects.done().order_by("pk")
        if not trials:
            return
        trial = trials[picked % len(trials)]
        try:
            trial.undo(self.now)
        except NotUndoable:
            return
        del self.answers[trial.pk]

    @rule(picked=PICKED)
    def reports(self, picked: int) -> None:
        trials = Trial.objects.order_by("pk")
        if not trials:
            return
        trial = trials[picked % len(trials)]
        try:
            trial.report_broken("grey", self.now)
        except NotReported:
            assert trial.state != "open"

    @rule(minutes=st.sampled_from([1, 30, 61]))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def stale_sessions_are_abandoned(self) -> None:
        Session.objects.abandon_stale(self.study, self.now)

    @rule(picked=PICKED)
    def withdraws(self, picked: int) -> None:
        sessions = Session.objects.order_by("pk")
        if not sessions:
            return
        session = sessions[picked % len(sessions)]
        session.withdraw(self.now)
        if self.study.withdrawal == Study.Withdrawal.DELETE:
            for pk in session.worker.trials.values_list("pk", flat=True):
                self.answers.pop(pk, None)

    @rule(worker=PICKED)
    def is_excluded(self, worker: int) -> None:
        try:
            exclude(self.study, self._worker(worker), "too fast", "ann", self.now)
        except ImpossibleDecision:
            return

    @rule(worker=PICKED)
    def is_reinstated(self, worker: int) -> None:
        try:
            reinstate(self.study, self._worker(worker), "ann", self.now)
        except ImpossibleDecision:
            return

    @precondition(lambda self: self.study.votes_wanted < MOST_VOTES)
    @rule()
    def more_votes_are_asked_for(self) -> None:
        add_votes(self.study, 1)

    @invariant()
    def a_place_is_free_exactly_when_no_trial_holds_it(self) -> None:
        held = Counter(Trial.objects.taken().real().values_list("place", flat=True))
        assert set(held.values()) <= {1}
        free = dict(Place.objects.of(self.study, rehearsal=False).values_list("pk", "free"))
        assert free == {place: place not in held for place in free}

    @invariant()
    def nobody_has_a_comparison_twice(self) -> None:
        trials = Trial.objects.filter(state__in=[*HOLDING, "excluded"]).values_list("worker", "comparison")
        assert set(Counter(trials).values()) <= {1}

    @invariant()
    def what_workers_were_told_is_saved_is_there_once(self) -> None:
        stored: dict[int, Answers] = {pk: {} for pk in Trial.objects.filter(state__in=WITH_VOTES).values_list("pk", flat=True)}
        for trial, criterion, condition in Vote.objects.values_list("trial", "criterion__name", "condition"):
            stored[trial][criterion] = condition
        assert stored == self.answers
        assert Vote.objects.count() == CRITERIA * len(stored)

    @invariant()
    def a_trial_waits_only_in_an_open_session(self) -> None:
        assert not Trial.objects.open().exclude(session__state="open").exists()
        assert not [session for session in Session.objects.open() if session.next_trial() is None]

    def _worker(self, number: int) -> Worker:
        return self.workers[number % len(self.workers)]


@pytest.mark.django_db
@pytest.mark.parametrize("withdrawal", Study.Withdrawal.values)
def test_places_trials_and_votes_agree_whatever_happens(withdrawal: str) -> None:
    study_with_places(comparisons=3, votes_wanted=2, trials_per_session=2, withdrawal=withdrawal)
    WorkerFactory.create_batch(3)
    run_state_machine_as_test(Voting, settings=settings(max_examples=20, stateful_step_count=25))
