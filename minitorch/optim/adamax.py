"""Adamax: Adam with the largest gradient in place of the mean square."""

from kernels import steps
from minitorch.ops.like import zeros_like
from minitorch.optim.optimizer import Optimizer
from minitorch.optim.rules import ascent, descent, rate, refuse_betas, refuse_rates, scalar, tick


class Adamax(Optimizer):
    """Adamax (Kingma and Ba, arXiv 1412.6980, section 7.1). With gradient g of a parameter p at step t = 1, 2, ...:

        g = g + weight_decay p                  (-g for g to maximize)
        m = beta1 m + (1 - beta1) g             running mean of g
        u = max(beta2 u, |g| + eps)             decaying maximum of |g|
        p = p - lr / (1 - beta1^t) m / u

    State: step t, exp_avg m, exp_inf u. ValueError for a negative lr, eps or weight_decay, and betas outside [0, 1).
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adamax.html
    """

    def __init__(
        self,
        params,
        lr=2e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        foreach=None,
        *,
        maximize=False,
        differentiable=False,
        capturable=False,
    ):
        refuse_rates(lr, weight_decay, eps)
        refuse_betas(betas)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def start(self, p, group):
        return {"step": scalar(0), "exp_avg": zeros_like(p), "exp_inf": zeros_like(p)}

    def update(self, p, g, state, group):
        lr, (beta1, beta2), t = rate(group), group["betas"], tick(state)
        m, u = state["exp_avg"], state["exp_inf"]
        g = ascent(p, g, group)
        m.lerp_(g, 1 - beta1)  # beta1 m + (1 - beta1) g
        u.copy_((beta2 * u).maximum(g.abs() + group["eps"]))
        p.addcdiv_(m, u, value=-float(lr / (1 - beta1**t)))

    def fused(self, p, g, state, group):
        lr, (beta1, beta2), t = rate(group), group["betas"], tick(state)
        numbers = 1 - beta1, beta2, lr / (1 - beta1**t), group["eps"]
        return steps.adamax, (p, g, state["exp_avg"], state["exp_inf"]), (*descent(group), *numbers)
