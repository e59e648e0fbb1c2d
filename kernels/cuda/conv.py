"""2-d convolution and its two gradients, as direct sums.

    out[n, k, p, q] = sum over c, r, s of x[n, c, p * stride - padding + r * dilation, ...] weight[k, c, r, s]

with q and s for columns as p and r for rows; x is 0 outside. Stride, padding and dilation are pairs: for rows, for
columns. With groups, output channel k sees the C / groups channels of its own group only. The gradients are the
transposes of this linear map, one in x and one in weight.
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html
"""

from kernels.cuda.array import empty, in_float32, packed
from kernels.cuda.block import block_sum
from kernels.cuda.device import THREADS, cuda
from kernels.cuda.launch import elements, launch, rows

# The letters are cuDNN's: x is (N, C, H, W), weight (K, D, R, S) with D = C / groups, out (N, K, P, Q). In the kernels,
# sizes are these ten numbers, and steps = (*stride, *padding, *dilation); all arrays are contiguous, in global memory.


def sizes_and_steps(x_shape, weight_shape, stride, padding, dilation):
    """The kernels' sizes and steps. P = floor((H + 2 padding - dilation (R - 1) - 1) / stride) + 1, and Q likewise."""
    dims = zip(x_shape[2:], weight_shape[2:], stride, padding, dilation, strict=True)
    out = [(size + 2 * pad - apart * (window - 1) - 1) // step + 1 for size, window, step, pad, apart in dims]
    return (*x_shape, *weight_shape, *out), (*stride, *padding, *dilation)


@cuda.jit
def conv2d_kernel(out, x, weight, sizes, steps):
    """out, the convolution. Grid: 1-d; one thread an element; global memory only."""
    _, C, H, W, K, D, R, S, P, Q = sizes
    stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w = steps
    for at in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        q, p, k, n = at % Q, at // Q % P, at // (Q * P) % K, at // (Q * P * K)
        first_channel = k // (K // (C // D)) * D  # of the group that k belongs to
        total = out.dtype.type(0)
        for d in range(D):
            plane = (n * C + first_channel + d) * H * W
            window = (k * D + d) * R * S
            for r in range(R):
                h = p * stride_h - padding_h + r * dilation_h
                if 0 <= h < H:
                    for s in range(S):
                        w = q * stride_w - padding_w + s * dilation_w
                        if 0 <= w < W:
                            total += x[plane + h * W + w] * weight[window + r * S + s]
        out[at] = total


@cuda.jit
def conv2d_input_kernel(out, g, weight, sizes, steps):
    """out, the gradient of x: the sum over all windows that x[n, c, h, w] is in.

    Grid: 1-d; one thread an element of x; global memory only.
    """
    _, C, H, W, K, D, R, S, P, Q = sizes
    stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w = steps
    group_outputs = K // (C // D)
    for at in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        w, h, c, n = at % W, at // W % H, at // (W * H) % C, at // (W * H * C)
        first_output = c // D * group_outputs
        total = out.dtype.type(0)
        for k in range(first_output, first_output + group_outputs):
            plane = (n * K + k) * P * Q
            window = (k * D + c % D) * R * S
            for r in range(R):
                # h = p * stride - padding + r * dilation, solved for p
                p, rest_h = divmod(h + padding_h - r * dilation_h, stride_h)
                if rest_h == 0 and 0 <= p < P:
                    for s in range(S):
                        q, rest_w = divmod(w + padding_w - s * dilation_w, stride_w)
                        if rest_w == 0 and 0 <= q < Q:
                            total += g[plane + p * Q + q] * weight[window + r * S + s]
        out[at] = total


@cuda.jit
def conv2d_weight_kernel(out, g, x, sizes, steps):
    """out, the gradient of weight: the sum over all images n and places p, q where weight[k, d, r, s] was used.

    Grid: 1-d; one block an element of weight, as these sums are long; shared memory: a value a thread, for block_sum.
    """
    N, C, H, W, K, D, R, S, P, Q = sizes
    stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w = steps
    shared = cuda.shared.array(THREADS, out.dtype)
    for at in range(cuda.blockIdx.x, out.size, cuda.gridDim.x):
        s, r, d, k = at % S, at // S % R, at // (S * R) % D, at // (S * R * D)
        channel = k // (K // (C // D)) * D + d
        total = out.dtype.type(0)
        for use in range(cuda.threadIdx.x, N * P * Q, THREADS):
            q, p, n = use % Q, use // Q % P, use // (Q * P)
            h = p * stride_h - padding_h + r * dilation_h
            w = q * stride_w - padding_w + s * dilation_w
            if 0 <= h < H and 0 <= w < W:
                total += g[((n * K + k) * P + p) * Q + q] * x[((n * C + channel) * H + h) * W + w]
        total = block_sum(total, shared)
        if cuda.threadIdx.x == 0:
            out[at] = total


@in_float32
def conv2d(x, weight, stride, padding, dilation, groups):
    """The convolution of x (N, C, H, W) with weight (K, C / groups, R, S): (N, K, P, Q)."""
    sizes, steps = sizes_and_steps(x.shape, weight.shape, stride, padding, dilation)
    out = empty((x.shape[0], weight.shape[0], *sizes[-2:]), x.dtype)
    launch(conv2d_kernel, elements(out.size), out, packed(x), packed(weight), sizes, steps)
    return out


@in_float32
def conv2d_input(g, weight, input_shape, stride, padding, dilation, groups):
    """The gradient of x, of shape input_shape, from the gradient g of the convolution."""
    sizes, steps = sizes_and_steps(input_shape, weight.shape, stride, padding, dilation)
    out = empty(input_shape, g.dtype)
    launch(conv2d_input_kernel, elements(out.size), out, packed(g), packed(weight), sizes, steps)
    return out


@in_float32
def conv2d_weight(g, x, weight_shape, stride, padding, dilation, groups):
    """The gradient of weight, of shape weight_shape, from the gradient g of the convolution."""
    sizes, steps = sizes_and_steps(x.shape, weight_shape, stride, padding, dilation)
    out = empty(weight_shape, g.dtype)
    launch(conv2d_weight_kernel, rows(out.size), out, packed(g), packed(x), sizes, steps)
    return out
