"""weight_norm and spectral_norm in the older way: a hook computes the weight anew before every forward.

What is trained is weight_g and weight_v, or weight_orig: so they are called in older checkpoints. The newer way, which
computes the weight whenever it is read, is in parametrizations.py.
https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.spectral_norm.html
"""

import warnings

from minitorch.autograd.grad_mode import no_grad
from minitorch.nn.parameter import Parameter, is_lazy
from minitorch.nn.utils.parametrizations import by_rows, norm_except_dim, rows_dim
from minitorch.ops.matmul import mv
from minitorch.ops.products import dot
from minitorch.ops.similarity import normalize


class _NormHook:
    """A forward pre-hook that sets the weight of a name; `parts` are the endings of the names of what it comes from."""

    kind, parts = None, ()

    def __init__(self, name, dim):
        self.name, self.dim = name, dim

    def part(self, module, ending):
        """The module's parameter or buffer of that ending."""
        return getattr(module, f"{self.name}_{ending}")

    def compute(self, module, training):
        """The weight."""
        raise NotImplementedError

    def __call__(self, module, args):
        setattr(module, self.name, self.compute(module, module.training))


def weight_of(module, name, kind):
    """The parameter of that name. RuntimeError if it has such a hook, ValueError if it is None or has no shape."""
    if find(module, name, kind) is not None:
        raise RuntimeError(f"Cannot register two {kind.kind} hooks on the same parameter {name}")
    weight = module._parameters[name]
    if weight is None or is_lazy(weight):
        what = "is None" if weight is None else "has no shape yet: call the module once before"
        raise ValueError(f"{kind.kind} cannot be applied as parameter `{name}` {what}")
    return weight


def find(module, name, kind):
    """The key of the module's hook of that kind, or None."""
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook.hook, kind) and hook.hook.name == name:
            return key
    return None


def remove(module, name, kind):
    """Let the weight be a parameter again, with the value that it has. ValueError where there is no such hook."""
    key = find(module, name, kind)
    if key is None:
        raise ValueError(f"{kind.kind} of '{name}' not found in {module}")
    hook = module._forward_pre_hooks.pop(key).hook
    with no_grad():
        weight = hook.compute(module, training=False)
    for attribute in (name, *(f"{name}_{ending}" for ending in hook.parts)):
        delattr(module, attribute)
    module.register_parameter(name, Parameter(weight))
    return module


# -- weight norm -------------------------------------------------------------------------------------------------------


class WeightNorm(_NormHook):
    """w = g v / |v|."""

    kind, parts = "weight_norm", ("g", "v")

    def compute(self, module, training):
        g, v = self.part(module, "g"), self.part(module, "v")
        return v * (g / norm_except_dim(v, self.dim))


def weight_norm(module, name="weight", dim=0):
    """Train length weight_g and direction weight_v apart: see parametrizations.weight_norm, which takes its place."""
    warnings.warn(
        "`nn.utils.weight_norm` is deprecated in favor of `nn.utils.parametrizations.weight_norm`.",
        FutureWarning,
        stacklevel=2,
    )
    weight, hook = weight_of(module, name, WeightNorm), WeightNorm(name, -1 if dim is None else dim)
    delattr(module, name)
    module.register_parameter(f"{name}_g", Parameter(norm_except_dim(weight.detach(), hook.dim)))
    module.register_parameter(f"{name}_v", Parameter(weight.detach()))
    setattr(module, name, hook.compute(module, module.training))
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module, name="weight"):
    """Let the weight be a parameter again. ValueError without weight_norm on it."""
    return remove(module, name, WeightNorm)


# -- spectral norm -----------------------------------------------------------------------------------------------------


class SpectralNorm(_NormHook):
    """w = W / u^T W v, with u and v one step of the power method further on at each call in training."""

    kind, parts = "spectral_norm", ("u", "v", "orig")

    def __init__(self, name, dim, n_power_iterations, eps):
        super().__init__(name, dim)
        self.n_power_iterations, self.eps = n_power_iterations, eps

    def compute(self, module, training):
        weight, u, v = self.part(module, "orig"), self.part(module, "u"), self.part(module, "v")
        matrix = by_rows(weight, self.dim)
        if training:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    v.copy_(normalize(mv(matrix.mT, u), dim=0, eps=self.eps))
                    u.copy_(normalize(mv(matrix, v), dim=0, eps=self.eps))
            u, v = u.clone(), v.clone()  # the next call writes them, before backward perhaps
        return weight / dot(u, mv(matrix, v))


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    """Divide the weight by its largest singular value: see parametrizations.spectral_norm. weight_orig is trained."""
    if n_power_iterations <= 0:
        raise ValueError(f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}")
    weight = weight_of(module, name, SpectralNorm)
    hook = SpectralNorm(name, rows_dim(module) if dim is None else dim, n_power_iterations, eps)
    matrix = by_rows(weight.detach(), hook.dim)
    u, v = (normalize(matrix.new_empty(n).normal_(), dim=0, eps=eps) for n in matrix.shape)
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)
    setattr(module, name, weight.data)  # until the first forward
    module.register_buffer(f"{name}_u", u)
    module.register_buffer(f"{name}_v", v)
    module.register_forward_pre_hook(hook)
    return module


def remove_spectral_norm(module, name="weight"):
    """Let the weight be a parameter again, divided. ValueError without spectral_norm on it."""
    return remove(module, name, SpectralNorm)
