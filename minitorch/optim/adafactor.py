"""Adafactor: Adam's second moment in little memory, as a row times a column."""

from minitorch.dtype import finfo
from minitorch.ops.like import zeros_like
from minitorch.optim.optimizer import Optimizer
from minitorch.optim.rules import add, changed, descent, one_element, rate, scalar, tick


class Adafactor(Optimizer):
    """Adafactor (Shazeer and Stern, arXiv 1804.04235), as torch has it. With gradient G of a parameter P, of n rows and
    m columns, at step t = 1, 2, ..., rms the root of the mean square, and (eps1, eps2) of `eps`:

        rho = min(lr, 1 / sqrt(t)),   alpha = max(eps2, rms(P)) rho
        P = P - lr weight_decay P                                      (-G for G to maximize)
        b = t^beta2_decay                                              1 - beta2, smaller with every step
        R = (1 - b) R + b mean over columns of G^2                     (n, 1)
        C = (1 - b) C + b mean over rows of G^2                        (1, m)
        V = R C / max(mean of R, eps1)                                 (n, m)
        U = G / max(sqrt(V), eps1)
        P = P - alpha U / max(1, rms(U) / d)

    Where P has one dim or none: V = (1 - b) V + b G^2. Of more dims, the last two are rows and columns. eps1 None is
    the rounding error of the dtype. lr and eps1 are not used as in the paper: torch's page says how.
    State: step t, row_var R and col_var C, or variance V. ValueError for a negative lr, eps or weight_decay, a positive
    beta2_decay, and d below 1.
    https://docs.pytorch.org/docs/stable/generated/torch.optim.Adafactor.html
    """

    def __init__(
        self,
        params,
        lr=1e-2,
        beta2_decay=-0.8,
        eps=(None, 1e-3),
        d=1.0,
        weight_decay=0.0,
        *,
        foreach=None,
        maximize=False,
    ):
        one_element(lr, "lr")
        for name, value, fits, bound in (
            ("Learning rate", lr, lr >= 0, ">= 0"),
            ("beta2_decay", beta2_decay, beta2_decay <= 0, "<= 0"),
            ("epsilon1", eps[0], eps[0] is None or eps[0] >= 0, ">= 0"),
            ("epsilon2", eps[1], eps[1] >= 0, ">= 0"),
            ("Clipping threshold d", d, d >= 1, ">= 1"),
            ("weight_decay", weight_decay, weight_decay >= 0, ">= 0"),
        ):
            if not fits:
                raise ValueError(f"{name} should be {bound} but is: {value}")
        defaults = {
            "lr": lr,
            "beta2_decay": beta2_decay,
            "eps": eps,
            "d": d,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def start(self, p, group):
        if p.dim() < 2:
            return {"step": scalar(0), "variance": zeros_like(p)}
        rows, columns = (*p.shape[:-1], 1), (*p.shape[:-2], 1, p.shape[-1])
        return {"step": scalar(0), "row_var": p.new_zeros(rows), "col_var": p.new_zeros(columns)}

    def update(self, p, g, state, group):
        lr, t, (eps1, eps2) = rate(group), tick(state), group["eps"]
        eps1 = finfo(p.dtype).eps if eps1 is None else eps1
        g = -g if group["maximize"] else g
        b = t ** group["beta2_decay"]
        alpha = max(eps2, rms(p)) * min(lr, 1 / t**0.5)
        if group["weight_decay"] != 0:
            p.mul_(1 - lr * group["weight_decay"])
        if p.dim() < 2:
            v = state["variance"].lerp_(g * g, b)
        else:
            square = g * g
            r = state["row_var"].lerp_(square.mean(dim=-1, keepdim=True), b)
            c = state["col_var"].lerp_(square.mean(dim=-2, keepdim=True), b)
            v = r * c / r.mean(dim=-2, keepdim=True).clamp(min=eps1)  # (..., n, 1) * (..., 1, m)
        u = v.clamp(min=eps1 * eps1).rsqrt() * g
        add(p, u, -alpha / max(1.0, rms(u) / group["d"]))

    def fused(self, p, g, state, group):
        lr, t, (eps1, eps2) = rate(group), tick(state), group["eps"]
        kept = [state[name] for name in ("variance", "row_var", "col_var") if name in state]
        eps1 = finfo(p.dtype).eps if eps1 is None else eps1
        sign, decay = descent(group)
        b, rho = t ** group["beta2_decay"], min(lr, 1 / t**0.5)
        return (p, g, *kept), (b, rho, 1 - lr * decay, sign, eps1, eps2, group["d"])

    def take(self, kernels, steps):
        kernels.adafactor([([x.array for x in tensors], [*map(float, numbers)]) for tensors, numbers in steps])
        for (p, _, *kept), _ in steps:
            for written in (p, *kept):
                changed(written)


def rms(x):
    """The root of the mean square, as a number."""
    return x.norm().item() / x.numel() ** 0.5
