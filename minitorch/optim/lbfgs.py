"""L-BFGS: Newton's direction, from the last few steps and the changes of the gradient along them."""

from minitorch.autograd.grad_mode import enable_grad, no_grad
from minitorch.dtype import float32, float64
from minitorch.ops.join import cat
from minitorch.optim.line_search import Point, strong_wolfe
from minitorch.optim.optimizer import Optimizer
from minitorch.optim.rules import add, changed, one_element, rate, refuse


class LBFGS(Optimizer):
    """Limited-memory BFGS (Liu and Nocedal, 1989). All parameters are one long vector x with gradient g. A step
    repeats, up to max_iter times:

        d = -H g                 H the inverse Hessian, as known from the last history_size pairs s = x' - x, y = g' - g
        x = x + t d              t = lr, or what a line search finds (line_search_fn="strong_wolfe")

    until |g| <= tolerance_grad everywhere, or less than tolerance_change changes, or the loss was computed max_eval
    times. `step` must be given a closure that computes the loss and its gradient anew. There is one group only.
    State, kept with the first parameter: n_iter and func_evals, counted through all steps; d, t; old_dirs y,
    old_stps s, ro 1 / (y . s) and H_diag, the H to begin with; prev_flat_grad g, prev_loss. ValueError for several
    groups or a negative lr, RuntimeError for another line search.
    https://docs.pytorch.org/docs/stable/generated/torch.optim.LBFGS.html
    """

    def __init__(
        self,
        params,
        lr=1,
        max_iter=20,
        max_eval=None,
        tolerance_grad=1e-7,
        tolerance_change=1e-9,
        history_size=100,
        line_search_fn=None,
    ):
        one_element(lr, "lr")
        refuse(not lr >= 0.0, "learning rate", lr)
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    @no_grad()
    def step(self, closure):
        """Up to max_iter iterations; the loss before them."""
        group, closure = self.param_groups[0], enable_grad()(closure)
        state = self.state[group["params"][0]]  # that of all, where torch keeps it
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)

        first_loss = closure()
        loss, g, evaluations = float(first_loss), self.gradient(), 1
        state["func_evals"] += 1
        if largest(g) <= group["tolerance_grad"]:
            return first_loss
        for name in "d", "t", "old_dirs", "old_stps", "ro", "H_diag", "prev_flat_grad", "prev_loss":
            state.setdefault(name)

        iteration = 0
        while iteration < group["max_iter"]:
            iteration += 1
            state["n_iter"] += 1
            d, slope = direction(g, state, group["history_size"])
            state["d"] = d
            state["prev_flat_grad"], state["prev_loss"] = g, loss
            lr = rate(group)
            state["t"] = t = min(1.0, 1.0 / g.abs().sum()) * lr if state["n_iter"] == 1 else lr
            if slope > -group["tolerance_change"]:
                break

            last = iteration == group["max_iter"]
            if group["line_search_fn"] is None:
                self.add(d, t)
                new = 0 if last else 1
                if not last:  # nobody asks for the loss after the last iteration
                    loss, g = float(closure()), self.gradient()
            elif group["line_search_fn"] == "strong_wolfe":
                start, most = Point(0, loss, g, slope), group["max_eval"] - evaluations
                found, new = strong_wolfe(self.along(closure, d), t, start, largest(d), most)
                t, loss, g, _ = found
                state["t"] = t
                self.add(d, t)
            else:
                raise RuntimeError("only 'strong_wolfe' is supported")
            evaluations += new
            state["func_evals"] += new

            if (
                last
                or evaluations >= group["max_eval"]
                or largest(g) <= group["tolerance_grad"]
                or largest(d) * abs(t) <= group["tolerance_change"]
                or abs(loss - state["prev_loss"]) < group["tolerance_change"]
            ):
                break
        return first_loss

    def gradient(self):
        """The gradients of all parameters as one vector; zeros for a parameter without."""
        parts = [
            p.new_zeros(p.numel()) if p.grad is None else p.grad.reshape(-1) for p in self.param_groups[0]["params"]
        ]
        return cat(parts).detach()

    def add(self, d, t):
        """x = x + t d."""
        params = self.param_groups[0]["params"]
        for p, part in zip(params, d.split([p.numel() for p in params]), strict=True):
            add(p, part.view_as(p), t)

    def along(self, closure, d):
        """at(t): the Point at x + t d. It leaves x where it was."""
        params = self.param_groups[0]["params"]
        x = [p.clone() for p in params]

        def at(t):
            self.add(d, t)
            loss, g = float(closure()), self.gradient()
            for p, old in zip(params, x, strict=True):
                p.copy_(old)
            return Point(t, loss, g, dot(g, d))

        return at


def direction(g, state, history_size):
    """(d, g . d): d = -H g, after H has learned from the last step: the two loops of Nocedal, algorithm 7.4 in
    Numerical Optimization.

    Of each pair (s, y) of old_stps and old_dirs, ro holds 1 / y.s; H begins as H_diag = y.s / y.y of the last pair.
    Vectors are long, so each pass over d makes the product, too, that comes next.
    """
    if state["n_iter"] == 1:
        state.update(old_dirs=[], old_stps=[], ro=[], H_diag=1)
        return -g, -dot(g, g)
    steps, changes, ro = state["old_stps"], state["old_dirs"], state["ro"]
    y, s = g - state["prev_flat_grad"], state["d"] * state["t"]
    curvature = dot(y, s)
    if curvature > 1e-10:  # else H would not be positive definite, nor d go down
        if len(changes) == history_size:
            for past in (changes, steps, ro):
                past.pop(0)
        changes.append(y)
        steps.append(s)
        ro.append(1.0 / curvature)
        state["H_diag"] = curvature / dot(y, y)

    d, alphas, n = -g, state.setdefault("al", [None] * history_size), len(changes)
    if n == 0:
        d *= state["H_diag"]
        return d, dot(g, d)
    product = dot(steps[-1], d)
    for i in reversed(range(n)):
        alphas[i] = product * ro[i]
        scale, z = (1, steps[i - 1]) if i > 0 else (state["H_diag"], changes[0])
        product = add_and_dot(d, changes[i], -alphas[i], scale, z)
    for i in range(n):
        product = add_and_dot(d, steps[i], alphas[i] - product * ro[i], 1, changes[i + 1] if i + 1 < n else g)
    return d, product


def has_kernel(x):
    """Whether the kernels are for such a vector: not for one of two bytes a number, nor for none."""
    return x.dtype in (float32, float64) and x.numel() > 0


def dot(x, y):
    """x . y"""
    return x.wrap(x.kernels.dot(x.array, y.array)) if has_kernel(x) else x.dot(y)


def largest(x):
    """The largest magnitude."""
    return x.wrap(x.kernels.largest(x.array)) if has_kernel(x) else x.abs().max()


def add_and_dot(x, y, a, scale, z):
    """x = scale (x + a y), in place; then x . z."""
    if not has_kernel(x):
        x.add_(y, alpha=float(a)).mul_(scale)
        return x.dot(z)
    changed(x)
    return x.wrap(x.kernels.add_and_dot(x.array, y.array, float(a), float(scale), z.array))
