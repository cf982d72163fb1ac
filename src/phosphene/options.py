"""The base class of a plugin's own settings in a project."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Options(BaseModel):
    """The entries of `[plugins.NAME]` in a project; subclass it, and add fields with defaults.

    Register the subclass with `register_options`. A modulator of the same plugin gets the
    project's own values in a field that it declares as `options: MyOptions = MyOptions()`; layers
    cannot set that field.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True
    )
