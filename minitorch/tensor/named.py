"""Named tensors: dims that are called by name, and checked by it.

    x = minitorch.zeros(2, 3, names=("N", "C"))
    x.sum("C").names                     # ('N',)
    (x + x.rename("N", "D"))             # RuntimeError: dim 'C' and dim 'D' are at the same position ...

torch had them until 2.12; the rules are those of its documentation
(https://docs.pytorch.org/docs/2.0/named_tensor.html and .../name_inference.html):

    unify       names meet from the right, as sizes do in broadcasting; None meets every name
    keep        a function of each element, a cast, a copy: the input's names
    remove      a reduction: the names without those of the reduced dims
    contract    a matrix product: names of the batch, of the rows of the left, of the columns of the right

A named tensor is an unnamed one (`plain`) and a tuple of names; its operations are those of the unnamed one, and then
the names are worked out. The methods and operators below have rules. Every other operation refuses a named tensor: use
x.rename(None). A tensor without names knows nothing of this file.
"""

from minitorch import ops
from minitorch.size import normalize_dim
from minitorch.tensor import Tensor
from minitorch.tensor.names import check_names, contract, expand_ellipsis, unify


def names_of(x):
    """The names of any operand; none for a number."""
    return x.names if isinstance(x, Tensor) else ()


def plain_of(x):
    """Any operand without its names."""
    return x.plain if isinstance(x, NamedTensor) else x


# -- operations, by their rule -------------------------------------------------------------------------------------


def keeping(operation):
    """A method whose result has the names of its input."""

    def method(self, *args, **settings):
        return named(operation(self.plain, *args, **settings), self.names)

    return method


def keeping_by_dim(operation):
    """The same for an operation along a dim, which may be given by name."""

    def method(self, dim, *args, **settings):
        return named(operation(self.plain, self.dims(dim), *args, **settings), self.names)

    return method


def unifying(operation):
    """A method of two operands whose names must agree."""

    def method(self, other, *args, **settings):
        names = unify(self.names, names_of(other))
        return named(operation(self.plain, plain_of(other), *args, **settings), names)

    return method


def reflected(operation):
    """The same with the operands exchanged."""

    def method(self, other):
        return named(operation(other, self.plain), unify(names_of(other), self.names))

    return method


def writing(operation):
    """An in-place method: the other operand's names must agree with those of the tensor that is written."""

    def method(self, *args, **settings):
        for other in args:
            if unify(self.names, names_of(other)) != self.names:
                raise RuntimeError(f"cannot write names {names_of(other)} into a tensor with names {self.names}")
        operation(self.plain, *map(plain_of, args), **settings)
        return self

    return method


def removing(operation):
    """A reduction: over all dims, or over those given by number or name, whose names go."""

    def method(self, dim=None, keepdim=False, **settings):
        if dim is None:
            return operation(self.plain, **settings)
        dims = self.dims(dim)
        result = operation(self.plain, dims, keepdim=keepdim, **settings)
        gone = {normalize_dim(d, self.ndim) for d in (dims if isinstance(dims, list) else [dims])}
        names = self.names if keepdim else tuple(name for i, name in enumerate(self.names) if i not in gone)
        if isinstance(result, tuple):
            return type(result)(*[named(part, names) for part in result])
        return named(result, names)

    return method


def refused(self, *args, **settings):
    raise RuntimeError(
        "this operation is not supported with named tensors. Please drop names via `x = x.rename(None)`, call "
        "it with an unnamed tensor, and set names on its result; where the name is that of a method listed in "
        "minitorch/tensor/named.py, call the method."
    )


# -- the tensor ----------------------------------------------------------------------------------------------------


def named(plain, names):
    """A tensor with names; the tensor itself where there are none."""
    check_names(names, plain.ndim)
    return NamedTensor.around(plain, names) if any(names) else plain


