"""Streams, queues of work for the GPU, and events, marks in them. kernels/cuda/stream.py tells what they are.

    start, end = minitorch.cuda.Event(enable_timing=True), minitorch.cuda.Event(enable_timing=True)
    start.record()
    y = x @ x  # only queued
    end.record()
    end.synchronize()  # now it is done
    print(start.elapsed_time(end), "ms")

https://docs.pytorch.org/docs/stable/generated/torch.cuda.Event.html
"""

from minitorch.cuda.devices import check
from minitorch.device import CUDA


class Stream:
    """A new queue. Tensors made in one stream and used in another need a wait in between (wait_stream), and
    Tensor.record_stream so that their memory is not handed on too early."""

    def __init__(self, device=None, priority=0):
        check(device)
        from kernels.cuda.device import cuda

        self.queue = cuda.stream()  # 0 for the default stream

    @property
    def device(self):
        """The GPU that it is a queue of."""
        return CUDA

    def record_event(self, event=None):
        """Put a mark at the end of the queue; returns it."""
        event = Event() if event is None else event
        event.record(self)
        return event

    def wait_event(self, event):
        """What is queued from now on waits for the event. The host does not."""
        event.wait(self)

    def wait_stream(self, stream):
        """What is queued from now on waits for all that is in another stream now. The host does not."""
        self.wait_event(stream.record_event())

    def query(self):
        """Whether all is done."""
        return self.record_event().query()

    def synchronize(self):
        """Wait until all is done; AcceleratorError if a kernel found a fault."""
        self.record_event().synchronize()

    def __eq__(self, other):
        return isinstance(other, Stream) and self.queue is other.queue

    def __hash__(self):
        return hash(self.queue)

    def __repr__(self):
        return f"<minitorch.cuda.Stream device={self.device} {'default' if self.queue == 0 else 'own'}>"


def of_queue(queue):
    """The Stream of a queue of numba's."""
    found = object.__new__(Stream)
    found.queue = queue
    return found


def default_stream(device=None):
    """The stream that is used where no other is chosen."""
    check(device)
    return of_queue(0)


def current_stream(device=None):
    """The stream that this thread's work is put into."""
    check(device)
    from kernels.cuda.stream import current

    return of_queue(current.stream)


def set_stream(stream):
    """Put this thread's work into a stream from now on; None changes nothing."""
    if stream is not None:
        from kernels.cuda.stream import current

        current.stream = stream.queue


class StreamContext:
    """`with stream(s):` puts what is asked inside into s; None changes nothing."""

    def __init__(self, stream):
        self.stream = stream

    def __enter__(self):
        if self.stream is not None:
            self.before = current_stream()
            set_stream(self.stream)

    def __exit__(self, *error):
        if self.stream is not None:
            set_stream(self.before)


stream = StreamContext


class Event:
    """A mark to be put into a stream: when the GPU comes to it, it is done, and with enable_timing notes the time."""

    def __init__(self, enable_timing=False, blocking=False, interprocess=False, external=False):
        check(None)
        from kernels.cuda.stream import event

        self.mark, self.timing, self.recorded = event(enable_timing), enable_timing, False

    def record(self, stream=None):
        """Put the mark at the end of a stream, the current one unless given."""
        self.mark.record((stream or current_stream()).queue)
        self.recorded = True

    def wait(self, stream=None):
        """What is queued in that stream from now on waits for the mark."""
        if self.recorded:
            self.mark.wait((stream or current_stream()).queue)

    def query(self):
        """Whether the GPU has come to it; True for one that was never recorded."""
        return not self.recorded or self.mark.query()

    def synchronize(self):
        """Wait until the GPU has come to it; AcceleratorError if a kernel found a fault."""
        if self.recorded:
            from kernels.cuda.fault import check as check_faults

            self.mark.synchronize()
            check_faults()

    def elapsed_time(self, end_event):
        """Milliseconds from this event to another; ValueError unless both note the time, were recorded and are done."""
        if not (self.timing and end_event.timing):
            raise ValueError("Both events must be created with argument 'enable_timing=True'.")
        if not (self.recorded and end_event.recorded):
            raise ValueError("Both events must be recorded before calculating elapsed time.")
        if not (self.query() and end_event.query()):
            raise RuntimeError("Both events must be completed before calculating elapsed time.")
        return self.mark.elapsed_time(end_event.mark)
