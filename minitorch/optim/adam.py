"""Adam: adaptive moment estimation."""

from minitorch.creation import tensor
from minitorch.dtype import float32
from minitorch.optim.optimizer import Optimizer, refuse


class Adam(Optimizer):
    """Adam (Kingma and Ba, arXiv 1412.6980). With gradient g of a parameter p at step t = 1, 2, ...:

        g = g + weight_decay p
        m = beta1 m + (1 - beta1) g              running mean of g
        v = beta2 v + (1 - beta2) g^2            running mean of g^2
        m' = m / (1 - beta1^t),  v' = v / (1 - beta2^t)        for both began at 0
        p = p - lr m' / (sqrt(v') + eps)

    amsgrad takes the largest v so far (Reddi et al., arXiv 1904.09237); maximize goes up: -g for g.
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
        refuse(not lr >= 0.0, "learning rate", lr)
        refuse(not eps >= 0.0, "epsilon value", eps)
        refuse(not 0.0 <= betas[0] < 1.0, "beta parameter at index 0", betas[0])
        refuse(not 0.0 <= betas[1] < 1.0, "beta parameter at index 1", betas[1])
        refuse(not weight_decay >= 0.0, "weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
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

    def update(self, group, p, state):
        if not state:
            state["step"] = tensor(0.0, dtype=float32)
            state["exp_avg"] = p.new_zeros(p.shape)
            state["exp_avg_sq"] = p.new_zeros(p.shape)
            if group["amsgrad"]:
                state["max_exp_avg_sq"] = p.new_zeros(p.shape)
        state["step"] += 1
        beta1, beta2 = group["betas"]
        weight_decay = group["weight_decay"]
        if group["decoupled_weight_decay"]:  # AdamW: the parameter shrinks by itself (Loshchilov, Hutter, 1711.05101)
            p.mul_(1 - group["lr"] * weight_decay)
            weight_decay = 0
        p.kernels.adam(
            p.array,
            p.grad.array,
            state["exp_avg"].array,
            state["exp_avg_sq"].array,
            state["max_exp_avg_sq"].array if group["amsgrad"] else None,
            int(state["step"].item()),
            group["lr"],
            beta1,
            beta2,
            group["eps"],
            weight_decay,
            group["maximize"],
        )


def adam_definition(p, g, m, v, v_max, t, lr, betas, eps, weight_decay, amsgrad, maximize):
    """(p, m, v, v_max) after step t, in plain operations. What the kernel must equal."""
    g = -g if maximize else g
    g = g + weight_decay * p
    m = betas[0] * m + (1 - betas[0]) * g
    v = betas[1] * v + (1 - betas[1]) * g * g
    v_max = v_max.maximum(v) if amsgrad else v_max
    v_hat = (v_max if amsgrad else v) / (1 - betas[1] ** t)
    return p - lr * (m / (1 - betas[0] ** t)) / (v_hat.sqrt() + eps), m, v, v_max
