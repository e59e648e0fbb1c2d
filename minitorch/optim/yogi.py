"""Yogi: Adam whose second moment takes small steps. torch has none."""

from kernels import steps
from minitorch.ops.like import full_like, zeros_like
from minitorch.optim.optimizer import Optimizer
from minitorch.optim.rules import ascent, descent, rate, refuse, refuse_betas, refuse_rates, scalar, tick


class Yogi(Optimizer):
    """Yogi (Zaheer et al., NeurIPS 2018). With gradient g of a parameter p at step t = 1, 2, ...:

        g = g + weight_decay p                            (-g for g to maximize)
        m = beta1 m + (1 - beta1) g                       running mean of g
        v = v - (1 - beta2) sign(v - g^2) g^2             from initial_accumulator
        m' = m / (1 - beta1^t),  v' = v / (1 - beta2^t)
        p = p - lr m' / (sqrt(v') + eps)

    Where Adam's v forgets large gradients fast (it moves by (1 - beta2) (v - g^2)), here it moves by g^2 at most, so
    that the learning rate grows slowly.
    State: step t, exp_avg m, exp_avg_sq v. ValueError for a negative lr, eps, weight_decay or initial_accumulator, and
    betas outside [0, 1).
    https://papers.nips.cc/paper/8186-adaptive-methods-for-nonconvex-optimization
    """

    def __init__(
        self,
        params,
        lr=1e-2,
        betas=(0.9, 0.999),
        eps=1e-3,
        initial_accumulator=1e-6,
        weight_decay=0,
        *,
        maximize=False,
    ):
        refuse_rates(lr, weight_decay, eps)
        refuse_betas(betas)
        refuse(not initial_accumulator >= 0.0, "initial_accumulator value", initial_accumulator)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "initial_accumulator": initial_accumulator,
            "weight_decay": weight_decay,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def start(self, p, group):
        v = full_like(p, group["initial_accumulator"])
        return {"step": scalar(0), "exp_avg": zeros_like(p), "exp_avg_sq": v}

    def update(self, p, g, state, group):
        lr, (beta1, beta2), t = rate(group), group["betas"], tick(state)
        m, v = state["exp_avg"], state["exp_avg_sq"]
        g = ascent(p, g, group)
        m.lerp_(g, 1 - beta1)  # beta1 m + (1 - beta1) g
        v.addcmul_((v - g * g).sign(), g * g, value=beta2 - 1)
        p.addcdiv_(m, v.sqrt() / (1 - beta2**t) ** 0.5 + group["eps"], value=-float(lr / (1 - beta1**t)))

    def fused(self, p, g, state, group):
        lr, (beta1, beta2), t = rate(group), group["betas"], tick(state)
        numbers = 1 - beta1, 1 - beta2, lr / (1 - beta1**t), (1 - beta2**t) ** 0.5, group["eps"]
        return steps.yogi, (p, g, state["exp_avg"], state["exp_avg_sq"]), (*descent(group), *numbers)
