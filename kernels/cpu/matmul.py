"""Matrix products: BLAS, through NumPy."""

import numpy as np

matmul = np.matmul
