"""Rprop: only the signs of gradients count."""

from kernels import steps
from minitorch.ops.elementwise.choosing import where
from minitorch.ops.like import full_like, zeros_like
from minitorch.optim.optimizer import Optimizer
from minitorch.optim.rules import rate, refuse, refuse_rates, scalar, tick


class Rprop(Optimizer):
    """Resilient backpropagation (Riedmiller and Braun, 1993). Every number of a parameter p has a step size eta, from
    lr. With its gradient g (-g to maximize), and the one before, and (eta-, eta+) of `etas`:

        eta = eta+ eta  where g before > 0,   eta- eta  where g before < 0;   and within step_sizes
        g = 0           where g before < 0: it went too far
        p = p - eta sign(g)

    It wants gradients of the whole data, not of mini-batches.
    State: step, prev (the gradient before), step_size eta. ValueError unless 0 < eta- < 1 < eta+ and lr >= 0.
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Rprop.html
    """

    def __init__(
        self,
        params,
        lr=1e-2,
        etas=(0.5, 1.2),
        step_sizes=(1e-6, 50),
        *,
        capturable=False,
        foreach=None,
        maximize=False,
        differentiable=False,
    ):
        refuse_rates(lr)
        refuse(not 0.0 < etas[0] < 1.0 < etas[1], "eta values", f"{etas[0]}, {etas[1]}")
        defaults = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def start(self, p, group):
        return {"step": scalar(0), "prev": zeros_like(p), "step_size": full_like(p, float(rate(group)))}

    def update(self, p, g, state, group):
        tick(state)  # counted, though the rule does not ask for it
        before, eta = state["prev"], state["step_size"]
        g = -g if group["maximize"] else g
        turned, same = g * before < 0, g * before > 0
        eta[turned] *= group["etas"][0]
        eta[same] *= group["etas"][1]
        eta.clamp_(*group["step_sizes"])
        g = where(turned, 0, g)
        p.addcmul_(g.sign(), eta, value=-1)
        before.copy_(g)

    def fused(self, p, g, state, group):
        tick(state)
        (eta_minus, eta_plus), (least, most) = group["etas"], group["step_sizes"]
        numbers = -1 if group["maximize"] else 1, 0, eta_minus, eta_plus, least, most
        return steps.rprop, (p, g, state["prev"], state["step_size"]), numbers
