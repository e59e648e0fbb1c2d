"""Arrays in, arrays out: the kernels of each device."""
