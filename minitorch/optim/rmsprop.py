"""RMSprop: the gradient over the root of its running mean square."""

from kernels import steps
from minitorch.ops.like import zeros_like
from minitorch.optim.optimizer import Optimizer
from minitorch.optim.rules import ascent, descent, rate, refuse, refuse_rates, scalar, tick


class RMSprop(Optimizer):
    """RMSprop (Tieleman and Hinton, Coursera lecture 6e, 2012). With gradient g of a parameter p:

        g = g + weight_decay p                    (-g for g to maximize)
        v = alpha v + (1 - alpha) g^2             running mean of g^2
        a = alpha a + (1 - alpha) g               if centered (Graves, arXiv 1308.0850): running mean of g,
        v' = v - a^2                              which leaves the variance; else v' = v
        b = momentum b + g / (sqrt(v') + eps)
        p = p - lr b

    State: step, square_avg v, momentum_buffer b where there is momentum, grad_avg a where centered. ValueError for a
    negative lr, alpha, eps, weight_decay or momentum.
    https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html
    """

    def __init__(
        self,
        params,
        lr=1e-2,
        alpha=0.99,
        eps=1e-8,
        weight_decay=0,
        momentum=0,
        centered=False,
        capturable=False,
        foreach=None,
        maximize=False,
        differentiable=False,
    ):
        refuse_rates(lr, weight_decay, eps)
        refuse(not momentum >= 0.0, "momentum value", momentum)
        refuse(not alpha >= 0.0, "alpha value", alpha)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def start(self, p, group):
        state = {"step": scalar(0), "square_avg": zeros_like(p)}
        if group["momentum"] > 0:
            state["momentum_buffer"] = zeros_like(p)
        if group["centered"]:
            state["grad_avg"] = zeros_like(p)
        return state

    def update(self, p, g, state, group):
        tick(state)  # counted, though the rule does not ask for it
        lr, alpha, momentum = float(rate(group)), group["alpha"], group["momentum"]
        g = ascent(p, g, group)
        v = state["square_avg"].mul_(alpha).addcmul_(g, g, value=1 - alpha)
        if group["centered"]:
            a = state["grad_avg"].lerp_(g, 1 - alpha)  # alpha a + (1 - alpha) g
            v = v.addcmul(a, a, value=-1)
        root = v.sqrt() + group["eps"]
        if momentum > 0:
            b = state["momentum_buffer"].mul_(momentum).addcdiv_(g, root)
            p.add_(b, alpha=-lr)
        else:
            p.addcdiv_(g, root, value=-lr)

    def fused(self, p, g, state, group):
        tick(state)
        alpha, momentum = group["alpha"], group["momentum"]
        numbers = *descent(group), rate(group), alpha, 1 - alpha, group["eps"]
        kept = [state["square_avg"]] + ([state["grad_avg"]] if group["centered"] else [])
        if momentum > 0:
            rule = steps.rmsprop_centered_momentum if group["centered"] else steps.rmsprop_momentum
            return rule, (p, g, *kept, state["momentum_buffer"]), (*numbers, momentum)
        return steps.rmsprop_centered if group["centered"] else steps.rmsprop, (p, g, *kept), numbers
