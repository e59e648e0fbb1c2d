"""Muon: steps along the momentum made orthogonal."""

import math

from kernels import steps
from minitorch.ops.like import zeros_like
from minitorch.optim.optimizer import Optimizer
from minitorch.optim.rules import add, changed, one_element, rate


class Muon(Optimizer):
    """Muon (Jordan et al., 2024; with AdamW's weight decay as of Liu et al., arXiv 2502.16982), for matrices. With
    gradient G of a parameter P of n rows and m columns, and mu the momentum:

        B = mu B + (1 - mu) G
        G = mu B + (1 - mu) G   if nesterov, else   G = B
        O = orthogonal(G)                       U V^T of its singular value decomposition U S V^T, roughly
        P = P - lr weight_decay P
        P = P - s lr O                          s = sqrt(max(1, n / m)), or 0.2 sqrt(max(n, m)) for "match_rms_adamw"

    Other parameters (biases, embeddings) are for another optimizer.
    State: momentum_buffer B. ValueError for a parameter that is no matrix, a negative lr, momentum or weight_decay, and
    another adjust_lr_fn.
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Muon.html, https://kellerjordan.github.io/posts/muon/
    """

    def __init__(
        self,
        params,
        lr=1e-3,
        weight_decay=0.1,
        momentum=0.95,
        nesterov=True,
        ns_coefficients=(3.4445, -4.7750, 2.0315),
        eps=1e-7,
        ns_steps=5,
        adjust_lr_fn=None,
    ):
        one_element(lr, "lr")
        for name, value in (("Learning rate", lr), ("momentum", momentum), ("weight decay", weight_decay)):
            if not value >= 0.0:
                raise ValueError(f"{name} should be >= 0 but is: {value}")
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported")
        defaults = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "nesterov": nesterov,
            "ns_coefficients": ns_coefficients,
            "eps": eps,
            "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for p in group["params"]:
                if p.ndim != 2:
                    raise ValueError(
                        f"Muon only supports 2D parameters whereas we found a parameter with size: {p.shape}"
                    )

    def start(self, p, group):
        return {"momentum_buffer": zeros_like(p)}

    def update(self, p, g, state, group):
        refuse_settings(group)
        lr, mu = rate(group), group["momentum"]
        b = state["momentum_buffer"].lerp_(g, 1 - mu)  # mu b + (1 - mu) g
        g = g.lerp(b, mu) if group["nesterov"] else b
        o = orthogonal(g, group["ns_coefficients"], group["ns_steps"], group["eps"])
        p.mul_(1 - lr * group["weight_decay"])
        add(p, o, -lr * scale(group["adjust_lr_fn"], *p.shape))

    def fused(self, p, g, state, group):
        refuse_settings(group)
        return p, g, state["momentum_buffer"], group

    def take(self, kernels, taken):
        """One after the other, but each for all parameters: their momentum, their directions, their steps."""
        mixed, directions, moves = [], [], []
        for p, g, b, group in taken:
            lr, mu = float(rate(group)), group["momentum"]
            g_and_b = kernels.empty(p.shape, g.array.dtype)
            mixed.append((steps.muon_momentum, (g_and_b, g.array, b.array), (1, 0, mu, 1 - mu, group["nesterov"])))
            directions.append((g_and_b, group["ns_coefficients"], group["ns_steps"], group["eps"]))
            moves.append((1, 0, 1 - lr * group["weight_decay"], lr * scale(group["adjust_lr_fn"], *p.shape)))
        kernels.take_steps(mixed)
        found = zip(taken, kernels.orthogonal(directions), moves, strict=True)
        kernels.take_steps([(steps.muon, (p.array, o), numbers) for (p, *_), o, numbers in found])
        for p, _, b, _ in taken:
            changed(p)
            changed(b)


def refuse_settings(group):
    """ValueError for what torch, too, refuses at the first step only."""
    if group["ns_steps"] >= 100:
        raise ValueError("Number of steps must be less than 100 for computational efficiency")
    if len(group["ns_coefficients"]) != 3:
        raise ValueError("Coefficients must be a tuple of exactly 3 values")


def scale(name, n, m):
    """How much larger the step for a matrix of n rows and m columns is to be."""
    return 0.2 * math.sqrt(max(n, m)) if name == "match_rms_adamw" else math.sqrt(max(1, n / m))


def orthogonal(x, coefficients, steps, eps):
    """U V^T for x = U S V^T, roughly, in bfloat16: singular values come to lie in 0.5 ... 1.5.

    Newton-Schulz: an odd polynomial of x acts on its singular values only, so repeat x = a x + (b A + c A^2) x, with
    A = x x^T, which drives values in (0, 1] to about 1. x is first scaled to have none beyond 1.
    """
    a, b, c = coefficients
    tall = x.size(0) > x.size(1)
    x = rounded(x.T if tall else x)  # A is the smaller of the two products
    x = rounded(x / rounded(x.norm().clamp(min=eps)))
    for _ in range(steps):
        gram = rounded(x @ x.T)
        polynomial = rounded(gram.addmm(gram, gram, beta=b, alpha=c))
        x = rounded(x.addmm(polynomial, x, beta=a))
    return x.T if tall else x


def rounded(x):
    """x to bfloat16's digits, in float32: what processors compute with."""
    return x.bfloat16().float()
