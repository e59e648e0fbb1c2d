"""`minitorch.cuda`: the GPU itself: which one it is, its memory, its queues of work, its random numbers.

Nothing here imports numba before someone asks for a GPU. https://docs.pytorch.org/docs/stable/cuda.html
"""

from kernels.errors import AcceleratorError, OutOfMemoryError
from minitorch.cuda.devices import (
    current_device,
    device,
    device_count,
    get_device_capability,
    get_device_name,
    get_device_properties,
    init,
    is_available,
    is_bf16_supported,
    is_initialized,
    set_device,
    synchronize,
)
from minitorch.cuda.memory import (
    empty_cache,
    max_memory_allocated,
    max_memory_reserved,
    mem_get_info,
    memory_allocated,
    memory_reserved,
    memory_stats,
    reset_max_memory_allocated,
    reset_peak_memory_stats,
)
from minitorch.cuda.random import (
    get_rng_state,
    initial_seed,
    manual_seed,
    manual_seed_all,
    seed,
    seed_all,
    set_rng_state,
)
from minitorch.cuda.streams import Event, Stream, StreamContext, current_stream, default_stream, set_stream, stream
