"""The page about a study's power: what it can see as it is designed, and under other assumptions. Nothing is simulated here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from analysis.power import (
    USUAL_PLAN,
    Assumptions,
    BadPlan,
    Plan,
    comparisons_needed,
    correlations_of,
    power,
    smallest_difference,
    votes_needed,
)
from analysis.web.basis import Basis, assumptions, basis_of
from analysis.web.charts import curve
from analysis.web.gate import for_researchers
from analysis.web.planned import planned
from studies.models import Study
from studies.models.study import FEWEST_CONDITIONS, MOST_CONDITIONS

ENOUGH = 0.8
QUARTERS = range(1, 13)  # of the comparisons: the points of the curve
POINTS = 10.0  # a difference to begin with


@dataclass(frozen=True)
class Sight:
    """What a prompt set shows: the smallest difference in points, by itself and adjusted by Holm; None where there is none."""

    prompt_set: str
    plan: Plan
    design_effect: float
    smallest: float | None
    adjusted: float | None
    tests: int

    @property
    def sentence(self) -> str:
        size = f"with {self.plan.comparisons} comparisons × {self.plan.votes} votes"
        if self.smallest is None:
            return f"no difference at all (power .8) {size}"
        found = f"differences from about {self.smallest:.1f} points (power .8) {size}"
        return found if self.tests == 1 else f"{found}, {self._adjusted}"

    @property
    def _adjusted(self) -> str:
        after = f"after Holm’s adjustment over {self.tests} differences"
        return f"none {after}" if self.adjusted is None else f"from about {self.adjusted:.1f} {after}"


@dataclass(frozen=True)
class Row:
    """A point of the curve: power in per cent, the smallest difference in points."""

    plan: Plan
    percent: float
    smallest: float | None


class PowerForm(forms.Form):
    comparisons = forms.IntegerField(min_value=2, max_value=100_000, help_text="That show both conditions.")
    votes = forms.IntegerField(label="Votes on each", min_value=1, max_value=1_000)
    workers = forms.IntegerField(min_value=2, max_value=1_000_000, help_text="In all, voting equally often.")
    shown = forms.IntegerField(label="Conditions shown together", min_value=FEWEST_CONDITIONS, max_value=MOST_CONDITIONS)
    undecided = forms.FloatField(label="No clear winner, % of votes", min_value=0, max_value=95)
    design_effect = forms.FloatField(required=False, min_value=1, max_value=1_000, help_text="Of this study; empty: see above.")
    difference = forms.FloatField(label="Difference, points", min_value=0.1, max_value=100)
    tests = forms.IntegerField(
        label="Differences tested together", min_value=1, max_value=10_000, help_text="Holm adjusts over them."
    )

    def __init__(self, *args: Any, basis: Basis, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.basis = basis

    def clean(self) -> dict[str, Any]:
        """Add the plan and what is assumed to the data; a sentence where there can be no such study."""
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        try:
            return data | self._plan(data)
        except BadPlan as error:
            raise forms.ValidationError(str(error)) from error

    def _plan(self, data: dict[str, Any]) -> dict[str, Any]:
        plan = Plan(data["comparisons"], data["votes"], data["workers"])
        effect, correlations = data["design_effect"], self.basis.correlations
        known = correlations if effect is None else correlations_of(effect, plan)
        equal = assumptions(data["undecided"] / 100, known, data["shown"], data["tests"])
        return {"plan": plan, "assumed": equal.with_difference(data["difference"] / 100)}


@for_researchers
@require_safe
def power_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What the study sees as designed, and a form that asks about other studies by its query."""
    study = get_object_or_404(Study, pk=pk)
    basis = basis_of(study, request.user)
    initial = _initial(study, basis)
    form = PowerForm(request.GET or initial, basis=basis)
    page = {**line_of(study, request.user), "title": f"Power of “{study}”", "form": form}
    if form.is_valid():
        page |= _answer(form.cleaned_data["plan"], form.cleaned_data["assumed"], form.cleaned_data)
    return render(
        request,
        "analysis/power.html",
        {**admin.site.each_context(request), **page},
        status=200 if form.is_valid() else 422,
    )


