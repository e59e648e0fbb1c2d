"""Convolution of one, two or three dims and its two gradients: as direct sums, and as matrix products.

    out[n, k, p] = sum over c, r of x[n, c, p * stride - padding + r * dilation] weight[k, c, r]

where p and r have an element for every dim of the image; x is 0 outside. With groups, output channel k sees the
C / groups channels of its own group only. The gradients are the transposes of this linear map, one in x and one in
weight. The kernels are written for three dims; signals and images are volumes with sides of 1.

The direct sums are the definition: each thread reads all that it needs from global memory, and shares nothing. Where
all windows are laid out as columns (windows.py), the same sums are products with the matrix of the filters: these need
more memory, but cuBLAS, or the kernels of matmul.py, read each number once for many uses. In depthwise
convolution, where a group has one output channel, there is nothing to share, and the sums are taken directly.
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv3d.html
"""

from kernels.cuda.array import empty, in_float32, packed
from kernels.cuda.block import block_sum
from kernels.cuda.device import THREADS, cuda
from kernels.cuda.elementwise import add
from kernels.cuda.launch import elements, launch, rows
from kernels.cuda.matmul import matmul
from kernels.cuda.reduce import sum
from kernels.cuda.shape import permute, view
from kernels.cuda.windows import fold, unfold, volume

# x is (N, C, D, H, W), weight (K, Cg, T, R, S) with Cg = C / groups, out (N, K, Z, P, Q): CUTLASS's letters. In the
# kernels sizes = (N, C, K, Cg); image, window and result are (D, H, W), (T, R, S) and (Z, P, Q); steps has a stride,
# a padding and a dilation for each dim. All arrays are contiguous, in global memory.


def arguments(x_shape, weight_shape, result_shape, stride, padding, dilation):
    """(sizes, image, window, result, steps) of the kernels."""
    sizes = *x_shape[:2], *weight_shape[:2]
    steps = volume(stride), volume(padding, 0), volume(dilation)
    return sizes, *[volume(shape[2:]) for shape in (x_shape, weight_shape, result_shape)], steps


@cuda.jit
def convolution_kernel(out, x, weight, sizes, image, window, result, steps):
    """out, the convolution. Grid: 1-d; one thread an element; global memory only."""
    _, C, K, Cg = sizes
    (D, H, W), (T, R, S), (Z, P, Q) = image, window, result
    stride, padding, dilation = steps
    for at in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        q, p, z, channel = at % Q, at // Q % P, at // (Q * P) % Z, at // (Q * P * Z)
        k, n = channel % K, channel // K
        first_channel = k // (K // (C // Cg)) * Cg  # of the group that k belongs to
        zero = out.dtype.type(0)
        total = zero
        for c in range(Cg):
            for t in range(T):
                d = z * stride[0] - padding[0] + t * dilation[0]
                for r in range(R):
                    h = p * stride[1] - padding[1] + r * dilation[1]
                    for s in range(S):
                        w = q * stride[2] - padding[2] + s * dilation[2]
                        inside = 0 <= d < D and 0 <= h < H and 0 <= w < W
                        value = x[(((n * C + first_channel + c) * D + d) * H + h) * W + w] if inside else zero
                        total += value * weight[(((k * Cg + c) * T + t) * R + r) * S + s]
        out[at] = total


@cuda.jit
def convolution_input_kernel(out, g, weight, sizes, image, window, result, steps):
    """out, the gradient of x: the sum over all windows that x[n, c, d, h, w] is in.

    Grid: 1-d; one thread an element of x; global memory only.
    """
    _, C, K, Cg = sizes
    (D, H, W), (T, R, S), (Z, P, Q) = image, window, result
    stride, padding, dilation = steps
    group_outputs = K // (C // Cg)
    for at in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        w, h, d, channel = at % W, at // W % H, at // (W * H) % D, at // (W * H * D)
        c, n = channel % C, channel // C
        first_output = c // Cg * group_outputs
        total = out.dtype.type(0)
        for k in range(first_output, first_output + group_outputs):
            for t in range(T):
                # d = z * stride - padding + t * dilation, solved for z; and so h for p, w for q
                z, rest_d = divmod(d + padding[0] - t * dilation[0], stride[0])
                if rest_d == 0 and 0 <= z < Z:
                    for r in range(R):
                        p, rest_h = divmod(h + padding[1] - r * dilation[1], stride[1])
                        if rest_h == 0 and 0 <= p < P:
                            for s in range(S):
                                q, rest_w = divmod(w + padding[2] - s * dilation[2], stride[2])
                                if rest_w == 0 and 0 <= q < Q:
                                    here = (((n * K + k) * Z + z) * P + p) * Q + q
                                    total += g[here] * weight[(((k * Cg + c % Cg) * T + t) * R + r) * S + s]
        out[at] = total


