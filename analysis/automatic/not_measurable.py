"""Why a metric cannot be measured."""


class NotMeasurable(LookupError):
    """A metric lacks its model, its reference or its classes; the sentence says which to get, and where to put it."""
