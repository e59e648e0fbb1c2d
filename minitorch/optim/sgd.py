"""Stochastic gradient descent, with momentum."""

from minitorch.optim.optimizer import Optimizer, refuse


class SGD(Optimizer):
    """Stochastic gradient descent. With gradient g of a parameter p, learning rate lr, momentum mu, dampening tau:

        g = g + weight_decay p
        b = mu b + (1 - tau) g        (b = g at the first step)
        g = g + mu b   if nesterov, else   g = b
        p = p - lr g

    maximize goes up: -g for g. Nesterov momentum is Sutskever et al.'s (ICML 2013).
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
        refuse(lr < 0.0, "learning rate", lr)
        refuse(momentum < 0.0, "momentum value", momentum)
        refuse(weight_decay < 0.0, "weight_decay value", weight_decay)
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

    def update(self, group, p, state):
        buffer = None
        first = state.get("momentum_buffer") is None
        if group["momentum"] != 0:
            if first:
                state["momentum_buffer"] = p.grad.new_zeros(p.shape)
            buffer = state["momentum_buffer"].array
        p.kernels.sgd(
            p.array,
            p.grad.array,
            buffer,
            group["lr"],
            group["momentum"],
            group["dampening"],
            group["weight_decay"],
            group["nesterov"],
            group["maximize"],
            first,
        )


def sgd_definition(p, g, b, lr, momentum, dampening, weight_decay, nesterov, maximize):
    """(p, b) after one step, in plain operations; b is None at the first step. What the kernel must equal."""
    g = -g if maximize else g
    g = g + weight_decay * p
    if momentum != 0:
        b = g if b is None else momentum * b + (1 - dampening) * g
        g = g + momentum * b if nesterov else b
    return p - lr * g, b