@cuda.jit
def convolution_weight_kernel(out, g, x, sizes, image, window, result, steps):
    """out, the gradient of weight: the sum over all images n and places z, p, q where weight[k, c, t, r, s] was used.

    Grid: 1-d; one block an element of weight, as these sums are long; shared memory: a value a thread, for block_sum.
    """
    N, C, K, Cg = sizes
    (D, H, W), (T, R, S), (Z, P, Q) = image, window, result
    stride, padding, dilation = steps
    shared = cuda.shared.array(THREADS, out.dtype)
    for at in range(cuda.blockIdx.x, out.size, cuda.gridDim.x):
        s, r, t, filters = at % S, at // S % R, at // (S * R) % T, at // (S * R * T)
        c, k = filters % Cg, filters // Cg
        channel = k // (K // (C // Cg)) * Cg + c
        zero = out.dtype.type(0)
        total = zero
        for use in range(cuda.threadIdx.x, N * Z * P * Q, THREADS):
            q, p, z, n = use % Q, use // Q % P, use // (Q * P) % Z, use // (Q * P * Z)
            d = z * stride[0] - padding[0] + t * dilation[0]
            h = p * stride[1] - padding[1] + r * dilation[1]
            w = q * stride[2] - padding[2] + s * dilation[2]
            inside = 0 <= d < D and 0 <= h < H and 0 <= w < W
            value = x[(((n * C + channel) * D + d) * H + h) * W + w] if inside else zero
            total += g[(((n * K + k) * Z + z) * P + p) * Q + q] * value
        total = block_sum(total, shared)
        if cuda.threadIdx.x == 0:
            out[at] = total


@in_float32
def direct(x, weight, shape, stride, padding, dilation, groups):
    """The convolution of x (N, C, D, H, W) with weight (K, C / groups, T, R, S), of the shape (N, K, Z, P, Q)."""
    given, out = arguments(x.shape, weight.shape, shape, stride, padding, dilation), empty(shape, x.dtype)
    launch(convolution_kernel, elements(out.size), out, packed(x), packed(weight), *given)
    return out


@in_float32
def direct_input(g, weight, shape, stride, padding, dilation, groups):
    """The gradient of x, of that shape, from the gradient g of the convolution."""
    given, out = arguments(shape, weight.shape, g.shape, stride, padding, dilation), empty(shape, g.dtype)
    launch(convolution_input_kernel, elements(out.size), out, packed(g), packed(weight), *given)
    return out


@in_float32
def direct_weight(g, x, shape, stride, padding, dilation, groups):
    """The gradient of weight, of that shape, from the gradient g of the convolution."""
    given, out = arguments(x.shape, shape, g.shape, stride, padding, dilation), empty(shape, g.dtype)
    launch(convolution_weight_kernel, rows(out.size), out, packed(g), packed(x), *given)
    return out


# -- as products -------------------------------------------------------------------------------------------------------


def shares(result_shape, weight_shape, groups):
    """Whether it is a product of matrices: no depthwise convolution, and something to convolve."""
    return (groups == 1 or weight_shape[0] > groups) and 0 not in (*result_shape, *weight_shape)


def columns_of(x, weight_shape, stride, padding, dilation, groups):
    """The windows of x for each image and group: (N, C, D, H, W) -> (N, groups, C / groups T R S, Z P Q)."""
    columns = unfold(x, weight_shape[2:], dilation, padding, stride)  # (N, C T R S, Z P Q)
    n, rows_of_all, places = columns.shape
    return view(columns, (n, groups, rows_of_all // groups, places))


def with_bias(y, bias):
    """y with bias (K), which may be None, added to every channel."""
    return y if bias is None else add(y, view(packed(bias), (-1, *[1] * (y.ndim - 2))))


@in_float32
def convolution(x, weight, shape, stride, padding, dilation, groups, bias=None):
    """The convolution of x (N, C, D, H, W) with weight (K, C / groups, T, R, S) and bias (K), of the shape
    (N, K, Z, P, Q)."""
    return with_bias(windows_times(x, weight, shape, stride, padding, dilation, groups), bias)


def windows_times(x, weight, shape, stride, padding, dilation, groups):
    if not shares(shape, weight.shape, groups):
        return direct(x, weight, shape, stride, padding, dilation, groups)
    columns = columns_of(x, weight.shape, stride, padding, dilation, groups)
    filters = view(packed(weight), (groups, weight.shape[0] // groups, -1))  # (groups, K / groups, C / groups T R S)
    return view(matmul(filters, columns), shape)  # (N, groups, K / groups, Z P Q) -> (N, K, Z, P, Q)


@in_float32
def convolution_input(g, weight, shape, stride, padding, dilation, groups, bias=None):
    """The gradient of x, of that shape, from the gradient g of the convolution; with a bias for each channel of x."""
    return with_bias(into_windows(g, weight, shape, stride, padding, dilation, groups), bias)


def into_windows(g, weight, shape, stride, padding, dilation, groups):
    if not shares(g.shape, weight.shape, groups) or 0 in shape:
        return direct_input(g, weight, shape, stride, padding, dilation, groups)
    filters = view(packed(weight), (groups, weight.shape[0] // groups, -1))  # (groups, K / groups, C / groups T R S)
    g = view(packed(g), (shape[0], groups, weight.shape[0] // groups, -1))  # (N, groups, K / groups, Z P Q)
    columns = matmul(permute(filters, (0, 2, 1)), g)  # (N, groups, C / groups T R S, Z P Q)
    columns = view(columns, (shape[0], -1, g.shape[-1]))  # -> (N, C T R S, Z P Q)
    return fold(columns, shape[2:], weight.shape[2:], dilation, padding, stride)


@in_float32
def convolution_weight(g, x, shape, stride, padding, dilation, groups):
    """The gradient of weight, of that shape, from the gradient g of the convolution."""
    if not shares(g.shape, shape, groups) or 0 in x.shape:
        return direct_weight(g, x, shape, stride, padding, dilation, groups)
    columns = columns_of(x, shape, stride, padding, dilation, groups)
    g = view(packed(g), (x.shape[0], groups, shape[0] // groups, -1))  # (N, groups, K / groups, Z P Q)
    products = matmul(g, permute(columns, (0, 1, 3, 2)))  # (N, groups, K / groups, C / groups T R S)
    return view(sum(products, (0,), False), shape)
