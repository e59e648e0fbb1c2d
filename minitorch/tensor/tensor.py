"""`Tensor`: an array with a history, and the names that people call.

What autograd needs stands in autograd/variable.py, what the operations do in ops/; their places as methods and
operators are in operators.py, elementwise_methods.py and array_methods.py. https://docs.pytorch.org/docs/stable/tensors.html
"""

import operator

import numpy as np

from kernels.bfloat16 import BFLOAT16, to_float32
from kernels.cpu import cast
from minitorch import dtype as dtypes
from minitorch import ops
from minitorch.autograd.grad_mode import inference
from minitorch.autograd.gradients import backward
from minitorch.autograd.variable import Variable
from minitorch.device import CPU, CUDA, kernels_of
from minitorch.layout import strided
from minitorch.memory_format import contiguous_format, element_strides, is_in_format
from minitorch.size import Size, normalize_dim, unpack_sizes
from minitorch.tensor import printing
from minitorch.tensor.array_methods import ArrayMethods
from minitorch.tensor.elementwise_methods import ElementwiseMethods
from minitorch.tensor.operators import OPERANDS, Operators


class Tensor(Operators, ElementwiseMethods, ArrayMethods, Variable):
    """An n-dimensional array of one dtype on one device, through which gradients flow."""

    __module__ = "minitorch"  # print(type(x)) gives <class 'minitorch.Tensor'>
    __array_priority__ = 1000  # array * tensor is the tensor's business
    __hash__ = object.__hash__

    # -- making --------------------------------------------------------------------------------------------------------

    def __init__(self, *size, device=None):
        """Tensor(2, 3): uninitialised (zeros here); Tensor([1, 2]): these values; both in the default dtype."""
        self.fill_in(size, dtypes.get_default_dtype(), device)

    def fill_in(self, size, dtype, device):
        """Make of a blank object the tensor that Tensor(*size), or FloatTensor(*size), says."""
        self.kernels = kernels_of(device)
        self.version = [0]
        if len(size) == 1 and isinstance(size[0], Variable):
            if size[0].dtype is not dtype and dtype is not dtypes.get_default_dtype():
                raise TypeError(f"expected a tensor of dtype {dtype}, but got {size[0].dtype}; convert it with .to")
            self.array = size[0].array
        elif len(size) == 1 and not isinstance(size[0], int | Size):
            if isinstance(size[0], str) or not hasattr(size[0], "__len__"):
                raise TypeError(f"new(): data must be a sequence (got {type(size[0]).__name__})")
            self.array = self.kernels.from_numpy(cast(np.array(size[0]), dtype.numpy))
        else:
            shape = unpack_sizes(size) if size else (0,)
            if min(shape, default=0) < 0:
                raise RuntimeError(f"Trying to create tensor with negative dimension {min(shape)}: {list(shape)}")
            self.array = self.kernels.full(shape, 0, dtype.numpy)

    def wrap(self, array, kernels=None):
        """A new tensor without history around an array, on the device of self (or of `kernels`)."""
        tensor = new(Tensor)
        tensor.array = np.asarray(array) if isinstance(array, SCALAR) else array  # NumPy's 0-d results are scalars
        tensor.kernels = self.kernels if kernels is None else kernels
        tensor.version = None if inference.get() else [0]
        tensor.edge = tensor.base = None
        return tensor

    def with_edge(self, edge):
        """Another tensor on the same memory and version, with this edge. It is no view: writes do not change it."""
        tensor = new(Tensor)
        tensor.array, tensor.kernels, tensor.version = self.array, self.kernels, self.version
        tensor.edge, tensor.base = edge, None
        return tensor

    def saved(self):
        """This tensor as it is now, for a node to keep. (Keeping the tensor itself would make a reference cycle as
        soon as it is written in place: its history would then hold the node that holds it.)"""
        if self.version is None:
            raise RuntimeError(
                "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode "
                "in computation tracked by autograd. To work around this, you can make a clone to get a normal tensor "
                "and use it in autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`."
            )
        tensor = new(Tensor)  # with_edge, written out: every recorded operation comes here
        tensor.array, tensor.kernels, tensor.version = self.array, self.kernels, self.version
        tensor.edge, tensor.base = self.edge, None
        tensor.saved_version = self.version[0]
        return tensor

    # -- what it is ----------------------------------------------------------------------------------------------------

    @property
    def shape(self):
        """The size of each dim."""
        return Size(self.array.shape)

    @property
    def dtype(self):
        """The type of the elements, such as minitorch.float32."""
        return dtypes.from_numpy(self.array.dtype)

    @property
    def device(self):
        """Where the memory is."""
        return CPU if self.kernels is kernels_of(None) else CUDA

    @property
    def layout(self):
        """minitorch.strided: the elements lie in memory at equal distances along each dim."""
        return strided

    @property
    def is_cuda(self):
        """Whether the memory is on a GPU."""
        return self.device.type == "cuda"

    @property
    def ndim(self):
        """The number of dims."""
        return self.array.ndim

    @property
    def itemsize(self):
        """Bytes per element."""
        return self.array.itemsize

    @property
    def nbytes(self):
        """Bytes of all elements."""
        return self.array.nbytes

    @property
    def data(self):
        """The same memory outside the graph, with a version count of its own. May be set to another tensor."""
        return self.wrap(self.array)

    @data.setter
    def data(self, other):
        if not isinstance(other, Variable):
            raise TypeError(f"Variable data has to be a tensor, but got {type(other).__name__}")
        if self.is_leaf and self.requires_grad and other.array.dtype.kind not in dtypes.FLOATING:
            raise RuntimeError("data set to a tensor that requires gradients must be floating point or complex dtype")
        self.array, self.kernels = other.array, other.kernels
        if self.is_leaf and self.requires_grad:
            self.edge = None
            self.requires_grad = True  # a new end of the graph, for the new shape

    def size(self, dim=None):
        """The shape, or the size of one dim."""
        return self.shape if dim is None else self.array.shape[normalize_dim(dim, self.array.ndim)]

    def dim(self):
        """The number of dims."""
        return self.array.ndim

    def numel(self):
        """The number of elements."""
        return self.array.size

    nelement = numel
    ndimension = dim

    def element_size(self):
        """Bytes per element."""
        return self.array.itemsize

    def stride(self, dim=None):
        """How many elements lie between neighbours along each dim (or along one)."""
        strides = element_strides(self.array)
        return strides if dim is None else strides[normalize_dim(dim, self.array.ndim)]

    def is_contiguous(self, memory_format=contiguous_format):
        """Whether the elements lie row by row, or in another memory format, without gaps."""
        return is_in_format(self, memory_format)

    def data_ptr(self):
        """The address of the first element."""
        return self.kernels.address(self.array)

    def is_floating_point(self):
        """Whether the dtype is a floating one."""
        return self.array.dtype.kind in dtypes.FLOATING

    def is_complex(self):
        """False: complex dtypes are not supported."""
        return False

    def is_signed(self):
        """Whether the dtype has negative numbers."""
        return self.dtype.is_signed

    def is_nonzero(self):
        """Whether the one element is not 0."""
        return self.__bool__()

    def is_same_size(self, other):
        """Whether the other tensor has the same shape."""
        return self.array.shape == other.array.shape

    def to_sparse(self, *args, **settings):
        """NotImplementedError: there are no sparse tensors."""
        raise NotImplementedError("to_sparse: sparse layouts are not supported")

    def get_device(self):
        """The number of the GPU, -1 for the CPU."""
        return -1 if self.device is CPU else self.device.index

    def type(self, dtype=None, non_blocking=False):
        """The type's name, such as 'minitorch.FloatTensor'; or self as another type: float32, FloatTensor, or the name
        'torch.cuda.FloatTensor'."""
        if dtype is None:
            return f"minitorch.{'cuda.' if self.is_cuda else ''}{self.dtype.type_name}"
        if isinstance(dtype, str):
            dtype, cuda = dtypes.from_type_name(dtype)
            return self.to(dtype=dtype, device="cuda" if cuda else "cpu")
        dtype = getattr(dtype, "dtype", dtype)  # FloatTensor's
        if not isinstance(dtype, dtypes.dtype):
            raise TypeError("dtype must be a type, str, or dtype object")
        return self.to(dtype)

    # -- to Python and NumPy -------------------------------------------------------------------------------------------

    def numpy(self, *, force=False):
        """A NumPy array on the same memory. Refused for a tensor that requires grad or is on a GPU, unless force."""
        if self.is_cuda and not force:
            raise TypeError(
                f"can't convert {self.device} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host "
                "memory first."
            )
        if self.requires_grad and not force:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        if self.array.dtype is BFLOAT16:
            raise TypeError("Got unsupported ScalarType BFloat16 (NumPy has no bfloat16; convert with .float() first)")
        return self.kernels.to_numpy(self.array)

    def host(self):
        """The numbers as a NumPy array on the host, whatever the device and the history; bfloat16 as float32."""
        array = self.kernels.to_numpy(self.array)
        return to_float32(array) if array.dtype is BFLOAT16 else array

    def __array__(self, dtype=None, copy=None):
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def item(self):
        """The one element as a Python number."""
        if self.array.size != 1:
            raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
        return self.host().item()

    def tolist(self):
        """Nested lists of Python numbers; a number for a 0-d tensor."""
        return self.host().tolist()

    def __bool__(self):
        if self.array.size != 1:
            what = "no values" if self.array.size == 0 else "more than one value"
            raise RuntimeError(f"Boolean value of Tensor with {what} is ambiguous")
        return bool(self.item())

    def __float__(self):
        return float(self.only_element())

    def __int__(self):
        return int(self.only_element())

    def only_element(self):
        """item(), for float(x) and int(x), which torch refuses with another error."""
        if self.array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return self.item()

    def __index__(self):
        if self.array.dtype.kind not in "iub" or self.array.size != 1:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return operator.index(self.item())

    def __len__(self):
        if self.array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return self.array.shape[0]

    def __iter__(self):
        if self.array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(ops.parts.unbind(self, 0))

    def __contains__(self, element):
        if not isinstance(element, OPERANDS):
            raise RuntimeError(
                f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {element.__class__}."
            )
        return bool((self == element).any())

    def __repr__(self):
        return printing.tensor_repr(self)

    def __format__(self, spec):
        return (
            format(self.item(), spec)
            if self.array.ndim == 0 and type(self) is Tensor
            else object.__format__(self, spec)
        )

    def __deepcopy__(self, memo):
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the "
                "moment."
            )
        copy = self.wrap(self.kernels.copy(self.array))
        copy.__class__ = type(self)
        copy.requires_grad = self.requires_grad
        memo[id(self)] = copy
        return copy

    def __reduce__(self):
        """For pickle: the numbers, without their history. (minitorch.save keeps shared memory shared, too.)"""
        return unpickled, (type(self), self.kernels.to_numpy(self.array), str(self.device), self.requires_grad)

    def new_tensor(self, data, *, dtype=None, device=None, requires_grad=False):
        """A tensor with a copy of the data, by default in the dtype and on the device of this one."""
        from minitorch.creation import make, to_numpy  # made from this class

        dtype, device = dtype or self.dtype, device or self.device
        return make(to_numpy(data, dtype), dtype, device, requires_grad)

    # -- gradients -----------------------------------------------------------------------------------------------------

    def backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None):
        """Add d self / d x, times `gradient`, to x.grad of every leaf x. See autograd.backward."""
        backward(self, gradient, retain_graph, create_graph, inputs)

    detach = ops.convert.detach
    detach_ = ops.convert.detach_

    # -- names (named.py) ----------------------------------------------------------------------------------------------

    @property
    def names(self):
        """The name of each dim: None here, for only a NamedTensor has names."""
        return (None,) * self.array.ndim

    def rename(self, *names, **changes):
        """A view with these names; see named.py."""
        return self.unnamed().rename(*names, **changes)

    def refine_names(self, *names):
        """A view with these names; '...' stands for dims without one."""
        return self.unnamed().refine_names(*names)

    def unnamed(self):
        """This tensor as a NamedTensor with no name yet."""
        from minitorch.tensor.named import NamedTensor  # made from this class

        return NamedTensor.around(self, self.names)


def unpickled(cls, array, device, requires_grad):
    """The tensor of a class of ours that `__reduce__` took apart."""
    tensor = new(cls)
    tensor.kernels = kernels_of(device)
    if array.dtype == BFLOAT16:  # an equal one, of pickle's making
        array = array.view(BFLOAT16)
    tensor.array, tensor.version = tensor.kernels.from_numpy(array), [0]
    tensor.requires_grad = requires_grad
    return tensor


new, SCALAR = Tensor.__new__, np.generic
