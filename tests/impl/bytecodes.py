"""Something that comes before the so manieth bytecode of the package, in the place of a handler or a finalizer."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from waitgroup import core

OURS = {str(file) for file in Path(core.__file__).parent.glob("*.py")}


def at_boundary(boundary: int, call: Callable[[], object], act: Callable[[], object]) -> tuple[bool, object]:
    """Make the call and act before so manieth bytecode of our own; whether there is one, and what the call answered.

    An exception that the act or the call raises is the answer.
    """
    left = boundary

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename not in OURS:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            left -= 1
            if left == 0:
                sys.settrace(None)
                act()
        return trace

    before = sys.gettrace()
    # From Python 3.12 on, no opcode is traced unless a frame has asked for it before.
    frame = sys._getframe()
    frame.f_trace, frame.f_trace_opcodes = (lambda *_: None), True
    sys.settrace(trace)
    try:
        answer = call()
    except BaseException as error:
        answer = error
    finally:
        sys.settrace(before)
    return left <= 0, answer
