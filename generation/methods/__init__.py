"""The registry of methods: every method of the papers by its name. Nothing here imports torch."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from generation.methods import (
    answer,
    attend_and_excite,
    auto_dnp,
    cfg,
    dng,
    dnp,
    dns,
    negative_prompt,
    np_uncond,
    sld,
    syngen,
)
from generation.methods.rule import Method, Steering, stateless
from generation.methods.settings import GUIDANCE_SCALE, BadSettings, describe, fields_of, parse

__all__ = ["IMPORTED", "METHODS", "STEERED", "BadSettings", "Method", "UnfitScheduler", "UnknownMethod"]
__all__ += ["NEGATIVE", "complete", "describe", "find", "guidance_scale_of", "parse", "require_fit"]

METHODS: dict[str, Method] = {
    "cfg": Method(settings=cfg.Settings, paper=cfg.__doc__, texts=cfg.texts, guide=stateless(cfg.guide)),
    "negative_prompt": Method(
        settings=negative_prompt.Settings,
        paper=negative_prompt.__doc__,
        texts=negative_prompt.texts,
        guide=stateless(negative_prompt.guide),
    ),
    "auto_dnp": Method(
        settings=auto_dnp.Settings,
        paper=auto_dnp.__doc__,
        texts=auto_dnp.texts,
        guide=stateless(auto_dnp.guide),
        negative_source="auto_dnp",
    ),
    "dnp": Method(
        settings=dnp.Settings, paper=dnp.__doc__, texts=dnp.texts, guide=stateless(dnp.guide), negative_source="human"
    ),
    "np_uncond": Method(
        settings=np_uncond.Settings, paper=np_uncond.__doc__, texts=np_uncond.texts, guide=stateless(np_uncond.guide)
    ),
    "dns": Method(settings=dns.Settings, paper=dns.__doc__, texts=dns.texts, guide=stateless(dns.guide), is_intermediate=True),
    "sld": Method(
        settings=sld.Settings, paper=sld.__doc__, texts=sld.texts, guide=sld.guide, start=sld.start, after_step=sld.after_step
    ),
    "dng": Method(
        settings=dng.Settings,
        paper=dng.__doc__,
        texts=dng.texts,
        guide=dng.guide,
        start=dng.start,
        after_step=dng.after_step,
        trace=dng.trace,
        schedulers=dng.SCHEDULERS,
    ),
    "answer": Method(
        settings=answer.Settings,
        paper=answer.__doc__,
        texts=answer.texts,
        guide=stateless(answer.guide),
        look_ahead=answer.look_ahead,
    ),
    "attend_and_excite": Method(
        settings=attend_and_excite.Settings,
        paper=attend_and_excite.__doc__,
        texts=attend_and_excite.texts,
        guide=stateless(attend_and_excite.guide),
        steering=Steering(loss=attend_and_excite.loss, update=attend_and_excite.update),
    ),
    "syngen": Method(
        settings=syngen.Settings,
        paper=syngen.__doc__,
        texts=syngen.texts,
        guide=stateless(syngen.guide),
        steering=Steering(loss=syngen.loss, update=syngen.update, needs_modifiers=True),
    ),
}
STEERED = tuple(name for name, method in METHODS.items() if method.steering)  # by the phrases of the prompt
NEGATIVE = "negative"  # the setting that negative sources fill in
IMPORTED = "imported"  # the method of images that were brought along, not made here


class UnknownMethod(LookupError):
    """A name that is no method's."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no method “{name}”; choose one of: {', '.join(METHODS)}.")


class UnfitScheduler(ValueError):
    """A scheduler under which a method's rule does not hold."""


def find(method: str) -> Method:
    """The method of that name. Raises UnknownMethod."""
    try:
        return METHODS[method]
    except KeyError:
        raise UnknownMethod(method) from None


def complete(method: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked, with the method's defaults filled in. Raises UnknownMethod and BadSettings."""
    return dataclasses.asdict(parse(find(method).settings, settings))


def guidance_scale_of(method: str, settings: Mapping[str, Any]) -> float | None:
    """The guidance scale s among a method's complete settings; None if it has none. Raises UnknownMethod."""
    scales = (name for name, field in fields_of(find(method).settings).items() if field.metadata["meaning"] == GUIDANCE_SCALE)
    return next((float(settings[name]) for name in scales), None)


def require_fit(method: str, scheduler: str) -> None:
    """Raise UnfitScheduler unless the method's rule holds under the scheduler of that name, and UnknownMethod."""
    fit = find(method).schedulers
    if fit and scheduler not in fit:
        raise UnfitScheduler(f"{method} holds under {' or '.join(fit)} alone, not under {scheduler}; choose that scheduler.")
