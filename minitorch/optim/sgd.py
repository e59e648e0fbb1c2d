"""Stochastic gradient descent, with momentum. The optimizer to begin with: its rule, in `update`, is all there is."""

from kernels import steps
from minitorch.ops.like import zeros_like
from minitorch.optim.optimizer import Optimizer
from minitorch.optim.rules import ascent, descent, rate, refuse, refuse_rates


class SGD(Optimizer):
    """Stochastic gradient descent. With gradient g of a parameter p, learning rate lr, momentum mu, dampening tau:

        g = g + weight_decay p        (-g for g to maximize)
        b = mu b + (1 - tau) g        (b = g at the first step)
        g = g + mu b   if nesterov, else   g = b
        p = p - lr g

    Momentum is Polyak's (1964), nesterov Sutskever et al.'s form of Nesterov's (ICML 2013).
    State: momentum_buffer b, where mu is not 0. ValueError for a negative lr, momentum or weight_decay, and for
    nesterov without momentum or with dampening.
    https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
    """

    def __init__(
        self,
        params,
        lr=1e-3,
        momentum=0,
        dampening=0,
        weight_decay=0,
        nesterov=False,
        *,
        maximize=False,
        foreach=None,
        differentiable=False,
        fused=None,
    ):
        refuse_rates(lr, weight_decay)
        refuse(momentum < 0.0, "momentum value", momentum)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def start(self, p, group):
        return {"momentum_buffer": None} if group["momentum"] != 0 else {}

    def update(self, p, g, state, group):
        lr, mu, tau = rate(group), group["momentum"], group["dampening"]
        g = ascent(p, g, group)
        if mu != 0:
            b = state.get("momentum_buffer")
            b = g.clone() if b is None else b.mul_(mu).add_(g, alpha=1 - tau)
            g = g.add(b, alpha=mu) if group["nesterov"] else b
            state["momentum_buffer"] = b
        p.add_(g, alpha=-float(lr))

    def fused(self, p, g, state, group):
        lr, mu, tau = rate(group), group["momentum"], group["dampening"]
        if mu == 0:
            return steps.sgd, (p, g), (*descent(group), lr)
        b, keep, take = state.get("momentum_buffer"), mu, 1 - tau
        if b is None:
            b, keep, take = zeros_like(g), 0, 1
        state["momentum_buffer"] = b
        return steps.sgd_momentum, (p, g, b), (*descent(group), lr, mu, keep, take, group["nesterov"])
