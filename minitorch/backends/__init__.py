"""`minitorch.backends`: switches of the libraries that torch computes with, so that programs that set them run.

https://docs.pytorch.org/docs/stable/backends.html
"""

from minitorch.backends import cuda, cudnn, mkl, mps
