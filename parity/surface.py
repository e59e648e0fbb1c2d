"""The operators of the first tier, by family, under the names that torch's own operator database gives them."""

FAMILIES = {
    "elementwise_unary": """
        abs acos acosh asin asinh atan atanh ceil cos cosh erf erfc exp exp2 expm1 floor frac isfinite isinf isnan log
        log10 log1p log2 logical_not logit neg positive reciprocal round rsqrt sigmoid sign sin sinh sqrt square tan
        tanh trunc bitwise_not
    """,
    "elementwise_binary": """
        add sub mul div true_divide floor_divide remainder fmod pow atan2 maximum minimum logaddexp eq ne lt le gt ge
        isclose logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor __radd__ __rsub__ __rmul__
        __rdiv__ __rpow__ __rmatmul__
    """,
    "elementwise_ternary": """
        addcmul addcdiv lerp clamp clamp_min clamp_max where masked_fill
    """,
    "reduction": """
        sum mean prod amax amin aminmax max min argmax argmin all any var std var_mean std_mean median nansum logsumexp
        norm count_nonzero cumsum cumprod allclose equal diff dist
    """,
    "shape": """
        reshape view view_as flatten unflatten ravel squeeze unsqueeze transpose t permute movedim T mT expand expand_as
        broadcast_to broadcast_tensors repeat repeat_interleave tile cat stack hstack vstack dstack column_stack split
        split_with_sizes chunk unbind flip fliplr flipud roll narrow atleast_1d atleast_2d atleast_3d meshgrid
        contiguous clone unfold diagonal diag tril triu
    """,
    "index_sort": """
        __getitem__ index_select index_add index_copy index_fill gather scatter scatter_add select masked_select
        masked_scatter take_along_dim nonzero argwhere sort argsort topk unique bincount tril_indices triu_indices
    """,
    "linalg": """
        matmul mm bmm mv dot vdot inner outer addmm addmv addbmm baddbmm einsum tensordot trace cdist linalg.norm
        linalg.vector_norm linalg.inv linalg.det linalg.slogdet linalg.solve linalg.cholesky linalg.qr linalg.svd
        linalg.eigh
    """,
    "create_cast": """
        arange linspace eye full full_like zeros zeros_like ones ones_like empty_like new_zeros new_ones new_full float
        double half long int bool to item randn uniform normal bernoulli multinomial
    """,
    "nn.functional": """
        linear conv1d conv2d conv_transpose1d conv_transpose2d unfold max_pool1d max_pool2d avg_pool1d avg_pool2d
        adaptive_avg_pool1d adaptive_avg_pool2d adaptive_max_pool1d adaptive_max_pool2d batch_norm instance_norm
        layer_norm group_norm rms_norm normalize relu relu6 leaky_relu prelu elu selu celu gelu silu mish hardswish
        hardtanh softplus softsign softmin logsigmoid glu embedding one_hot dropout dropout2d cross_entropy nll_loss
        mse_loss l1_loss smooth_l1_loss huber_loss binary_cross_entropy binary_cross_entropy_with_logits kl_div
        hinge_embedding_loss margin_ranking_loss cosine_embedding_loss cosine_similarity pairwise_distance
        triplet_margin_loss soft_margin_loss pad interpolate pixel_shuffle scaled_dot_product_attention
    """,
    "top_nn": """
        softmax log_softmax
    """,
}


def families():
    """{operator: its family}, in order."""
    out = {}
    for family, names in FAMILIES.items():
        prefix = "nn.functional." if family == "nn.functional" else ""
        out.update((prefix + name, family) for name in names.split())
    return out
