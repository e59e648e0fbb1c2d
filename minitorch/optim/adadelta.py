"""Adadelta: Adagrad with running means, and steps in the units of the parameter."""

from kernels import steps
from minitorch.ops.like import zeros_like
from minitorch.optim.optimizer import Optimizer
from minitorch.optim.rules import ascent, descent, rate, refuse, refuse_rates, scalar, tick


class Adadelta(Optimizer):
    """Adadelta (Zeiler, arXiv 1212.5701). With gradient g of a parameter p:

        g = g + weight_decay p                       (-g for g to maximize)
        v = rho v + (1 - rho) g^2                    running mean of g^2
        d = sqrt(u + eps) / sqrt(v + eps) g
        u = rho u + (1 - rho) d^2                    running mean of d^2
        p = p - lr d

    State: step, square_avg v, acc_delta u. ValueError for a negative lr, eps or weight_decay, and a rho outside [0, 1].
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adadelta.html
    """

    def __init__(
        self,
        params,
        lr=1.0,
        rho=0.9,
        eps=1e-6,
        weight_decay=0,
        foreach=None,
        *,
        capturable=False,
        maximize=False,
        differentiable=False,
    ):
        refuse_rates(lr, weight_decay, eps)
        refuse(not 0.0 <= rho <= 1.0, "rho value", rho)
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def start(self, p, group):
        return {"step": scalar(0), "square_avg": zeros_like(p), "acc_delta": zeros_like(p)}

    def update(self, p, g, state, group):
        tick(state)  # counted, though the rule does not ask for it
        rho, eps = group["rho"], group["eps"]
        v, u = state["square_avg"], state["acc_delta"]
        g = ascent(p, g, group)
        v.mul_(rho).addcmul_(g, g, value=1 - rho)
        d = (u + eps).sqrt() / (v + eps).sqrt() * g
        u.mul_(rho).addcmul_(d, d, value=1 - rho)
        p.add_(d, alpha=-float(rate(group)))

    def fused(self, p, g, state, group):
        tick(state)
        numbers = rate(group), group["rho"], 1 - group["rho"], group["eps"]
        return steps.adadelta, (p, g, state["square_avg"], state["acc_delta"]), (*descent(group), *numbers)