def line_of(study: Study, user: User | AnonymousUser) -> dict[str, Any]:
    """What the study editor says: the smallest difference that each prompt set can show, and by what that is judged."""
    plans, basis = planned(study), basis_of(study, user)
    sights = [_sight(each.name, each.plan, basis, plans.shown, plans.tests) for each in plans.sets] if plans else []
    return {"study": study, "sights": sights, "basis": basis, "tests": plans.tests if plans else 0}


def _sight(name: str, plan: Plan, basis: Basis, shown: int, tests: int) -> Sight:
    alone, beside = (smallest_difference(plan, basis.assumptions(shown, family), ENOUGH) for family in (1, tests))
    return Sight(name, plan, basis.correlations.design_effect(plan), _points(alone), _points(beside), tests)


def _initial(study: Study, basis: Basis) -> dict[str, Any]:
    """The form as the study is designed, by the smallest of its prompt sets."""
    plans = planned(study)
    plan = min((each.plan for each in plans.sets), key=lambda plan: plan.total) if plans else USUAL_PLAN
    return {
        "comparisons": plan.comparisons,
        "votes": plan.votes,
        "workers": plan.workers,
        "shown": plans.shown if plans else FEWEST_CONDITIONS,
        "undecided": round(100 * basis.undecided, 1),
        "difference": POINTS,
        "tests": 1,
    }


def _answer(plan: Plan, assumed: Assumptions, asked: dict[str, Any]) -> dict[str, Any]:
    rows = list(_rows(plan, assumed))
    return {
        "plan": plan,
        "asked": asked,
        "power": power(plan, assumed),
        "design_effect": assumed.correlations.design_effect(plan),
        "smallest": _points(smallest_difference(plan, assumed, ENOUGH)),
        "comparisons_needed": comparisons_needed(plan, assumed, ENOUGH),
        "votes_needed": votes_needed(plan, assumed, ENOUGH),
        "rows": rows,
        "chart": _chart(rows, asked["difference"]),
        "command": _command(plan, assumed, asked),
    }


def _rows(plan: Plan, assumed: Assumptions) -> Iterator[Row]:
    sizes = dict.fromkeys(max(2, round(plan.comparisons * quarters / 4)) for quarters in QUARTERS)
    for size in sizes:
        other = plan.resized(size, plan.votes)
        yield Row(other, 100 * power(other, assumed), _points(smallest_difference(other, assumed, ENOUGH)))


def _chart(rows: list[Row], difference: float) -> SafeString:
    ends = (f"{rows[0].plan.comparisons} comparisons", str(rows[-1].plan.comparisons))
    title, description = f"Power for {difference:g} points, per cent", "It grows with the number of comparisons."
    return curve(title, description, ends, [round(row.percent) for row in rows], round(100 * ENOUGH))


def _command(plan: Plan, assumed: Assumptions, asked: dict[str, Any]) -> str:
    """The same by simulation."""
    others = [(1 - asked["undecided"] / 100) / asked["shown"]] * (asked["shown"] - 2)
    shares = [assumed.split.first, assumed.split.second, *others, asked["undecided"] / 100]
    options = {
        "split": ",".join(f"{100 * share:.4g}" for share in shares),
        "difference": f"{asked['difference']:g}",
        "comparisons": plan.comparisons,
        "votes": plan.votes,
        "workers": plan.workers,
        "tests": assumed.tests,
        "design-effect": f"{assumed.correlations.design_effect(plan):.3g}",
    }
    return "python -m analysis power " + " ".join(f"--{name} {value}" for name, value in options.items())


def _points(difference: float | None) -> float | None:
    return None if difference is None else 100 * difference
