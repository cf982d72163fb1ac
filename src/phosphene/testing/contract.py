"""A contract: named checks, each of which passes, or explains the problem and the fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

Subject = TypeVar("Subject")
Check = Callable[[Subject], None]


class ContractError(AssertionError):
    """A plugin breaks its contract.

    Parameters
    ----------
    problem : str
        What was found.
    fix : str
        What to change.
    """

    def __init__(self, problem: str, fix: str = "") -> None:
        super().__init__(f"{problem}\n{fix}".strip())
        self.problem, self.fix = problem, fix


class NotMadeError(ContractError):
    """The object cannot be created."""


@dataclass(frozen=True)
class Finding:
    """The result of one check; `problem` and `fix` are empty if it passed."""

    check: str
    about: str
    problem: str = ""
    fix: str = ""

    @property
    def passed(self) -> bool:
        """Whether the check passed."""
        return not self.problem


def examine(checks: Mapping[str, Check[Subject]], subject: Subject) -> list[Finding]:
    """Run every check, whatever the plugin raises; one finding each, in order.

    If the object cannot be created, that is the only finding.
    """
    found = []
    for name, check in checks.items():
        try:
            found.append(_finding(name, check, subject))
        except NotMadeError as error:
            return [*found, Finding("made", "It can be created.", error.problem, error.fix)]
    return found


def _finding(name: str, check: Check[Subject], subject: Subject) -> Finding:
    about = sentence(check)
    try:
        check(subject)
    except NotMadeError:
        raise
    except ContractError as error:
        return Finding(name, about, error.problem, error.fix)
    except Exception as error:  # the other checks run whatever a plugin raises
        return Finding(name, about, f"{type(error).__name__}: {error}")
    return Finding(name, about)


def sentence(check: Callable[..., Any]) -> str:
    """The first line of a check's docstring: what must hold."""
    return (check.__doc__ or "").strip().partition("\n")[0]


def require(findings: Iterable[Finding], what: str) -> None:
    """Raise one error that lists every check that failed.

    Raises
    ------
    ContractError
    """
    broken = [finding for finding in findings if not finding.passed]
    if broken:
        listed = [f"  {one.check}: {one.problem}\n    {one.fix}".rstrip() for one in broken]
        raise ContractError("\n".join([f"{what} breaks its contract:", *listed]))


def as_tests(checks: Mapping[str, Check[Subject]], subject_of: Callable[[Any], Subject]) -> Any:
    """A class decorator: each check becomes a method `test_NAME`, which pytest finds."""

    def decorate(cls: type) -> type:
        for name, check in checks.items():
            setattr(cls, f"test_{name}", _method(name, check, subject_of))
        return cls

    return decorate


def _method(
    name: str, check: Check[Subject], subject_of: Callable[[Any], Subject]
) -> Callable[[Any], None]:
    def method(self: Any) -> None:
        __tracebackhide__ = True  # pytest then shows the author's class instead of this function
        check(subject_of(self))

    method.__name__ = f"test_{name}"
    method.__doc__ = sentence(check)
    return method
