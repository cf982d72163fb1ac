"""`phosphene plugins`: see, add, check, switch off and remove plugins; one command a file.

None of these commands imports a plugin: what must be imported is, in a process of its own.
"""

from __future__ import annotations

import click

from phosphene.cli.plugins.check import check
from phosphene.cli.plugins.install import install
from phosphene.cli.plugins.list import list_command
from phosphene.cli.plugins.new import new
from phosphene.cli.plugins.switch import disable, enable
from phosphene.cli.plugins.trust import trust
from phosphene.cli.plugins.uninstall import uninstall


@click.group(invoke_without_command=True)
@click.pass_context
def plugins(context: click.Context) -> None:
    """See, add, check, switch off and remove plugins; alone: list them."""
    if context.invoked_subcommand is None:
        context.invoke(list_command)


for command in (list_command, install, uninstall, disable, enable, check, new, trust):
    plugins.add_command(command)
