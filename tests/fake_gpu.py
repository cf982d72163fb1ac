"""A device that only counts.

Fake tensors have shapes and devices but no values: whatever would need a value on the host
(`.item()`, `bool()`) or mixes devices raises.
"""

import contextlib
from unittest import mock

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend


class Copies(TorchDispatchMode):
    """Every copy between the host and the device."""

    def __init__(self):
        super().__init__()
        self.made = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        # Of `copy_` the second argument is the source, of all others the first.
        tensors = [value for value in args if isinstance(value, torch.Tensor)]
        if isinstance(result, torch.Tensor) and tensors:
            source = tensors[-1] if function is torch.ops.aten.copy_.default else tensors[0]
            if source.device.type != result.device.type:
                self.made.append((source.device.type, result.device.type, tuple(source.shape)))
        return result


@contextlib.contextmanager
def fake_gpu():
    with contextlib.suppress(RuntimeError):  # set up by an earlier test of this process
        _setup_privateuseone_for_python_backend("fakegpu")
    avoid = mock.patch.object(
        FakeTensorMode, "avoid_device_init", new_callable=mock.PropertyMock, return_value=True
    )
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float16)
    try:
        with avoid, FakeTensorMode(allow_non_fake_inputs=True):
            yield torch.device("fakegpu:0")
    finally:
        torch.set_default_dtype(before)
