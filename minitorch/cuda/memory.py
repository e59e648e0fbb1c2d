"""How much of the GPU's memory is used. kernels/cuda/memory.py tells how it is handed out, and counts.

All of it is 0 where no GPU was used. https://docs.pytorch.org/docs/stable/cuda.html#memory-management
"""

from minitorch.cuda.devices import check, is_available


def statistics(device):
    """What kernels/cuda/memory.py counts; None where there is no GPU."""
    if not is_available():
        return None
    check(device)
    from kernels.cuda.memory import Statistics

    return Statistics


def memory_stats(device=None):
    """Bytes in use, in use or kept (reserved), their peaks, and how often the driver was asked; by torch's names."""
    counted = statistics(device)
    if counted is None:
        return {}
    return {
        "allocated_bytes.all.current": counted.allocated,
        "allocated_bytes.all.peak": counted.most_allocated,
        "num_device_alloc": counted.requests,
        "reserved_bytes.all.current": counted.reserved,
        "reserved_bytes.all.peak": counted.most_reserved,
    }


def memory_allocated(device=None):
    """Bytes in use by tensors. Each takes a multiple of 512, or of 2 MiB from 1 MiB on."""
    return memory_stats(device).get("allocated_bytes.all.current", 0)


def max_memory_allocated(device=None):
    """The most that memory_allocated has been since the start, or since reset_peak_memory_stats."""
    return memory_stats(device).get("allocated_bytes.all.peak", 0)


def memory_reserved(device=None):
    """Bytes in use, and those that are kept for the next tensors."""
    return memory_stats(device).get("reserved_bytes.all.current", 0)


def max_memory_reserved(device=None):
    """The most that memory_reserved has been since the start, or since reset_peak_memory_stats."""
    return memory_stats(device).get("reserved_bytes.all.peak", 0)


def reset_peak_memory_stats(device=None):
    """Begin to look for the peaks anew."""
    counted = statistics(device)
    if counted is not None:
        counted.most_allocated, counted.most_reserved = counted.allocated, counted.reserved


reset_max_memory_allocated = reset_peak_memory_stats


def empty_cache():
    """Give the memory that is kept for the next tensors back to the driver."""
    if is_available():
        from kernels.cuda.memory import empty_cache as give_back

        give_back()


def mem_get_info(device=None):
    """(free, total) bytes of the GPU, as the driver counts them for all programs."""
    check(device)
    from kernels.cuda.device import cuda

    info = cuda.current_context().get_memory_info()
    return info.free, info.total
