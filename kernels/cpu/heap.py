"""Freed arrays stay with the process, for the next ones: the pages of new memory are dear.

The C library gives large blocks back to the system as soon as they are freed. Each page of the next array is then found
and cleared anew at its first use, which took longer than the arithmetic here. Milliseconds on 2 cores, forward and
backward, as the library does by itself and so: attention to 128 keys 9.1 and 3.7, causal attention to 256 31 and 20 (by
plain operations). Arrays of more than 32 MiB, the most that the library allows, still come and go.
https://man7.org/linux/man-pages/man3/mallopt.3.html
"""

import ctypes
import sys

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h


def keep_freed_memory():
    """Blocks up to 32 MiB come from the heap, of which up to 1 GiB stays when it is free. Only glibc knows how."""
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(M_MMAP_THRESHOLD, 1 << 25)
        library.mallopt(M_TRIM_THRESHOLD, 1 << 30)
