"""The templates of the exports: what is the same for every protocol and program."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def environment() -> Environment:
    """Where the templates are."""
    return Environment(
        loader=PackageLoader("waitgroup_proofs", "exports"),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def filled(template: str, **values: object) -> str:
    """The text of a template, filled in."""
    return environment().get_template(template).render(values)
