from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from studies.actions import COMMAND_LINE
from studies.channels.mturk import managing
from studies.channels.mturk.carrying_out import carry_out
from studies.channels.mturk.confirming import confirm as publish
from studies.channels.mturk.confirming import raise_budget
from studies.channels.mturk.dry_run import dry_run
from studies.channels.mturk.environments import CLOSURE, TITLES
from studies.channels.mturk.fair_pay import plan_top_ups, wages_of_posting
from studies.channels.mturk.ledger import balance_of
from studies.channels.mturk.models import Assignment, Posting
from studies.channels.mturk.money import cents_of, dollars
from studies.channels.mturk.notifying import ask_for_notifications
from studies.channels.mturk.polling import poll
from studies.channels.mturk.quote import Quote, quote_for
from studies.channels.mturk.review import approve, do
from studies.channels.mturk.wages import Wages
from studies.management.studies import refusals_told

Action = Callable[[Posting, datetime], str]
BUTTONS: dict[str, tuple[str, Action]] = {
    "expire": ("let nobody accept the HITs any more", lambda posting, now: managing.expire(posting, COMMAND_LINE, now)),
    "delete": ("take reviewed HITs off", lambda posting, now: managing.delete(posting, COMMAND_LINE, now)),
    "try-again": ("carry out anew what was refused", lambda posting, now: managing.try_again(posting, COMMAND_LINE, now)),
    "replace": (
        "ask more workers for the votes that do not count",
        lambda posting, now: managing.add_assignments(posting, managing.votes_to_replace(posting), COMMAND_LINE, now),
    ),
}
DRY = "Nothing is done yet"


class Command(BaseCommand):
    help = "Postings on Mechanical Turk. What decides or spends is only shown, unless it is confirmed."

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
        steps.add_parser("list", help="the postings there are")
        for name, help_text in {
            "quote": "what a draft would cost, and what speaks against it",
            "carry-out": "carry out what is written down",
            "poll": "ask what was handed in",
        }.items():
            _posting_argument(steps.add_parser(name, help=help_text))
        confirms = _posting_argument(steps.add_parser("confirm", help="publish a draft, for exactly what was quoted"))
        confirms.add_argument("--budget", metavar="DOLLARS", help="the most that is ever spent (default: what was quoted)")
        _cents_argument(confirms)
        approves = _posting_argument(steps.add_parser("approve", help="approve everything that waits for a decision"))
        approves.add_argument("--message", default="", help="what the workers read")
        _yes_argument(approves)
        budgets = _posting_argument(steps.add_parser("budget", help="raise what may be spent"))
        budgets.add_argument("--to", required=True, metavar="DOLLARS")
        _yes_argument(budgets)
        notifies = _posting_argument(steps.add_parser("notify", help="have a topic of Amazon SNS told what happens"))
        notifies.add_argument("--topic", required=True, metavar="ARN")
        _yes_argument(notifies)
        wages = _posting_argument(steps.add_parser("wages", help="what workers earn in an hour, and top-ups to a fair wage"))
        wages.add_argument("--target", metavar="DOLLARS", help="the hourly wage that nobody should be below")
        _cents_argument(wages)
        for name, (help_text, _) in BUTTONS.items():
            _yes_argument(_posting_argument(steps.add_parser(name, help=help_text)))

    def handle(self, *, step: str, **options: Any) -> None:
        if step == "list":
            return self._list()
        posting, now = _posting(options.pop("posting")), timezone.now()
        self.stdout.write(f"{posting}, posting {posting.pk}: {TITLES[posting.environment_name]}.")
        with refusals_told():
            if step in BUTTONS:
                return self._act(lambda: BUTTONS[step][1](posting, now), **options)
            steps: dict[str, Callable[..., None]] = {
                "quote": self._quote,
                "confirm": self._confirm,
                "carry-out": self._carry_out,
                "poll": self._poll,
                "approve": self._approve,
                "budget": self._budget,
                "notify": self._notify,
                "wages": self._wages,
            }
            return steps[step](posting, now, **options)

    def _list(self) -> None:
        self.stdout.write(CLOSURE)
        for posting in Posting.objects.select_related("study").order_by("pk"):
            balance = balance_of(posting)
            money = "" if posting.is_draft else f", {dollars(balance.committed)} of {dollars(balance.budget)} committed"
            self.stdout.write(f"{posting.pk}: {posting}, {posting.state}{money}")

    def _quote(self, posting: Posting, now: datetime, **_: Any) -> None:
        _refuse_unless_draft(posting)
        quote = quote_for(posting, now)
        self.stdout.write("\n".join([CLOSURE, *_told(quote, posting)]))
        if not quote.faults:
            self.stdout.write(f"To post it: manage.py mturk confirm {posting.pk} --confirm {quote.total}")

    def _confirm(self, posting: Posting, now: datetime, *, budget: str | None, confirm: int | None, **_: Any) -> None:
        if confirm is None:
            return self._quote(posting, now)
        _refuse_unless_draft(posting)
        allowed = confirm if budget is None else cents_of(budget)
        self.stdout.write(publish(posting, allowed, confirm, COMMAND_LINE, now))
        self.stdout.write(f"At once: manage.py mturk carry-out {posting.pk}")
        return None

    def _carry_out(self, posting: Posting, now: datetime, **_: Any) -> None:  # noqa: ARG002 (as every step)
        if posting.is_draft:
            raise CommandError("This is a draft: nothing is written down to be carried out. Get a quote first.")
        self.stdout.write(f"Calls done: {carry_out(posting)}.")

    def _poll(self, posting: Posting, now: datetime, **_: Any) -> None:
        self.stdout.write(poll(posting, now, sweeps=True).said)

    def _approve(self, posting: Posting, now: datetime, *, message: str, **options: Any) -> None:
        waiting = Assignment.objects.of(posting).submitted().select_related("hit__posting__study")
        plan = approve(list(waiting), message, COMMAND_LINE, now)
        if not plan.intents:
            raise CommandError("No assignment waits for a decision.")
        self._act(lambda: do(posting, plan, COMMAND_LINE, now), **options)

    def _budget(self, posting: Posting, now: datetime, *, to: str, **options: Any) -> None:
        self._act(lambda: raise_budget(posting, cents_of(to), COMMAND_LINE, now), **options)

    def _notify(self, posting: Posting, now: datetime, *, topic: str, **options: Any) -> None:
        self._act(lambda: ask_for_notifications(posting, topic, COMMAND_LINE, now), **options)

    def _wages(self, posting: Posting, now: datetime, *, target: str | None, confirm: int | None, **_: Any) -> None:
        wages = wages_of_posting(posting)
        if wages is None:
            raise CommandError("Nothing was handed in yet that would be paid.")
        self.stdout.write(f"Hourly wage, without fees: {_percentiles(wages)}.")
        if target is None:
            return
        plan = plan_top_ups(posting, cents_of(target), COMMAND_LINE, now)
        if not plan.intents:
            self.stdout.write(f"Nobody earned less than {dollars(cents_of(target))} an hour: there is nothing to add.")
        elif confirm is None:
            self.stdout.write(f"{DRY}. {plan.said} To do it: add --confirm {plan.cents}")
        elif confirm != plan.cents:
            raise CommandError(f"The top-ups cost {plan.cents} cents now, not {confirm}. Look at them again.")
        else:
            self.stdout.write(do(posting, plan, COMMAND_LINE, now))

    def _act(self, action: Callable[[], str], *, yes: bool, **_: Any) -> None:
        """Do it, or without --yes say what would be done."""
        self.stdout.write(action() if yes else f"{DRY}. It would be: {dry_run(action)} To do it: add --yes")


