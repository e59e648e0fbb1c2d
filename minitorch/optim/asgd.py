"""ASGD: gradient descent that also keeps the average of where it has been."""

from kernels import steps
from minitorch.ops.like import zeros_like
from minitorch.optim.optimizer import Optimizer
from minitorch.optim.rules import ascent, descent, put, rate, refuse_rates, scalar, tick


class ASGD(Optimizer):
    """Averaged stochastic gradient descent (Polyak and Juditsky, 1992; in Bottou's form). With gradient g of a
    parameter p at step t = 1, 2, ..., its average a, eta_1 = lr and mu_1 = 1:

        g = g + weight_decay p                       (-g for g to maximize)
        p = (1 - lambd eta) p - eta g
        a = a + mu (p - a)
        eta = lr / (1 + lambd lr t)^alpha,   mu = 1 / max(1, t - t0)

    State: step t, eta, mu, ax a. ValueError for a negative lr or weight_decay.
    https://docs.pytorch.org/docs/stable/generated/torch.optim.ASGD.html
    """

    def __init__(
        self,
        params,
        lr=1e-2,
        lambd=1e-4,
        alpha=0.75,
        t0=1e6,
        weight_decay=0,
        foreach=None,
        maximize=False,
        differentiable=False,
        capturable=False,
    ):
        refuse_rates(lr, weight_decay)
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def start(self, p, group):
        return {"step": scalar(0), "eta": scalar(rate(group)), "mu": scalar(1), "ax": zeros_like(p)}

    def update(self, p, g, state, group):
        eta, mu, a = state["eta"].item(), state["mu"].item(), state["ax"]
        g = ascent(p, g, group)
        p.mul_(1 - group["lambd"] * eta).add_(g, alpha=-eta)
        a.add_((p - a) * mu) if mu != 1 else a.copy_(p)
        advance(state, group)

    def fused(self, p, g, state, group):
        eta, mu = state["eta"].item(), state["mu"].item()
        advance(state, group)
        return steps.asgd, (p, g, state["ax"]), (*descent(group), 1 - group["lambd"] * eta, eta, mu)


def advance(state, group):
    """eta and mu of the next step. As in torch they are tensors, so both are rounded to float32."""
    t, lr = tick(state), rate(group)
    eta = lr / (1 + group["lambd"] * lr * t) ** group["alpha"]
    put(state["eta"], scalar(eta.real).item())  # a root of a negative number, where lambd is one
    put(state["mu"], scalar(1 / max(1, t - group["t0"])).item())
