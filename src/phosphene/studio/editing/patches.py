"""Edits of a project file: small changes of its text that keep comments, order and notation.

An edit is a list of operations, as the page sends them. Each is applied to the parsed document of
tomlkit and written out again, so that only the named entries change.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import tomlkit
from tomlkit.container import Container
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, InlineTable, Item, Table

from phosphene.errors import ProjectError
from phosphene.studio.editing import blocks
from phosphene.studio.editing.operations import (
    AddScene,
    Drop,
    DropScene,
    Layer,
    MoveScene,
    Operation,
    Path,
    Put,
    Rename,
    named,
)
from phosphene.studio.editing.scenes import Moment, dropped, moved, place_of


def patched(text: str, edits: Sequence[Operation], moment: Moment = lambda text: None) -> str:
    """Apply operations to the text of a project file.

    Parameters
    ----------
    text : str
    edits : sequence of Operation
    moment : callable, optional
        Keeps the keys of inline tables in the order of their positions.

    Returns
    -------
    str

    Raises
    ------
    ProjectError
        If an operation names an entry that does not exist.
    """
    for edit in edits:
        try:
            if isinstance(edit, Layer):
                text = _with_layers(text, edit)
                continue
            if isinstance(edit, (AddScene, MoveScene, DropScene)):
                text = _with_scenes(text, edit, moment)
                continue
            document = tomlkit.parse(text)
            if isinstance(edit, Put):
                text = _put(text, document, edit.path, edit.value, moment)
            elif isinstance(edit, Drop):
                text = _dropped(text, document, edit.path)
            else:
                _rename(document, edit, moment)
                text = tomlkit.dumps(document)
        except (TOMLKitError, LookupError, TypeError, ValueError, AttributeError) as error:
            raise ProjectError(
                f"{named(edit)}: the file cannot be changed there: {error}",
                "The file may have changed in the meantime; try again, or edit it in an editor.",
            ) from None
    return text


def toml(value: Any) -> str:
    """A value as TOML, with tables inline."""
    if isinstance(value, dict):
        inside = (f"{tomlkit.key(key).as_string()} = {toml(item)}" for key, item in value.items())
        return "{ " + ", ".join(inside) + " }" if value else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if value is None:
        raise ValueError("an entry has no value; remove it instead")
    return str(tomlkit.item(value).as_string())


def _item(text: str) -> Item:
    item = tomlkit.parse(f"x = {text}\n").body[0][1]
    assert isinstance(item, Item)
    return item


def _with_layers(text: str, edit: Layer) -> str:
    if edit.op == "add_layer":
        return blocks.added(text, _block("motion", edit.layer), "motion")
    if edit.op == "drop_layer":
        return blocks.removed(text, "motion", edit.index)
    return blocks.moved(text, "motion", edit.index, edit.to)


def _with_scenes(text: str, edit: AddScene | MoveScene | DropScene, moment: Moment) -> str:
    if isinstance(edit, AddScene):
        entries = {"at": edit.at, "prompt": edit.prompt}
        return blocks.added(
            text, _block("scene", entries), "scene", place_of(text, edit.at, moment)
        )
    if isinstance(edit, DropScene):
        return blocks.removed(patched(text, dropped(text, edit.index)), "scene", edit.index)
    lines, to = moved(text, edit.index, edit.at, moment)
    text = patched(text, lines)
    return text if to == edit.index else blocks.moved(text, "scene", edit.index, to)


def _block(table: str, entries: dict[str, Any]) -> str:
    lines = [f"{tomlkit.key(key).as_string()} = {toml(value)}" for key, value in entries.items()]
    return "\n".join([f"[[{table}]]", *lines]) + "\n"


def _put(text: str, document: Container, path: Path, value: Any, moment: Moment) -> str:
    *parents, key = path
    for depth in range(1, len(parents) + 1):
        try:
            _at(document, parents[:depth])
        except KeyError:
            missing = parents[depth - 1 :]
            if parents[0] == "motion":  # inside a layer, as one inline table
                for part in reversed([*missing[1:], key]):
                    value = {str(part): value}
                return _put(text, document, [*parents[: depth - 1], missing[0]], value, moment)
            header = ".".join(tomlkit.key(str(part)).as_string() for part in parents)
            return _put_below(text, header, str(key), value)
    table = _at(document, parents)
    if isinstance(table, (list, AoT, Array)):
        if int(key) == len(table) and isinstance(table, Array):
            table.append(_item(toml(value)))
        else:
            table[int(key)] = _item(toml(value))
    elif isinstance(table, InlineTable):
        entries = {name: _source(table[name]) for name in table}
        entries[str(key)] = toml(value)
        _replace(document, parents, _inline(entries, moment))
    else:
        _put_line(_body(table), str(key), _item(toml(value)))
    return tomlkit.dumps(document)


def _put_below(text: str, header: str, key: str, value: Any) -> str:
    return f"{text.rstrip()}\n\n[{header}]\n{tomlkit.key(key).as_string()} = {toml(value)}\n"


def _put_line(body: list[Any], key: str, item: Item) -> None:
    """Set a line of a table, in place or after its last one; comments stay where they are."""
    last = -1
    for place, (known, old) in enumerate(body):
        if known is None or (isinstance(old, (Table, AoT)) and known.key != key):
            continue
        if known.key == key:
            if isinstance(old, (Table, AoT)):
                raise ValueError("this is a table with lines of its own")
            for name in ("indent", "comment_ws", "comment", "trail"):
                setattr(item.trivia, name, getattr(old.trivia, name))
            body[place] = (known, item)
            return
        last = place
    item.trivia.trail = "\n"
    if last >= 0:
        before = body[last][1].trivia
        item.trivia.indent = before.indent
        before.trail = before.trail or "\n"
    body.insert(last + 1, (tomlkit.key(key), item))


def _dropped(text: str, document: Container, path: Path) -> str:
    if len(path) == 1 and isinstance(document.get(path[0]), Table):
        with contextlib.suppress(ValueError):  # it has no header of its own
            return blocks.removed(text, str(path[0]), 0)
    _drop(document, path)
    return tomlkit.dumps(document)


def _drop(document: Container, path: Path) -> None:
    *parents, key = path
    try:
        table = _at(document, parents)
    except KeyError:
        return
    if isinstance(table, InlineTable):
        entries = {name: _source(table[name]) for name in table if name != key}
        _replace(document, parents, _inline(entries, lambda text: None))
    elif isinstance(table, (list, AoT, Array)):
        del table[int(key)]
    else:
        body = _body(table)
        body[:] = [pair for pair in body if pair[0] is None or pair[0].key != key]


def _rename(document: Container, edit: Rename, moment: Moment) -> None:
    table = _at(document, edit.path)
    if edit.key not in table:
        raise KeyError(f"there is no '{edit.key}'")
    if edit.to in table and edit.to != edit.key:
        raise ValueError(f"there is already one at '{edit.to}'")
    if isinstance(table, InlineTable):
        entries = {edit.to if name == edit.key else name: _source(table[name]) for name in table}
        _replace(document, edit.path, _inline(entries, moment))
        return
    body = _body(table)
    for place, (known, item) in enumerate(body):
        if known is not None and known.key == edit.key:
            renamed = tomlkit.key(edit.to)
            written = known.as_string()
            renamed.sep = written[len(written.rstrip()) :] + known.sep
            body[place] = (renamed, item)


def _at(document: Any, path: Sequence[Any]) -> Any:
    place: Any = document
    for part in path:
        if not isinstance(place, (dict, list, Container)):
            raise KeyError(f"'{part}' is inside a value")
        place = place[part]
    return place


def _body(table: Any) -> list[Any]:
    """The lines of a table; of the document itself, those above the first header."""
    container = table if isinstance(table, Container) else table.value
    body: list[Any] = container.body
    return body


def _source(item: Any) -> str:
    return str(item.as_string()) if isinstance(item, Item) else toml(item)


def _inline(entries: dict[str, str], moment: Moment) -> Item:
    """An inline table of entries as written, in order of time if all are positions."""
    moments = {name: moment(name) for name in entries}
    if None not in moments.values():
        entries = dict(sorted(entries.items(), key=lambda pair: moments[pair[0]] or 0.0))
    parts = (f"{tomlkit.key(name).as_string()} = {text}" for name, text in entries.items())
    return _item("{ " + ", ".join(parts) + " }" if entries else "{}")


def _replace(document: Container, path: Sequence[str | int], item: Item) -> None:
    *parents, key = path
    table = _at(document, parents)
    if isinstance(table, InlineTable):
        entries = {name: _source(item if name == key else table[name]) for name in table}
        _replace(document, parents, _inline(entries, lambda text: None))
    elif isinstance(table, (list, AoT, Array)):
        table[int(key)] = item
    else:
        _put_line(_body(table), str(key), item)
