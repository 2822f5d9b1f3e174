"""What the doctor finds: that something is well, or a fault with what to do about it."""

from dataclasses import dataclass

OK, WARNING, WRONG = "ok", "warning", "wrong"
LEVELS = (OK, WARNING, WRONG)


@dataclass(frozen=True)
class Finding:
    """One sentence about the installation. code and cure: of the fault it is, empty where all is well."""

    level: str
    sentence: str
    code: str = ""
    cure: str = ""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A kind of fault, as docs/doctor.md lists it.

    code: its name there and in JSON. level: WRONG if something does not work or is not safe, WARNING if it may not be what
    is meant. cause: why it matters, or what it comes from. cure: what to do.
    """

    code: str
    level: str
    cause: str
    cure: str

    def found(self, sentence: str) -> Finding:
        """This fault, as it was found here and now."""
        return Finding(self.level, sentence, self.code, self.cure)


def well(sentence: str) -> Finding:
    """That something is as it should be."""
    return Finding(OK, sentence)


def worst(findings: list[Finding]) -> str:
    """The gravest level among them; OK if there are none."""
    return max((finding.level for finding in findings), key=LEVELS.index, default=OK)


def counted(number: int, one: str) -> str:
    """A number of things: “1 image”, “2 images”."""
    return f"{number} {one}" if number == 1 else f"{number} {one.removesuffix('y') + 'ies' if one.endswith('y') else one + 's'}"
