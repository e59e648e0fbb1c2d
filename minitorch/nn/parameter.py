"""`Parameter` and `Buffer`: tensors that a module counts among its own; and those whose shape is not known yet."""

from minitorch.creation import empty
from minitorch.tensor import Tensor


class Parameter(Tensor):
    """A tensor on the memory of `data` that requires grad; assigned to a module, it appears in its parameters().

    https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html
    """

    def __new__(cls, data=None, requires_grad=True):
        parameter = super().__new__(cls)
        source = empty(0) if data is None else data
        parameter.array, parameter.kernels, parameter.version = source.array, source.kernels, source.version
        parameter.edge = parameter.base = None
        parameter.requires_grad = requires_grad
        return parameter

    def __init__(self, data=None, requires_grad=True):
        pass  # all is done in __new__, as for a tensor

    def __repr__(self):
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.data.clone(), self.requires_grad)
        return memo[id(self)]


class Buffer(Tensor):
    """A tensor that a module keeps but does not train; assigned to a module, it appears in its buffers().

    persistent: whether it is in state_dict.
    https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Buffer.html
    """

    def __new__(cls, data=None, *, persistent=True):
        buffer = super().__new__(cls)
        source = empty(0) if data is None else data
        buffer.array, buffer.kernels, buffer.version = source.array, source.kernels, source.version
        buffer.edge = buffer.base = None
        buffer.requires_grad = source.requires_grad
        buffer.persistent = persistent
        return buffer

    def __init__(self, data=None, *, persistent=True):
        pass  # all is done in __new__

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.detach().clone(), persistent=self.persistent)
        return memo[id(self)]


# -- of unknown shape --------------------------------------------------------------------------------------------------

NO_SHAPE = (
    "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` "
    "when trying to load an uninitialized parameter into an initialized one. Call `forward` to initialize the "
    "parameters before accessing their attributes."
)


class Uninitialized:
    """A Parameter or Buffer that knows its dtype and device, but no shape and no numbers: see lazy.py.

    `materialize(shape)` makes a real one of it. RuntimeError for its shape, ValueError for any computation with it.
    """

    becomes = None  # the class of which it then is

    def __new__(cls, requires_grad=True, device=None, dtype=None):
        self = Tensor.__new__(cls)
        like = empty(0, device=device, dtype=dtype)
        self.kernels, self.version, self.numbers = like.kernels, like.version, like
        self.edge = self.base = None
        self.wants_grad = requires_grad
        return self

    def __init__(self, requires_grad=True, device=None, dtype=None):
        pass  # all is done in __new__

    def materialize(self, shape, device=None, dtype=None):
        """Become a real tensor of that shape, with any values."""
        numbers = empty(*shape, device=device or self.numbers.device, dtype=dtype or self.numbers.dtype)
        self.__class__ = self.becomes
        self.array, self.kernels = numbers.array, numbers.kernels
        self.requires_grad = self.wants_grad
        del self.numbers, self.wants_grad

    @property
    def array(self):
        raise ValueError(
            "Attempted to use an uninitialized parameter. This error happens when you are using a `LazyModule` or "
            f"explicitly manipulating `{type(self).__name__}` objects. When using LazyModules Call `forward` with a "
            "dummy batch to initialize the parameters before calling torch functions"
        )

    @property
    def shape(self):
        raise RuntimeError(NO_SHAPE)

    @property
    def dtype(self):
        """The dtype that it will have."""
        return self.numbers.dtype

    @property
    def requires_grad(self):
        """Whether it will get a gradient."""
        return self.wants_grad

    @requires_grad.setter
    def requires_grad(self, value):
        self.wants_grad = value

    is_leaf = True

    def is_floating_point(self):
        """Whether the dtype is a floating one."""
        return self.numbers.is_floating_point()

    def moved(self, numbers):
        """Take over the dtype and device of a tensor. Returns self."""
        self.numbers, self.kernels = numbers, numbers.kernels
        return self

    def to(self, *args, **settings):
        """The same in another dtype or on another device."""
        return self.moved(self.numbers.to(*args, **settings))

    def float(self):
        """The same in float32."""
        return self.moved(self.numbers.float())

    def double(self):
        """The same in float64."""
        return self.moved(self.numbers.double())

    def half(self):
        """The same in float16."""
        return self.moved(self.numbers.half())

    def cpu(self):
        """The same on the CPU."""
        return self.moved(self.numbers.cpu())

    def cuda(self, device=None):
        """The same on the GPU."""
        return self.moved(self.numbers.cuda(device))

    def __repr__(self):
        return f"<{type(self).__name__}>"

    def __deepcopy__(self, memo):
        return type(self)(self.wants_grad, self.numbers.device, self.numbers.dtype)

    def __reduce__(self):
        return type(self), (self.wants_grad,)


class UninitializedParameter(Uninitialized, Parameter):
    """A Parameter of unknown shape."""

    becomes = Parameter


class UninitializedBuffer(Uninitialized, Buffer):
    """A Buffer of unknown shape."""

    becomes = Tensor

    def __new__(cls, requires_grad=False, device=None, dtype=None, persistent=True):
        self = super().__new__(cls, requires_grad, device, dtype)
        self.persistent = persistent
        return self

    def __init__(self, requires_grad=False, device=None, dtype=None, persistent=True):
        pass  # all is done in __new__


def is_lazy(value):
    """Whether a tensor has no shape yet."""
    return isinstance(value, Uninitialized)
