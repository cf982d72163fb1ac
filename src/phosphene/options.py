"""The base class of what a plugin can be told for a whole project."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Options(BaseModel):
    """What `[plugins.NAME]` of a project may say; subclass it, and give it fields with defaults.

    Register the subclass with `register_options`. A modulator of the same plugin gets the
    project's own values in a field that it declares as `options: MyOptions = MyOptions()`; a layer
    can not set that field.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True
    )