class NamedTensor(Tensor):
    """A tensor with a name (or None) for each dim. Made by `names=` or by x.refine_names, not by hand."""

    history = refused  # what every operation asks of its inputs first; so those without a rule refuse

    @classmethod
    def around(cls, plain, names):
        """The tensor with these names."""
        tensor = cls.__new__(cls)
        tensor.array, tensor.kernels, tensor.version = plain.array, plain.kernels, plain.version
        tensor.base = tensor.plain = plain
        tensor._names = tuple(names)
        return tensor

    @property
    def names(self):
        """The name of each dim, or None."""
        return self._names

    def dims(self, dim):
        """Dims given by number or name, one or several, as numbers."""
        if isinstance(dim, list | tuple):
            return [self.dims(d) for d in dim]
        if not isinstance(dim, str):
            return dim
        if dim not in self.names:
            raise RuntimeError(f"Name '{dim}' not found in {type(self).__name__}{list(self.names)}.")
        return self.names.index(dim)

    def has_names(self):
        """Whether any dim has a name."""
        return True

    def __repr__(self):
        return f"{repr(self.plain)[:-1]}, names={self.names})"

    # -- names -----------------------------------------------------------------------------------------------------

    def rename(self, *names, **changes):
        """A view with other names: all of them, by position ('...' stands for the rest), or some, as old="new".

        x.rename(None) has none, and takes part in every operation.
        """
        if names == (None,) and not changes:
            return self.plain
        if names and changes:
            raise RuntimeError("rename takes either names by position or changes by keyword, not both")
        for old in changes:
            self.dims(old)
        wanted = [changes.get(name, name) for name in self.names] if changes else expand_ellipsis(names, self.names)
        check_names(wanted, self.ndim)
        return named(self.plain, tuple(wanted))

    def refine_names(self, *names):
        """A view with names for dims that have none. A name that is there may only be repeated; '...' stands for the
        dims between, as they are."""
        given = ["..." if name is ... else name for name in names]
        if "..." in given:
            at = given.index("...")
            rest = self.ndim - (len(given) - 1)
            given[at : at + 1] = self.names[at : at + rest]
        check_names(given, self.ndim)
        for old, new in zip(self.names, given, strict=True):
            if old is not None and old != new:
                raise RuntimeError(
                    f"refine_names: cannot coerce {list(self.names)} to {given}: {old!r} is different from {new!r}"
                )
        return named(self.plain, tuple(given))

    def align_to(self, *names):
        """A view with the dims in the order of `names`; new names become dims of size 1, '...' stands for the rest."""
        if None in self.names:
            raise RuntimeError(f"align_to: all dims must have names, got {self.names}; see refine_names")
        names = expand_ellipsis(names, self.names)
        missing = [name for name in self.names if name not in names]
        if missing:
            raise RuntimeError(f"align_to: the dim {missing[0]!r} is not among {names}; every dim must be named")
        new = [name for name in names if name not in self.names]
        dims = [len(new) + self.names.index(name) if name in self.names else new.index(name) for name in names]
        x = self.plain[(None,) * len(new)]  # new dims of size 1 come first, then all are put in order
        return named(x.permute(dims), tuple(names))

    def align_as(self, other):
        """A view with the dims in the order of another tensor's."""
        return self.align_to(*other.names)

    # -- gradients: those of the plain tensor, without names -------------------------------------------------------

    @property
    def requires_grad(self):
        """Whether gradients flow to this tensor."""
        return self.plain.requires_grad

    @requires_grad.setter
    def requires_grad(self, value):
        self.plain.requires_grad = value

    @property
    def is_leaf(self):
        """Whether no recorded operation made it."""
        return self.plain.is_leaf

    @property
    def grad_fn(self):
        """The node that made it."""
        return self.plain.grad_fn

    @property
    def grad(self):
        """The gradient, without names."""
        return self.plain.grad

    @grad.setter
    def grad(self, value):
        self.plain.grad = value

    def backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None):
        """See autograd.backward."""
        self.plain.backward(plain_of(gradient), retain_graph, create_graph, inputs)

    def retain_grad(self):
        """Keep the gradient in .grad, for a tensor that is no leaf."""
        self.plain.retain_grad()

    def register_hook(self, hook):
        """Call hook(grad) when the gradient is known."""
        return self.plain.register_hook(hook)

    # -- indexing and order of dims --------------------------------------------------------------------------------

    def __getitem__(self, index):
        items = list(index) if isinstance(index, tuple) else [index]
        if any(not isinstance(item, int | slice) and item is not None and item is not ... for item in items):
            refused(self)
        if ... not in items:
            items.append(...)
        at, used = items.index(...), sum(item is not None and item is not ... for item in items)
        items[at : at + 1] = [slice(None)] * max(self.ndim - used, 0)
        remaining, names = iter(self.names), []
        for item in items:
            name = None if item is None else next(remaining, None)
            if not isinstance(item, int):
                names.append(name)
        return named(self.plain[index], tuple(names))

    __setitem__ = refused

    def select(self, dim, index):
        """The slice at `index` of a dim, which goes."""
        dim = normalize_dim(self.dims(dim), self.ndim)
        return named(self.plain.select(dim, index), self.names[:dim] + self.names[dim + 1 :])

    def transpose(self, dim0, dim1):
        """With two dims exchanged."""
        names = list(self.names)
        i, j = (normalize_dim(self.dims(d), self.ndim) for d in (dim0, dim1))
        names[i], names[j] = names[j], names[i]
        return named(self.plain.transpose(i, j), tuple(names))

    def t(self):
        """The transpose of a matrix."""
        return named(self.plain.t(), self.names[::-1])

    T = property(t)

    def unsqueeze(self, dim):
        """With a new dim of size 1, which has no name."""
        x = self.plain.unsqueeze(dim)
        at = dim + x.ndim if dim < 0 else dim
        return named(x, (*self.names[:at], None, *self.names[at:]))

    def squeeze(self, dim=None):
        """Without a dim of size 1, or without all of them."""
        dims = range(self.ndim) if dim is None else [normalize_dim(self.dims(dim), self.ndim)]
        gone = {d for d in dims if self.array.shape[d] == 1}
        x = self.plain.squeeze(tuple(gone))
        return named(x, tuple(name for i, name in enumerate(self.names) if i not in gone))

    def flatten(self, dims, out_dim):
        """The dims, neighbours in this order, as one of the name `out_dim`."""
        places = self.dims(list(dims))
        if places != list(range(places[0], places[0] + len(places))):
            raise RuntimeError(f"flatten: the dims {list(dims)} must be consecutive in {list(self.names)}")
        x = self.plain.flatten(places[0], places[-1])
        return named(x, (*self.names[: places[0]], out_dim, *self.names[places[-1] + 1 :]))

    def unflatten(self, dim, namedshape):
        """One dim as several: namedshape is (name, size) for each."""
        place = self.dims(dim)
        x = self.plain.unflatten(place, [size for _, size in namedshape])
        return named(x, self.names[:place] + tuple(name for name, _ in namedshape) + self.names[place + 1 :])

    # -- products --------------------------------------------------------------------------------------------------

    def matmul(self, other):
        """Names of the batch unify; the contracted dims go, whatever their names."""
        return named(ops.matmul.matmul(self.plain, plain_of(other)), contract(self.names, other.names))

    def __matmul__(self, other):
        return self.matmul(other) if isinstance(other, Tensor) else NotImplemented

    def __rmatmul__(self, other):
        return named(ops.matmul.matmul(other, self.plain), contract(other.names, self.names))

    mm = bmm = mv = dot = matmul

    # -- element by element ----------------------------------------------------------------------------------------

    add = __add__ = unifying(ops.elementwise.add)
    sub = __sub__ = unifying(ops.elementwise.sub)
    mul = __mul__ = unifying(ops.elementwise.mul)
    div = __truediv__ = unifying(ops.elementwise.div)
    floor_divide = __floordiv__ = unifying(ops.elementwise.floor_divide)
    remainder = __mod__ = unifying(ops.elementwise.remainder)
    pow = __pow__ = unifying(ops.elementwise.pow)
    __radd__, __rsub__, __rmul__ = map(reflected, (ops.elementwise.add, ops.elementwise.sub, ops.elementwise.mul))
    __rtruediv__, __rpow__ = map(reflected, (ops.elementwise.true_divide, ops.elementwise.pow))
    eq = __eq__ = unifying(ops.compare.eq)
    ne = __ne__ = unifying(ops.compare.ne)
    lt = __lt__ = unifying(ops.compare.lt)
    le = __le__ = unifying(ops.compare.le)
    gt = __gt__ = unifying(ops.compare.gt)
    ge = __ge__ = unifying(ops.compare.ge)
    __hash__ = object.__hash__
    __and__ = __rand__ = unifying(ops.bits.bitwise_and)
    __or__ = __ror__ = unifying(ops.bits.bitwise_or)
    __xor__ = __rxor__ = unifying(ops.bits.bitwise_xor)

    neg = __neg__ = keeping(ops.elementwise.neg)
    abs = __abs__ = keeping(ops.elementwise.abs)
    bitwise_not = __invert__ = keeping(ops.bits.bitwise_not)
    sign = keeping(ops.elementwise.sign)
    floor = keeping(ops.elementwise.floor)
    ceil = keeping(ops.elementwise.ceil)
    exp = keeping(ops.elementwise.exp)
    log = keeping(ops.elementwise.log)
    sqrt = keeping(ops.elementwise.sqrt)
    sin = keeping(ops.elementwise.sin)
    cos = keeping(ops.elementwise.cos)
    tanh = keeping(ops.elementwise.tanh)
    reciprocal = keeping(ops.elementwise.reciprocal)
    square = keeping(ops.elementwise.square)
    clamp = keeping(ops.elementwise.clamp)
    relu = keeping(ops.activation.relu)
    sigmoid = keeping(ops.activation.sigmoid)
    isnan = keeping(ops.compare.isnan)
    isinf = keeping(ops.compare.isinf)
    isfinite = keeping(ops.compare.isfinite)
    softmax = keeping_by_dim(ops.activation.softmax)
    log_softmax = keeping_by_dim(ops.activation.log_softmax)

    # -- copies and casts ------------------------------------------------------------------------------------------

    clone = keeping(ops.convert.clone)
    contiguous = keeping(ops.convert.contiguous)
    detach = keeping(ops.convert.detach)
    data = property(detach)
    to = keeping(ops.convert.to)
    half = keeping(ops.convert.half)
    float = keeping(ops.convert.float_)
    double = keeping(ops.convert.double)
    int = keeping(ops.convert.int_)
    long = keeping(ops.convert.long)
    bool = keeping(ops.convert.bool_)
    cpu = keeping(ops.convert.cpu)
    cuda = keeping(ops.convert.cuda)

    # -- reductions ------------------------------------------------------------------------------------------------

    sum = removing(ops.reduce.sum)
    mean = removing(ops.reduce.mean)
    prod = removing(ops.reduce.prod)
    var = removing(ops.variance.var)
    std = removing(ops.variance.std)
    max = removing(ops.extremes.max)
    min = removing(ops.extremes.min)
    all = removing(ops.reduce.all)
    any = removing(ops.reduce.any)

    # -- in place --------------------------------------------------------------------------------------------------

    add_ = __iadd__ = writing(Tensor.add_)
    sub_ = __isub__ = writing(Tensor.sub_)
    mul_ = __imul__ = writing(Tensor.mul_)
    div_ = __itruediv__ = writing(Tensor.div_)
    copy_ = writing(Tensor.copy_)
    fill_ = writing(Tensor.fill_)
    zero_ = writing(Tensor.zero_)
