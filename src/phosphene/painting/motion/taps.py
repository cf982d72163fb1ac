"""Vector operations on the eight taps of the warp, as LLVM instructions for numba.

Numba compiles the same loops to one instruction per tap, because it unrolls them before it looks
for vectors. LLVM translates a vector of eight floats to the registers of any CPU.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

TAPS = 8
FLOAT, INDEX = ir.FloatType(), ir.IntType(32)
VECTOR, PLACES = ir.VectorType(FLOAT, TAPS), ir.VectorType(INDEX, TAPS)
UNDEFINED = ir.Constant(VECTOR, ir.Undefined)
FUSED = ("contract",)  # a product and a sum may be one instruction


@intrinsic
def interpolate(_context, table, row, share, into):  # type: ignore[no-untyped-def]
    """into[:] = table[row] + share * (table[row + 1] - table[row]), for float32 arrays."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        pointers = _pointers(context, builder, signature, values)
        start = builder.mul(values[1], values[1].type(TAPS))
        before = _load(builder, pointers[0], start)
        after = _load(builder, pointers[0], builder.add(start, start.type(TAPS)))
        change = builder.fmul(_repeat(builder, values[2]), builder.fsub(after, before), flags=FUSED)
        mixed = builder.fadd(before, change, flags=FUSED)
        builder.store(mixed, builder.bitcast(pointers[3], VECTOR.as_pointer())).align = 4
        return context.get_dummy_value()

    return types.void(table, types.uint64, types.float32, into), generate


@intrinsic
def weighted_sum(_context, pixels, start, stride, across, down):  # type: ignore[no-untyped-def]
    """The sum of 8 x 8 pixels, float32, times the weights of their columns and their rows.

    `start` is the place of the first pixel in the array, and `stride` the length of its rows.
    """

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        pointers = _pointers(context, builder, signature, values)
        place, sums = values[1], [None, None]  # two, so that additions need not wait for each other
        for j in range(TAPS):
            weight = builder.load(builder.gep(pointers[4], [INDEX(j)]))
            row = _load(builder, pointers[0], place)
            product = builder.fmul(_repeat(builder, weight), row, flags=FUSED)
            before = sums[j % 2]
            sums[j % 2] = product if before is None else builder.fadd(before, product, flags=FUSED)
            place = builder.add(place, values[2])
        columns = builder.fadd(*sums)
        total = builder.fmul(columns, _load(builder, pointers[3], INDEX(0)))
        for apart in (4, 2, 1):
            order = PLACES([(i + apart) % TAPS for i in range(TAPS)])
            total = builder.fadd(total, builder.shuffle_vector(total, UNDEFINED, order))
        return builder.extract_element(total, INDEX(0))

    return types.float32(pixels, types.uint64, types.uint64, across, down), generate


def _pointers(context: Any, builder: Any, signature: Any, values: Any) -> list[Any]:
    """The address of each argument that is an array; None for the others."""
    return [
        make_array(kind)(context, builder, value).data if isinstance(kind, types.Array) else None
        for kind, value in zip(signature.args, values, strict=True)
    ]


def _load(builder: Any, pointer: Any, place: Any) -> Any:
    there = builder.bitcast(builder.gep(pointer, [place]), VECTOR.as_pointer())
    return builder.load(there, align=4)


def _repeat(builder: Any, value: Any) -> Any:
    single = builder.insert_element(UNDEFINED, value, INDEX(0))
    return builder.shuffle_vector(single, UNDEFINED, PLACES([0] * TAPS))
