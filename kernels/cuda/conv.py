"""2-d convolution and its two gradients, as direct sums: a thread an element, which goes over its window.

    out[n, o, i, j] = sum over c, u, v of x[n, c, i s - p + u d, j s - p + v d] weight[o, c, u, v]

with stride s, padding p and dilation d (one of each for rows and for columns); x is 0 outside. With groups g, output
channel o sees the C / g channels of its own group only. The gradients are the transposes of this linear map, one in x
and one in weight. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html
"""

from kernels.cuda.array import empty, in_float32, packed
from kernels.cuda.block import block_sum
from kernels.cuda.device import THREADS, cuda
from kernels.cuda.launch import elements, launch, rows

# In all three kernels x is (N, C, H, W), weight (O, D, K, L) with D = C / groups, and out (N, O, I, J); sizes are
# these numbers; steps = (stride, padding, dilation), each a pair. All arrays are contiguous, in global memory.


def sizes_and_steps(x_shape, weight_shape, stride, padding, dilation):
    """The kernels' sizes and steps. I = floor((H + 2 p - d (K - 1) - 1) / s) + 1, and J likewise."""
    n, c, *image = x_shape
    o, d, *window = weight_shape
    out = [
        (size + 2 * p - step * (k - 1) - 1) // s + 1
        for size, k, s, p, step in zip(image, window, stride, padding, dilation, strict=True)
    ]
    return (n, c, *image, o, d, *window, *out), (*stride, *padding, *dilation)


@cuda.jit
def conv2d_kernel(out, x, weight, sizes, steps):
    """out, the convolution. Grid: 1-d; one thread an element; global memory only."""
    _, C, H, W, O, D, K, L, I, J = sizes
    stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w = steps
    for at in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        j, i, o, n = at % J, at // J % I, at // (J * I) % O, at // (J * I * O)
        first_channel = o // (O // (C // D)) * D  # of the group that o belongs to
        total = out.dtype.type(0)
        for c in range(D):
            for u in range(K):
                h = i * stride_h - padding_h + u * dilation_h
                if 0 <= h < H:
                    for v in range(L):
                        w = j * stride_w - padding_w + v * dilation_w
                        if 0 <= w < W:
                            total += (
                                x[((n * C + first_channel + c) * H + h) * W + w] * weight[((o * D + c) * K + u) * L + v]
                            )
        out[at] = total


@cuda.jit
def conv2d_input_kernel(out, g, weight, sizes, steps):
    """out, the gradient of x: the sum over all windows that x[n, c, h, w] is in. Grid: 1-d; one thread an element;
    global memory only."""
    _, C, H, W, O, D, K, L, I, J = sizes
    stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w = steps
    group_outputs = O // (C // D)
    for at in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        w, h, c, n = at % W, at // W % H, at // (W * H) % C, at // (W * H * C)
        first_output = c // D * group_outputs
        total = out.dtype.type(0)
        for o in range(first_output, first_output + group_outputs):
            for u in range(K):
                # h = i * stride - padding + u * dilation, solved for i
                i, rest_h = divmod(h + padding_h - u * dilation_h, stride_h)
                if rest_h == 0 and 0 <= i < I:
                    for v in range(L):
                        j, rest_w = divmod(w + padding_w - v * dilation_w, stride_w)
                        if rest_w == 0 and 0 <= j < J:
                            total += g[((n * O + o) * I + i) * J + j] * weight[((o * D + c % D) * K + u) * L + v]
        out[at] = total


@cuda.jit
def conv2d_weight_kernel(out, g, x, sizes, steps):
    """out, the gradient of weight: the sum over all images and places that weight[o, c, u, v] was used at.

    Grid: 1-d; one block an element, as these sums are long; shared memory: a value a thread, for block_sum.
    """
    N, C, H, W, O, D, K, L, I, J = sizes
    stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w = steps
    shared = cuda.shared.array(THREADS, out.dtype)
    for at in range(cuda.blockIdx.x, out.size, cuda.gridDim.x):
        v, u, c, o = at % L, at // L % K, at // (L * K) % D, at // (L * K * D)
        channel = o // (O // (C // D)) * D + c
        total = out.dtype.type(0)
        for place in range(cuda.threadIdx.x, N * I * J, THREADS):
            j, i, n = place % J, place // J % I, place // (J * I)
            h = i * stride_h - padding_h + u * dilation_h
            w = j * stride_w - padding_w + v * dilation_w
            if 0 <= h < H and 0 <= w < W:
                total += g[((n * O + o) * I + i) * J + j] * x[((n * C + channel) * H + h) * W + w]
        total = block_sum(total, shared)
        if cuda.threadIdx.x == 0:
            out[at] = total


@in_float32
def conv2d(x, weight, stride, padding, dilation, groups):
    """The convolution of x (N, C, H, W) with weight (O, C / groups, K, L): (N, O, I, J). Settings are pairs of ints."""
    sizes, steps = sizes_and_steps(x.shape, weight.shape, stride, padding, dilation)
    out = empty((x.shape[0], weight.shape[0], *sizes[-2:]), x.dtype)
    launch(conv2d_kernel, elements(out.size), out, packed(x), packed(weight), sizes, steps)
    return out


@in_float32
def conv2d_input(g, weight, input_shape, stride, padding, dilation, groups):
    """The gradient of x, of shape input_shape, from the gradient g of the convolution."""
    sizes, steps = sizes_and_steps(input_shape, weight.shape, stride, padding, dilation)
    out = empty(input_shape, g.dtype)
    launch(
        conv2d_input_kernel, elements(out.size), out, packed(g), packed(weight), sizes, steps
    )
    return out


@in_float32
def conv2d_weight(g, x, weight_shape, stride, padding, dilation, groups):
    """The gradient of weight, of shape weight_shape, from the gradient g of the convolution."""
    sizes, steps = sizes_and_steps(x.shape, weight_shape, stride, padding, dilation)
    out = empty(weight_shape, g.dtype)
    launch(conv2d_weight_kernel, rows(out.size), out, packed(g), packed(x), sizes, steps)
    return out
