"""Networks exported to OpenVINO, on a processor: the one home of openvino in the product."""

import sys
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PLACE = "CPU"
# As many requests as the processor runs best side by side: frames and batches come from several threads.
# Full precision: the same picture gives the same answer on every processor, and without matrix units (AMX)
# the half-precision kernels are the slower ones.
_OPTIONS = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": "f32"}

# The first run of a process goes alone: in it OpenVINO's binding (2026.4) makes its tables of numpy's types.
# Of two threads that came there at once, one was seen to wait for a table with Python's lock in its hand, and
# the one that made the table to wait for that lock, for ever.
_FIRST, _BEGUN = Lock(), Event()


class ExportedNetwork:
    """One network of one input and one output, of any batch; `run` may be called from any thread.

    `workers` calls at once use the whole processor; more wait.
    """

    def __init__(self, file: Path, *, mean: float, scale: float) -> None:
        """Load `file` (.xml, its .bin beside it), whose weights were checked before.

        The network sees `(byte - mean) / scale`; of three channels, RGB.
        """
        core = _core()
        compiled = core.compile_model(_fed_with_bytes(core.read_model(file), mean, scale), _PLACE, _OPTIONS)
        self.workers: int = compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")
        self._idle: SimpleQueue[Any] = SimpleQueue()
        for _ in range(self.workers):
            self._idle.put(compiled.create_infer_request())

    def run(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The output for a batch of bytes, B x height x width x channels (BGR or grey)."""
        request = self._idle.get()
        try:
            with nullcontext() if _BEGUN.is_set() else _FIRST:
                request.infer([pictures], share_inputs=True)
                answer = np.array(request.get_output_tensor().data, np.float32)
            _BEGUN.set()
            return answer
        finally:
            self._idle.put(request)


def forbid_telemetry() -> None:
    """Keep `import openvino` from reporting to Google Analytics.

    It reports through this module; where it cannot be imported OpenVINO takes its own stub, which does
    nothing. It has no switch but a file in the user's home.
    """
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]  # Python's way to forbid an import


@cache
def _core() -> Any:
    forbid_telemetry()
    import openvino

    return openvino.Core()


def _fed_with_bytes(network: Any, mean: float, scale: float) -> Any:
    """The network with the conversion from pictures in front: compiled along, it costs no pass of its own."""
    import openvino
    from openvino.preprocess import ColorFormat, PrePostProcessor

    colours = network.input().partial_shape[1].get_length() == 3
    wrapped = PrePostProcessor(network)
    wrapped.input().model().set_layout(openvino.Layout("NCHW"))
    given = wrapped.input().tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC"))
    steps = wrapped.input().preprocess().convert_element_type(openvino.Type.f32)
    if colours:
        given.set_color_format(ColorFormat.BGR)
        steps.convert_color(ColorFormat.RGB)
    steps.mean(mean).scale(scale)
    return wrapped.build()
