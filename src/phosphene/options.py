"""The base classes of the tables of a project: Phosphene's own, and those of plugins."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """A table of the project file: unknown keys are refused, and values cannot be changed."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True
    )


class Options(Table):
    """The entries of `[plugins.NAME]` in a project; subclass it, and add fields with defaults.

    Register the subclass with `register_options`. A modulator of the same plugin gets the
    project's own values in a field that it declares as `options: MyOptions = MyOptions()`; layers
    cannot set that field.
    """
