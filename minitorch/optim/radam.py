"""RAdam: Adam that waits until its second moment can be trusted."""

from kernels import steps
from minitorch.ops.like import zeros_like
from minitorch.optim.adam import shrinking, shrunk
from minitorch.optim.optimizer import Optimizer
from minitorch.optim.rules import rate, refuse_betas, refuse_rates, scalar, tick


class RAdam(Optimizer):
    """Rectified Adam (Liu et al., arXiv 1908.03265). With gradient g of a parameter p at step t = 1, 2, ...:

        g = g + weight_decay p                                    (-g for g to maximize)
        m = beta1 m + (1 - beta1) g                               running mean of g
        v = beta2 v + (1 - beta2) g^2                             running mean of g^2
        m' = m / (1 - beta1^t)
        rho_inf = 2 / (1 - beta2) - 1                             length of the mean v, in the long run,
        rho = rho_inf - 2 t beta2^t / (1 - beta2^t)               and at step t
        if rho > 5:
            l = sqrt(1 - beta2^t) / (sqrt(v) + eps)
            r = sqrt((rho - 4) (rho - 2) rho_inf / ((rho_inf - 4) (rho_inf - 2) rho))
            p = p - lr m' r l
        else:
            p = p - lr m'

    decoupled_weight_decay: p = (1 - lr weight_decay) p instead of the first line, as in AdamW.
    State: step t, exp_avg m, exp_avg_sq v. ValueError for a negative lr, eps or weight_decay, and betas outside [0, 1).
    https://docs.pytorch.org/docs/stable/generated/torch.optim.RAdam.html
    """

    def __init__(
        self,
        params,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        decoupled_weight_decay=False,
        *,
        foreach=None,
        maximize=False,
        capturable=False,
        differentiable=False,
    ):
        refuse_rates(lr, weight_decay, eps)
        refuse_betas(betas)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def start(self, p, group):
        return {"step": scalar(0), "exp_avg": zeros_like(p), "exp_avg_sq": zeros_like(p)}

    def update(self, p, g, state, group):
        lr, (beta1, beta2), t = rate(group), group["betas"], tick(state)
        m, v = state["exp_avg"], state["exp_avg_sq"]
        g = shrunk(p, g, group)
        m.lerp_(g, 1 - beta1)  # beta1 m + (1 - beta1) g
        v.mul_(beta2).addcmul_(g, g, value=1 - beta2)
        m = m / (1 - beta1**t)
        r = rectification(t, beta2)
        if r is None:
            p.sub_(m * lr)
        else:
            p.sub_(m * lr * ((1 - beta2**t) ** 0.5 / (v.sqrt() + group["eps"])) * r)

    def fused(self, p, g, state, group):
        lr, (beta1, beta2), t = rate(group), group["betas"], tick(state)
        r = rectification(t, beta2)
        factor = 0 if r is None else r * (1 - beta2**t) ** 0.5
        numbers = 1 - beta1, beta2, 1 - beta2, lr / (1 - beta1**t), factor, group["eps"]
        return steps.radam, (p, g, state["exp_avg"], state["exp_avg_sq"]), (*shrinking(group), *numbers)


def rectification(t, beta2):
    """r at step t, or None where rho is not beyond 5."""
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    if rho > 5:
        return ((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)) ** 0.5
    return None
