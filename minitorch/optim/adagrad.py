"""Adagrad: every number of a parameter has a learning rate of its own, the smaller the more it has moved."""

from kernels import steps
from minitorch.ops.like import full_like
from minitorch.optim.optimizer import Optimizer
from minitorch.optim.rules import ascent, descent, rate, refuse, refuse_rates, scalar, tick


class Adagrad(Optimizer):
    """Adagrad (Duchi, Hazan and Singer, JMLR 2011). With gradient g of a parameter p at step t = 1, 2, ...:

        g = g + weight_decay p        (-g for g to maximize)
        s = s + g^2                   (from initial_accumulator_value)
        p = p - lr / (1 + (t - 1) lr_decay) g / (sqrt(s) + eps)

    State, from the beginning: step t, sum s. ValueError for a negative setting.
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adagrad.html
    """

    def __init__(
        self,
        params,
        lr=1e-2,
        lr_decay=0,
        weight_decay=0,
        initial_accumulator_value=0,
        eps=1e-10,
        foreach=None,
        *,
        maximize=False,
        differentiable=False,
        fused=None,
    ):
        refuse_rates(lr, weight_decay, eps)
        refuse(not lr_decay >= 0.0, "lr_decay value", lr_decay)
        refuse(not initial_accumulator_value >= 0.0, "initial_accumulator_value value", initial_accumulator_value)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:  # as in torch, the state is there before the first step
            for p in group["params"]:
                self.state[p] = self.start(p, group)

    def start(self, p, group):
        return {"step": scalar(0), "sum": full_like(p, group["initial_accumulator_value"])}

    def update(self, p, g, state, group):
        lr = rate(group) / (1 + (tick(state) - 1) * group["lr_decay"])
        g = ascent(p, g, group)
        s = state["sum"].addcmul_(g, g)
        p.addcdiv_(g, s.sqrt() + group["eps"], value=-float(lr))

    def fused(self, p, g, state, group):
        lr = rate(group) / (1 + (tick(state) - 1) * group["lr_decay"])
        return steps.adagrad, (p, g, state["sum"]), (*descent(group), lr, group["eps"])
