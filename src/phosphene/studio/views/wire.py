"""Data for the page: JSON, or a JSON header followed by the raw bytes of arrays."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

ALIGNED = 8  # bytes; typed arrays in JavaScript begin at multiples of their item size


def packed(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Pack arrays for `unpack` in `static/api.js`.

    Parameters
    ----------
    header : mapping
        Anything that JSON can represent; `arrays` is added.
    arrays : mapping of str to ndarray
        float64, float32, int32, int16, int8 or uint8.

    Returns
    -------
    bytes
        The header's length as uint32, little endian, the header, and the arrays, each padded to
        eight bytes.
    """
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    offset, listed = 0, []
    for name, array in contiguous.items():
        about = {"name": name, "dtype": array.dtype.name, "shape": list(array.shape)}
        listed.append({**about, "offset": offset})
        offset += _padded(array.nbytes)
    text = json.dumps({**header, "arrays": listed}, separators=(",", ":")).encode()
    text += b" " * (_padded(4 + len(text)) - 4 - len(text))
    buffer = bytearray(struct.pack("<I", len(text)) + text)
    for array in contiguous.values():
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        buffer += little.tobytes() + bytes(_padded(array.nbytes) - array.nbytes)
    return bytes(buffer)


def plain(value: Any) -> Any:
    """TOML data as JSON; dates, which no entry accepts, become text."""
    if isinstance(value, dict):
        return {key: plain(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [plain(inside) for inside in value]
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def _padded(length: int) -> int:
    return -(-length // ALIGNED) * ALIGNED
