"""The pages of the admin about a study on Prolific. No GET changes anything, here or there."""

from django.urls import URLPattern, path

from studies.channels.prolific.pages import buttons, costs, deciding, overview, paying

URLS: list[URLPattern] = [
    path("<int:pk>/prolific/", overview.overview, name="study_prolific"),
    path("<int:pk>/prolific/plan/", overview.plan, name="study_prolific_plan"),
    path("<int:pk>/prolific/quote/", costs.quote, name="study_prolific_quote"),
    path("<int:pk>/prolific/costs/", costs.costs, name="study_prolific_costs"),
    path("<int:pk>/prolific/budget/", buttons.budget, name="study_prolific_budget"),
    path("<int:pk>/prolific/publish/", buttons.publish, name="study_prolific_publish"),
    path("<int:pk>/prolific/places/", buttons.places, name="study_prolific_places"),
    path("<int:pk>/prolific/move/", buttons.move, name="study_prolific_move"),
    path("<int:pk>/prolific/poll/", buttons.poll, name="study_prolific_poll"),
    path("<int:pk>/prolific/decide/", deciding.decide, name="study_prolific_decide"),
    path("<int:pk>/prolific/bonuses/", paying.set_up, name="study_prolific_bonuses"),
    path("<int:pk>/prolific/pay/", paying.pay, name="study_prolific_pay"),
    path("<int:pk>/prolific/settle/", paying.settle, name="study_prolific_settle"),
]
