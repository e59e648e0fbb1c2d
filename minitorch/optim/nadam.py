"""NAdam: Adam with Nesterov's momentum."""

from kernels import steps
from minitorch.ops.like import zeros_like
from minitorch.optim.adam import shrinking, shrunk
from minitorch.optim.optimizer import Optimizer
from minitorch.optim.rules import rate, refuse, refuse_betas, refuse_rates, scalar, tick


class NAdam(Optimizer):
    """NAdam (Dozat, ICLR workshop 2016). With gradient g of a parameter p at step t = 1, 2, ...:

        g = g + weight_decay p                                    (-g for g to maximize)
        mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2)            the momentum, which grows to beta1
        m = beta1 m + (1 - beta1) g                               running mean of g
        v = beta2 v + (1 - beta2) g^2                             running mean of g^2
        m' = mu_(t+1) m / (1 - mu_1 ... mu_(t+1)) + (1 - mu_t) g / (1 - mu_1 ... mu_t)
        v' = v / (1 - beta2^t)
        p = p - lr m' / (sqrt(v') + eps)

    decoupled_weight_decay: p = (1 - lr weight_decay) p instead of the first line, as in AdamW.
    State: step t, mu_product mu_1 ... mu_t, exp_avg m, exp_avg_sq v. ValueError for a negative lr, eps, weight_decay or
    momentum_decay, and betas outside [0, 1).
    https://docs.pytorch.org/docs/stable/generated/torch.optim.NAdam.html
    """

    def __init__(
        self,
        params,
        lr=2e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        momentum_decay=4e-3,
        decoupled_weight_decay=False,
        *,
        foreach=None,
        maximize=False,
        capturable=False,
        differentiable=False,
    ):
        refuse_rates(lr, weight_decay, eps)
        refuse_betas(betas)
        refuse(not momentum_decay >= 0.0, "momentum_decay value", momentum_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def start(self, p, group):
        return {"step": scalar(0), "mu_product": scalar(1), "exp_avg": zeros_like(p), "exp_avg_sq": zeros_like(p)}

    def update(self, p, g, state, group):
        (beta1, beta2), t = group["betas"], tick(state)
        m, v = state["exp_avg"], state["exp_avg_sq"]
        g = shrunk(p, g, group)
        m_step, g_step = step_sizes(t, state, group)
        m.lerp_(g, 1 - beta1)  # beta1 m + (1 - beta1) g
        v.mul_(beta2).addcmul_(g, g, value=1 - beta2)
        root = (v / (1 - beta2**t)).sqrt() + group["eps"]
        p.addcdiv_(g, root, value=-g_step)
        p.addcdiv_(m, root, value=-m_step)

    def fused(self, p, g, state, group):
        (beta1, beta2), t = group["betas"], tick(state)
        numbers = 1 - beta1, beta2, 1 - beta2, *step_sizes(t, state, group), 1 - beta2**t, group["eps"]
        return steps.nadam, (p, g, state["exp_avg"], state["exp_avg_sq"]), (*shrinking(group), *numbers)


def step_sizes(t, state, group):
    """lr times the factors of m and of g in m'; the product of all mu so far is kept in the state."""
    lr, beta1, decay = rate(group), group["betas"][0], group["momentum_decay"]
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * decay))
    product = state["mu_product"].mul_(mu).item()
    return float(lr * mu_next / (1 - product * mu_next)), float(lr * (1 - mu) / (1 - product))