def _told(quote: Quote, posting: Posting) -> list[str]:
    """A quote, a sentence a line."""
    measured = "as measured" if quote.measured else "as the study expects"
    balance = "unknown" if quote.balance is None else dollars(quote.balance)
    return [
        f"{quote.comparisons} comparisons × {posting.max_assignments} workers in {quote.hits} HITs: {quote.votes} votes.",
        f"Reward {dollars(quote.reward)} and fee {dollars(quote.fee)} for each of {quote.assignments} assignments: "
        f"{dollars(quote.total)}. Fee: {quote.fee_rule}",
        f"Hourly wage {dollars(quote.hourly)} at {quote.seconds:.0f} s for an assignment, {measured}.",
        f"The account has {balance}.",
        *(f"This cannot be confirmed: {fault}" for fault in quote.faults),
    ]


def _percentiles(wages: Wages) -> str:
    return f"median {dollars(int(wages.median))}, 10th percentile {dollars(int(wages.tenth))}"


def _posting(number: int) -> Posting:
    """Raises CommandError for a number that no posting has."""
    posting = Posting.objects.select_related("study").filter(pk=number).first()
    if posting is None:
        raise CommandError(f"There is no posting {number}. “manage.py mturk list” says which there are.")
    return posting


def _refuse_unless_draft(posting: Posting) -> None:
    if not posting.is_draft:
        raise CommandError("This posting is confirmed already. Make a new draft in the admin for anything else.")


def _posting_argument(parser: ArgumentParser) -> ArgumentParser:
    parser.add_argument("posting", type=int, help="its number, as “mturk list” says")
    return parser


def _yes_argument(parser: ArgumentParser) -> None:
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--dry-run", action="store_true", help="only say what would be done; so it is without --yes")
    either.add_argument("--yes", action="store_true", help="do it")


def _cents_argument(parser: ArgumentParser) -> None:
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--dry-run", action="store_true", help="only say what it costs; so it is without --confirm")
    either.add_argument("--confirm", type=int, metavar="CENTS", help="do it, for exactly what was said")
