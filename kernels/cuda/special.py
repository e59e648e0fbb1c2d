"""The error function, the gamma function and their kin: CUDA's own, and those of kernels/scalar.py."""

from kernels import scalar
from kernels.cuda.device import math
from kernels.cuda.elementwise import binary, unary

erf = unary(math.erf)
erfc = unary(math.erfc)
erfinv = unary(scalar.erfinv)
lgamma = unary(math.lgamma)
digamma = unary(scalar.digamma)
zeta = binary(scalar.zeta)
