"""What the workers of a large study did, in rows alone: sessions, trials with their checks, votes, reports, exclusions.

Sessions have 25 real trials, 2 gold trials and 2 repeats; they come evenly over two weeks, and the last ones are still open.
"""

# ruff: noqa: S608 (nothing here comes from anybody but this file)

from benchmarks.large_study_sql import DAYS, Sql
from studies.models import (
    Criterion,
    Exclusion,
    Flag,
    LogLine,
    Place,
    Report,
    Session,
    Study,
    StudyCondition,
    Trial,
    Vote,
    Worker,
)

REAL, GOLD, REPEATS = 25, 2, 2  # trials of a session
WORKERS = "SELECT id, row_number() OVER (ORDER BY id) AS n FROM studies_worker"


class Crowd:
    """So many workers of a study, which has so many gold comparisons."""

    def __init__(self, study: Study, workers: int, golds: int) -> None:
        self.study, self.workers, self.golds, self.sql = study.pk, workers, golds, Sql()
        self.step = DAYS * 24 * 3600 // workers  # seconds from one sitting's start to the next
        self.keys = list(StudyCondition.objects.filter(study=study).values_list("pk", flat=True))

    def write(self) -> None:
        self._sessions()
        self._trials()
        self._checks()
        self._votes()
        self._said()

    def _sessions(self) -> None:
        """One sitting for each worker; the last fortieth still at it, some gone for good."""
        columns = {"channel": "'local'", "hashed_id": "'hash' || i", "pseudonym": "'w' || (1000000 + i)"}
        numbers = f"WITH RECURSIVE w(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM w WHERE i < {self.workers})"
        self.sql.insert(Worker, columns, "FROM w", numbers)
        is_open, begun = f"n > {self.workers - self.workers // 40 - 1}", self.sql.moment(f"n * {self.step}")
        columns = {
            "study_id": str(self.study),
            "worker_id": "id",
            "token": "'token' || n",
            "code": "'code' || n",
            "state": f"CASE WHEN {is_open} THEN 'open' WHEN n %% 33 = 0 THEN 'abandoned' ELSE 'done' END",
            "started_at": begun,
            "last_seen_at": f"CASE WHEN {is_open} THEN {self.sql.moment(str(DAYS * 86400))} ELSE {begun} END",
            "comment": "CASE WHEN n %% 20 = 0 THEN 'It went well.' ELSE '' END",
        }
        self.sql.insert(Session, columns, f"FROM ({WORKERS}) w ORDER BY n")

    def _trials(self) -> None:
        """Excluded workers' answers hold no place; who is still at it has answered fifteen, who left ten."""
        at = self.sql.moment(f"(n - 1) * {self.step} + number * 20")
        columns = {
            **{f"{name}_id": name for name in ("session", "worker", "place", "comparison")},
            "number": "number",
            "shown": "shown",
            "token": "'v' || place",
            "shown_at": at,
            "fetched": "15",
            "state": "CASE WHEN number <= asked THEN answered ELSE stays END",
            "answered_at": f"CASE WHEN number <= asked THEN {at} END",
            "visible_seconds": "6 + place %% 20",
        }
        given = f"""
            WITH s AS (SELECT id, worker_id, state, row_number() OVER (ORDER BY id) AS n FROM studies_session),
            t AS (
                SELECT s.id AS session, s.worker_id AS worker, p.id AS place, p.comparison_id AS comparison, p.shown AS shown,
                    p.rank %% {REAL} + 1 AS number, s.n AS n,
                    CASE WHEN s.worker_id %% 100 = 0 THEN 'excluded' ELSE 'done' END AS answered,
                    CASE s.state WHEN 'open' THEN 15 WHEN 'abandoned' THEN 10 ELSE {REAL} END AS asked,
                    CASE WHEN s.state = 'open' THEN 'open' ELSE 'given back' END AS stays
                FROM s JOIN studies_place p ON p.study_id = {self.study} AND p.reserved_for = '' AND NOT p.rehearsal AND p.free
                    AND p.rank >= (s.n - 1) * {REAL} AND p.rank < s.n * {REAL}
            )"""
        self.sql.insert(Trial, columns, "FROM t ORDER BY session, number", given)
        Place.objects.filter(trials__in=Trial.objects.taken()).update(free=False)

    def _checks(self) -> None:
        """Gold trials, and repeats of the first trials, of sittings that were finished."""
        same = ("session_id", "worker_id", "shown", "state", "shown_at", "answered_at", "fetched")
        columns = {**{name: f"f.{name}" for name in same}, "kind": "'gold'", "comparison_id": "g.id", "expected": "1"}
        columns |= {"token": "'g' || f.id", "number": f"{REAL} + f.number"}
        golds = "(SELECT id, row_number() OVER (ORDER BY id) - 1 AS g FROM studies_comparison WHERE kind = 'gold')"
        done = "FROM studies_trial f JOIN studies_session s ON s.id = f.session_id AND s.state = 'done'"
        joined = f"{done} JOIN {golds} g ON g.g = (f.worker_id * {GOLD} + f.number) %% {self.golds}"
        self.sql.insert(Trial, columns, f"{joined} WHERE f.kind = 'vote' AND f.number <= {GOLD}")
        columns |= {"kind": "'repeat'", "comparison_id": "f.comparison_id", "token": "'r' || f.id", "repeats_id": "f.id"}
        columns |= {"number": f"{REAL + GOLD} + f.number", "expected": "NULL"}
        self.sql.insert(Trial, columns, f"{done} WHERE f.kind = 'vote' AND f.number <= {REPEATS}")

    def _votes(self) -> None:
        """Both criteria of every answered trial, one in five for no clear winner."""
        chosen = f"CASE WHEN draw %% 5 = 0 THEN NULL ELSE {self.keys[0]} + draw %% {len(self.keys)} END"
        for turn, criterion in enumerate(Criterion.objects.filter(study=self.study).values_list("pk", flat=True), start=1):
            columns = {
                "trial_id": "id",
                "criterion_id": str(criterion),
                "no_clear_winner": "draw %% 5 = 0",
                "condition_id": chosen,
            }
            drawn = f"SELECT id, (id * 7919 * {turn}) %% 1009 AS draw FROM studies_trial WHERE state IN ('done', 'excluded')"
            self.sql.insert(Vote, columns, f"FROM ({drawn}) answered")

    def _said(self) -> None:
        """Reports, flags, exclusions and lines of the log."""
        at, of_study = self.sql.moment("id"), {"study_id": str(self.study)}
        given_back = "FROM studies_trial WHERE state = 'given back' AND id %% 4 = 0"
        self.sql.insert(Report, {"trial_id": "id", "text": "'grey'", "at": at}, given_back)
        flag = {"worker_id": "id", "rule": "'fastest_seconds'", "value": "1.5", "threshold": "3", "raised_at": at}
        self.sql.insert(Flag, {**of_study, **flag}, "FROM studies_worker WHERE id %% 50 = 0")
        decided = {"worker_id": "id", "reason": "'too fast'", "by": "'researcher'", "at": at}
        self.sql.insert(Exclusion, {**of_study, **decided}, "FROM studies_worker WHERE id %% 100 = 0")
        line = {"at": at, "who": "'researcher'", "action": "'exclude'", "detail": "'w' || id"}
        self.sql.insert(LogLine, {**of_study, **line}, "FROM studies_worker WHERE id %% 10 = 0")
