"""Parametrizations of weights: direction and length apart, and the largest singular value 1.

https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.weight_norm.html
https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.spectral_norm.html
"""

from minitorch.autograd.grad_mode import no_grad
from minitorch.nn.conv import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from minitorch.nn.module import Module
from minitorch.nn.utils.parametrize import register_parametrization
from minitorch.ops.matmul import mv
from minitorch.ops.products import vdot
from minitorch.ops.similarity import normalize
from minitorch.tensor import Tensor


def by_rows(weight, dim):
    """The weight as a matrix with a row for each index of dim."""
    return weight.movedim(dim, 0).flatten(1)  # (..., n, ...) -> (n, all others)


def rows_dim(module):
    """The dim of a module's weight that counts its outputs."""
    return int(isinstance(module, ConvTranspose1d | ConvTranspose2d | ConvTranspose3d))


# -- weight norm -------------------------------------------------------------------------------------------------------


def norm_except_dim(weight, dim):
    """The length of what belongs to each index of dim, in a shape that broadcasts; for dim -1 that of the whole."""
    if dim == -1:
        return weight.norm()
    shape = [n if d == dim % weight.ndim else 1 for d, n in enumerate(weight.shape)]
    return weight.movedim(dim, 0).reshape(weight.shape[dim], -1).norm(dim=1).reshape(shape)


class _WeightNorm(Module):
    def __init__(self, dim=0):
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g, weight_v):
        return weight_v * (weight_g / norm_except_dim(weight_v, self.dim))

    def right_inverse(self, weight):
        return norm_except_dim(weight, self.dim), weight


def weight_norm(module, name="weight", dim=0):
    """Train length g and direction v of the weight apart: w = g v / |v|, for each index of dim (None: for the whole).

    g is parametrizations.weight.original0, v original1. Salimans and Kingma, https://arxiv.org/abs/1602.07868
    """
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def rename(module, state_dict, prefix, *_):
        old = [f"{prefix}{name}_g", f"{prefix}{name}_v"]  # as nn.utils.weight_norm named them
        if all(key in state_dict for key in old):
            for i, key in enumerate(old):
                state_dict[f"{prefix}parametrizations.{name}.original{i}"] = state_dict.pop(key)

    module.register_load_state_dict_pre_hook(rename)
    return module


# -- spectral norm -----------------------------------------------------------------------------------------------------


class _SpectralNorm(Module):
    def __init__(self, weight, n_power_iterations=1, dim=0, eps=1e-12):
        super().__init__()
        if not -weight.ndim <= dim < weight.ndim:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [-{weight.ndim}, {weight.ndim - 1}] but got {dim})"
            )
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.dim, self.eps, self.n_power_iterations = dim % weight.ndim, eps, n_power_iterations
        if weight.ndim > 1:
            matrix = by_rows(weight.detach(), self.dim)
            u, v = (matrix.new_empty(n).normal_() for n in matrix.shape)
            self.register_buffer("_u", normalize(u, dim=0, eps=eps))
            self.register_buffer("_v", normalize(v, dim=0, eps=eps))
            self.iterate(matrix, 15)

    @no_grad()
    def iterate(self, matrix, times):
        """The power method: u and v come nearer to the first singular vectors, u = W v / |W v|, v = W^T u / |W^T u|."""
        for _ in range(times):
            self._u.copy_(normalize(mv(matrix, self._v), dim=0, eps=self.eps))
            self._v.copy_(normalize(mv(matrix.mT, self._u), dim=0, eps=self.eps))

    def forward(self, weight):
        if weight.ndim == 1:
            return normalize(weight, dim=0, eps=self.eps)
        matrix = by_rows(weight, self.dim)
        if self.training:
            self.iterate(matrix, self.n_power_iterations)
        u, v = self._u.clone(), self._v.clone()  # the next iteration writes them, before backward perhaps
        return weight / vdot(u, mv(matrix, v))

    def right_inverse(self, value):
        return value


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    """Divide the weight by its largest singular value, u^T W v: the layer stretches no vector then.

    W has a row for each index of dim (of a transposed convolution 1, else 0). u and v come from the power method, which
    goes n_power_iterations on whenever the weight is read in training. Miyato et al., https://arxiv.org/abs/1802.05957
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    dim = rows_dim(module) if dim is None else dim
    return register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))
