"""Constraints: which parameters and which values a distribution takes.

`positive.check(x)` is a tensor of booleans, one for each event; `positive` prints as GreaterThan(lower_bound=0.0).
https://docs.pytorch.org/docs/stable/distributions.html#module-torch.distributions.constraints
"""


class Constraint:
    """A set of values. event_dim: how many of the last dims make up one value. is_discrete: whether they are apart."""

    is_discrete = False
    event_dim = 0

    def check(self, value):
        """Whether each value lies in the set."""
        raise NotImplementedError

    def __repr__(self):
        bounds = ", ".join(f"{name}={bound}" for name, bound in vars(self).items())
        return f"{type(self).__name__}({bounds})"


class Real(Constraint):
    """All numbers, infinite ones too; not NaN."""

    def check(self, value):
        return value == value


class Boolean(Constraint):
    """0 and 1."""

    is_discrete = True

    def check(self, value):
        return (value == 0) | (value == 1)


class GreaterThan(Constraint):
    """(lower_bound, inf]"""

    def __init__(self, lower_bound):
        self.lower_bound = lower_bound

    def check(self, value):
        return self.lower_bound < value


class GreaterThanEq(Constraint):
    """[lower_bound, inf]"""

    def __init__(self, lower_bound):
        self.lower_bound = lower_bound

    def check(self, value):
        return self.lower_bound <= value


class LessThan(Constraint):
    """[-inf, upper_bound)"""

    def __init__(self, upper_bound):
        self.upper_bound = upper_bound

    def check(self, value):
        return value < self.upper_bound


class Interval(Constraint):
    """[lower_bound, upper_bound]"""

    def __init__(self, lower_bound, upper_bound):
        self.lower_bound = lower_bound
        self.upper_bound = upper_bound

    def check(self, value):
        return (self.lower_bound <= value) & (value <= self.upper_bound)


class IntegerInterval(Interval):
    """lower_bound, lower_bound + 1, ..., upper_bound"""

    is_discrete = True

    def check(self, value):
        return (value % 1 == 0) & super().check(value)


class IntegerGreaterThan(GreaterThanEq):
    """lower_bound, lower_bound + 1, ... (the bound included, whatever torch's name says)"""

    is_discrete = True

    def check(self, value):
        return (value % 1 == 0) & super().check(value)


class Simplex(Constraint):
    """Vectors of numbers that are not negative and sum to 1."""

    event_dim = 1

    def check(self, value):
        return (value >= 0).all(-1) & ((value.sum(-1) - 1).abs() < 1e-6)


class Multinomial(Constraint):
    """Vectors of counts that sum to at most upper_bound. (As in torch: halves are let through.)"""

    is_discrete = True
    event_dim = 1

    def __init__(self, upper_bound):
        self.upper_bound = upper_bound

    def __repr__(self):
        return "Multinomial()"

    def check(self, value):
        return (value >= 0).all(-1) & (value.sum(-1) <= self.upper_bound)


class IndependentConstraint(Constraint):
    """Events of reinterpreted_batch_ndims more dims, all of whose entries lie in base_constraint."""

    def __init__(self, base_constraint, reinterpreted_batch_ndims):
        self.base_constraint = base_constraint
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims
        self.is_discrete = base_constraint.is_discrete
        self.event_dim = base_constraint.event_dim + reinterpreted_batch_ndims

    def __repr__(self):
        return f"IndependentConstraint({self.base_constraint!r}, {self.reinterpreted_batch_ndims})"

    def check(self, value):
        inside = self.base_constraint.check(value)
        kept = inside.dim() - self.reinterpreted_batch_ndims
        if kept < 0:
            raise ValueError(f"Expected value.dim() >= {self.event_dim} but got {value.dim()}")
        return inside.reshape(*inside.shape[:kept], -1).all(-1)  # (..., a, b) -> (..., a b)


real, boolean, simplex = Real(), Boolean(), Simplex()
positive, nonnegative = GreaterThan(0.0), GreaterThanEq(0.0)
unit_interval = Interval(0.0, 1.0)
nonnegative_integer, positive_integer = IntegerGreaterThan(0), IntegerGreaterThan(1)
real_vector = IndependentConstraint(real, 1)
greater_than, greater_than_eq, less_than = GreaterThan, GreaterThanEq, LessThan
interval, integer_interval = Interval, IntegerInterval
multinomial, independent = Multinomial, IndependentConstraint
