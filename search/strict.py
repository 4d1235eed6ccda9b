"""The ground all parts of `sayso.toml` stand on."""

import pydantic


class Strict(pydantic.BaseModel):
    """Unknown keys are mistakes; values never change."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
