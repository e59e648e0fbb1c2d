"""What layers compute, as functions.

https://docs.pytorch.org/docs/stable/nn.functional.html
"""

from minitorch.autograd.inplace import inplace, switchable
from minitorch.ops import activation, piecewise
from minitorch.ops.activation import (
    gelu,
    glu,
    legacy_dim,
    logsigmoid,
    sigmoid,
    softmin,
    softplus,
    softsign,
    tanhshrink,
)
from minitorch.ops.adaptive_pool import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    adaptive_max_pool3d,
    fractional_max_pool2d,
    fractional_max_pool3d,
)
from minitorch.ops.attention import scaled_dot_product_attention
from minitorch.ops.bilinear import bilinear
from minitorch.ops.binary_loss import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    multilabel_soft_margin_loss,
    soft_margin_loss,
)
from minitorch.ops.conv import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d
from minitorch.ops.cross_entropy import cross_entropy, nll_loss
from minitorch.ops.ctc import ctc_loss
from minitorch.ops.draw import gumbel_softmax
from minitorch.ops.dropout import alpha_dropout, dropout, dropout1d, dropout2d, dropout3d, feature_alpha_dropout
from minitorch.ops.elementwise import tanh
from minitorch.ops.embedding import embedding, one_hot
from minitorch.ops.embedding_bag import embedding_bag
from minitorch.ops.focal_loss import focal_loss
from minitorch.ops.fold import fold, unfold
from minitorch.ops.grid_sample import affine_grid, grid_sample
from minitorch.ops.interpolate import interpolate, upsample, upsample_bilinear, upsample_nearest
from minitorch.ops.likelihood_loss import gaussian_nll_loss, kl_div, poisson_nll_loss
from minitorch.ops.linear_cross_entropy import linear_cross_entropy
from minitorch.ops.loss import huber_loss, l1_loss, mse_loss, smooth_l1_loss
from minitorch.ops.margin_loss import (
    cosine_embedding_loss,
    hinge_embedding_loss,
    margin_ranking_loss,
    multi_margin_loss,
    multilabel_margin_loss,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
)
from minitorch.ops.matmul import linear
from minitorch.ops.multihead import masked_softmax, multi_head_attention_forward
from minitorch.ops.norm import batch_norm, group_norm, instance_norm, layer_norm, local_response_norm, rms_norm
from minitorch.ops.pad import pad
from minitorch.ops.piecewise import hardshrink, prelu, softshrink
from minitorch.ops.pixel_shuffle import channel_shuffle, pixel_shuffle, pixel_unshuffle
from minitorch.ops.pool import (
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    lp_pool1d,
    lp_pool2d,
    lp_pool3d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
)
from minitorch.ops.similarity import cosine_similarity, normalize, pairwise_distance
from minitorch.ops.unpool import max_unpool1d, max_unpool2d, max_unpool3d

# -- softmax, of which dim may be left out, for torch's choice ---------------------------------------------------------


def softmax(input, dim=None, _stacklevel=3, dtype=None):
    """e^x / sum of e^x along dim: positive numbers that sum to 1."""
    dim = legacy_dim("softmax", input.ndim, _stacklevel) if dim is None else dim
    return activation.softmax(input, dim, dtype)


def log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    """x - log(sum of e^x) along dim."""
    dim = legacy_dim("log_softmax", input.ndim, _stacklevel) if dim is None else dim
    return activation.log_softmax(input, dim, dtype)


# -- activations that may be written into their input: silu(x, inplace=True), relu_(x) ---------------------------------

relu, relu_ = switchable(activation.relu), inplace(activation.relu)
leaky_relu, leaky_relu_ = switchable(piecewise.leaky_relu), inplace(piecewise.leaky_relu)
rrelu, rrelu_ = switchable(piecewise.rrelu), inplace(piecewise.rrelu)
threshold, threshold_ = switchable(piecewise.threshold), inplace(piecewise.threshold)
hardtanh, hardtanh_ = switchable(piecewise.hardtanh), inplace(piecewise.hardtanh)
relu6 = switchable(piecewise.relu6)
hardsigmoid = switchable(piecewise.hardsigmoid)
hardswish = switchable(piecewise.hardswish)
elu, elu_ = switchable(activation.elu), inplace(activation.elu)
celu, celu_ = switchable(activation.celu), inplace(activation.celu)
selu, selu_ = switchable(activation.selu), inplace(activation.selu)
silu = switchable(activation.silu)
mish = switchable(activation.mish)
