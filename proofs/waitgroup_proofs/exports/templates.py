"""The templates of the exports: what is the same for every protocol and program."""

from jinja2 import Environment, PackageLoader, StrictUndefined


def filled(template: str, **values: object) -> str:
    """The text of a template, filled in."""
    environment = Environment(
        loader=PackageLoader("waitgroup_proofs", "exports"),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(values)
