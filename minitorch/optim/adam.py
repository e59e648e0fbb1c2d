"""Adam: adaptive moment estimation. AdamW: Adam whose weight decay stays out of the averages."""

from kernels import steps
from minitorch.ops.like import zeros_like
from minitorch.optim.optimizer import Optimizer
from minitorch.optim.rules import ascent, descent, one_element, rate, refuse_betas, refuse_rates, scalar, tick
from minitorch.tensor import Tensor


class Adam(Optimizer):
    """Adam (Kingma and Ba, arXiv 1412.6980). With gradient g of a parameter p at step t = 1, 2, ...:

        g = g + weight_decay p                   (-g for g to maximize)
        m = beta1 m + (1 - beta1) g              running mean of g
        v = beta2 v + (1 - beta2) g^2            running mean of g^2
        m' = m / (1 - beta1^t),  v' = v / (1 - beta2^t)        for both began at 0
        p = p - lr m' / (sqrt(v') + eps)

    amsgrad: the largest v so far stands for v in v' (Reddi et al., arXiv 1904.09237). decoupled_weight_decay: AdamW's.
    State: step t, exp_avg m, exp_avg_sq v, with amsgrad max_exp_avg_sq. ValueError for a negative lr, eps or
    weight_decay, and betas outside [0, 1).
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
    """

    def __init__(
        self,
        params,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        amsgrad=False,
        *,
        foreach=None,
        maximize=False,
        capturable=False,
        differentiable=False,
        fused=None,
        decoupled_weight_decay=False,
    ):
        if isinstance(lr, Tensor) and foreach and not capturable:
            raise ValueError("lr as a Tensor is not supported for capturable=False and foreach=True")
        refuse_rates(lr, weight_decay, eps)
        refuse_betas(betas)
        defaults = {
            "lr": lr,
            "betas": numbers(betas, foreach and not capturable),
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def start(self, p, group):
        state = {"step": scalar(0), "exp_avg": zeros_like(p), "exp_avg_sq": zeros_like(p)}
        return {**state, "max_exp_avg_sq": zeros_like(p)} if group["amsgrad"] else state

    def update(self, p, g, state, group):
        lr, (beta1, beta2), t = rate(group), group["betas"], tick(state)
        m, v = state["exp_avg"], state["exp_avg_sq"]
        g = shrunk(p, g, group)
        m.lerp_(g, 1 - beta1)  # beta1 m + (1 - beta1) g
        v.mul_(beta2).addcmul_(g, g, value=float(1 - beta2))
        if group["amsgrad"]:
            v = state["max_exp_avg_sq"].copy_(state["max_exp_avg_sq"].maximum(v))
        p.addcdiv_(m, v.sqrt() / (1 - beta2**t) ** 0.5 + group["eps"], value=-float(lr / (1 - beta1**t)))

    def fused(self, p, g, state, group):
        lr, (beta1, beta2), t = rate(group), group["betas"], tick(state)
        m, v = state["exp_avg"], state["exp_avg_sq"]
        rates = 1 - beta1, beta2, 1 - beta2
        step_size, correction = lr / (1 - beta1**t), (1 - beta2**t) ** 0.5
        numbers = *shrinking(group), *rates, step_size, correction, group["eps"]
        if group["amsgrad"]:
            return steps.amsgrad, (p, g, m, v, state["max_exp_avg_sq"]), numbers
        return steps.adam, (p, g, m, v), numbers


class AdamW(Adam):
    """AdamW (Loshchilov and Hutter, arXiv 1711.05101): Adam with p = (1 - lr weight_decay) p before the step, in place
    of g = g + weight_decay p.

    https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html
    """

    def __init__(
        self,
        params,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=1e-2,
        amsgrad=False,
        *,
        maximize=False,
        foreach=None,
        capturable=False,
        differentiable=False,
        fused=None,
    ):
        flags = {"maximize": maximize, "foreach": foreach, "capturable": capturable}
        flags |= {"differentiable": differentiable, "fused": fused, "decoupled_weight_decay": True}
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, **flags)

    def __setstate__(self, state):
        super().__setstate__(state)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True


def numbers(betas, refuse_tensors):
    """The two betas, of which tensors must be of one element each; they become tensors of no dims."""
    tensors = [isinstance(beta, Tensor) for beta in betas]
    if not (all(tensors) or all(isinstance(beta, float) for beta in betas)):
        raise ValueError("betas must be either both floats or both Tensors")
    for i, beta in enumerate(betas):
        if tensors[i] and refuse_tensors:
            raise ValueError(f"betas[{i}] as a Tensor is not supported for capturable=False and foreach=True")
        one_element(beta, f"betas[{i}]")
    return tuple(beta.squeeze() if isinstance(beta, Tensor) else beta for beta in betas)


def shrunk(p, g, group):
    """The gradient to step along, after the weight decay: in the gradient, or decoupled from it, of p itself."""
    if group["decoupled_weight_decay"] and group["weight_decay"] != 0:
        p.mul_(1 - rate(group) * group["weight_decay"])
        return -g if group["maximize"] else g
    return ascent(p, g, group)


def shrinking(group):
    """(sign, weight_decay, shrink): the same for a kernel: p = shrink p, then g = sign g + weight_decay p."""
    sign, weight_decay = descent(group)
    if group["decoupled_weight_decay"]:
        return sign, 0, 1 - rate(group) * group["weight_decay"]
    return sign, weight_decay, 1
