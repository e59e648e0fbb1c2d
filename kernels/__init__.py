"""Arrays in, arrays out: the work itself. kernels.cpu works on NumPy arrays, kernels.cuda on arrays on a GPU.

Both have the same files with the same functions. Nothing here knows of tensors or gradients.
"""
