"""The operations on whole arrays as methods of Tensor: names only. What they do stands in ops/."""

from minitorch import ops
from minitorch.autograd.inplace import inplace, inplace_parts
from minitorch.autograd.turning import turning


class ArrayMethods:
    """x.sum(), x.reshape(2, 3), x.sort() ...: what Tensor inherits. A name with _ at its end writes into x."""

    # -- activations ---------------------------------------------------------------------------------------------------

    relu = ops.activation.relu
    prelu = ops.piecewise.prelu
    hardshrink = ops.piecewise.hardshrink
    sigmoid = ops.activation.sigmoid
    softmax = ops.activation.softmax
    log_softmax = ops.activation.log_softmax

    # -- reductions ----------------------------------------------------------------------------------------------------

    sum = ops.reduce.sum
    mean = ops.reduce.mean
    prod = ops.reduce.prod
    nansum = ops.reduce.nansum
    nanmean = ops.reduce.nanmean
    logsumexp = ops.reduce.logsumexp
    count_nonzero = ops.reduce.count_nonzero
    var = ops.variance.var
    std = ops.variance.std
    any = ops.reduce.any
    all = ops.reduce.all
    max = ops.extremes.max
    min = ops.extremes.min
    amax = ops.extremes.amax
    amin = ops.extremes.amin
    aminmax = ops.extremes.aminmax
    argmax = ops.extremes.argmax
    argmin = ops.extremes.argmin
    median = ops.order.median
    cov = ops.variance.cov
    corrcoef = ops.variance.corrcoef
    nanmedian = ops.order.nanmedian
    kthvalue = ops.order.kthvalue
    mode = ops.order.mode
    quantile = ops.order.quantile
    nanquantile = ops.order.nanquantile
    cumsum = ops.scan.cumsum
    cumprod = ops.scan.cumprod
    logcumsumexp = ops.scan.logcumsumexp
    cummax = ops.scan.cummax
    cummin = ops.scan.cummin
    diff = ops.scan.diff

    # -- shapes --------------------------------------------------------------------------------------------------------

    view = ops.shape.view_
    view_as = ops.shape.view_as
    reshape = ops.shape.reshape
    reshape_as = ops.shape.reshape_as
    flatten = ops.shape.flatten
    unflatten = ops.shape.unflatten
    ravel = ops.shape.ravel
    squeeze = ops.shape.squeeze
    unsqueeze = ops.shape.unsqueeze
    permute = ops.permute.permute
    transpose = swapaxes = swapdims = ops.permute.transpose
    t = ops.permute.t
    T = property(ops.permute.T)
    H = property(ops.permute.H)
    mT = property(ops.permute.mT)
    mH = property(ops.permute.mT)
    adjoint = ops.permute.adjoint
    movedim = moveaxis = ops.permute.movedim
    expand = ops.expand.expand
    expand_as = ops.expand.expand_as
    broadcast_to = ops.expand.broadcast_to
    sum_to_size = ops.expand.sum_to_size
    repeat = ops.expand.repeat
    tile = ops.expand.tile
    repeat_interleave = ops.expand.repeat_interleave
    select = ops.parts.select
    narrow = ops.parts.narrow
    split = ops.parts.split
    split_with_sizes = ops.parts.split_with_sizes
    tensor_split = ops.parts.tensor_split
    hsplit = ops.parts.hsplit
    vsplit = ops.parts.vsplit
    dsplit = ops.parts.dsplit
    chunk = ops.parts.chunk
    unbind = ops.parts.unbind
    select_scatter = ops.parts.select_scatter
    slice_scatter = ops.parts.slice_scatter
    flip = ops.flip.flip
    fliplr = ops.flip.fliplr
    flipud = ops.flip.flipud
    roll = ops.flip.roll
    rot90 = ops.flip.rot90
    diagonal = ops.diagonal.diagonal
    diag = ops.diagonal.diag
    diag_embed = ops.diagonal.diag_embed
    diagflat = ops.diagonal.diagflat
    diagonal_scatter = ops.diagonal.diagonal_scatter
    tril = ops.diagonal.tril
    triu = ops.diagonal.triu
    unfold = ops.strides.unfold
    as_strided = ops.strides.as_strided
    storage_offset = ops.strides.storage_offset

    # -- elements by their indices, order ------------------------------------------------------------------------------

    take = ops.indexing.take
    put = ops.indexing.put
    index_put = ops.indexing.index_put
    gather = ops.gather.gather
    scatter = ops.gather.scatter
    scatter_add = ops.gather.scatter_add
    scatter_reduce = ops.gather.scatter_reduce
    take_along_dim = ops.gather.take_along_dim
    index_select = ops.index.index_select
    index_add = ops.index.index_add
    index_copy = ops.index.index_copy
    index_fill = ops.index.index_fill
    index_reduce = ops.index.index_reduce
    masked_select = ops.masks.masked_select
    masked_scatter = ops.masks.masked_scatter
    nonzero = ops.masks.nonzero
    argwhere = ops.masks.argwhere
    sort = ops.sorting.sort
    argsort = ops.sorting.argsort
    msort = ops.sorting.msort
    topk = ops.sorting.topk
    unique = ops.unique.unique
    unique_consecutive = ops.unique.unique_consecutive
    bincount = ops.unique.bincount
    histc = ops.unique.histc

    # -- drawn ---------------------------------------------------------------------------------------------------------

    bernoulli = ops.draw.bernoulli
    multinomial = ops.draw.multinomial

    # -- products ------------------------------------------------------------------------------------------------------

    matmul = ops.matmul.matmul
    mm = ops.matmul.mm
    bmm = ops.matmul.bmm
    mv = ops.matmul.mv
    dot = ops.matmul.dot
    outer = ops.matmul.outer
    ger = ops.matmul.outer
    addmm = ops.products.addmm
    addmv = ops.products.addmv
    addbmm = ops.products.addbmm
    baddbmm = ops.products.baddbmm
    addr = ops.products.addr
    vdot = ops.products.vdot
    inner = ops.products.inner
    trace = ops.products.trace
    kron = ops.products.kron
    cross = ops.products.cross
    norm = ops.matrix_norm.norm
    dist = ops.distance.dist
    inverse = ops.legacy_linalg.inverse
    det = ops.legacy_linalg.det
    logdet = ops.solve.logdet
    matrix_power = ops.solve.matrix_power
    cholesky_solve = ops.triangular.cholesky_solve
    cholesky_inverse = ops.triangular.cholesky_inverse
    slogdet = ops.legacy_linalg.slogdet
    svd = ops.legacy_linalg.svd
    qr = ops.legacy_linalg.qr
    cholesky = ops.legacy_linalg.cholesky
    pinverse = ops.legacy_linalg.pinverse

    # -- conversion, copies --------------------------------------------------------------------------------------------

    to = ops.convert.to
    cast = ops.convert.cast
    type_as = ops.convert.type_as
    half = ops.convert.half
    bfloat16 = ops.convert.bfloat16
    float = ops.convert.float_
    double = ops.convert.double
    byte = ops.convert.byte
    char = ops.convert.char
    short = ops.convert.short
    int = ops.convert.int_
    long = ops.convert.long
    bool = ops.convert.bool_
    cpu = ops.convert.cpu
    cuda = ops.convert.cuda
    is_pinned = ops.convert.is_pinned
    pin_memory = ops.convert.pin_memory
    record_stream = ops.convert.record_stream
    clone = ops.convert.clone
    contiguous = ops.convert.contiguous
    new_zeros = ops.like.new_zeros
    new_ones = ops.like.new_ones
    new_empty = ops.like.new_empty
    new_full = ops.like.new_full
    new_empty_strided = ops.like.new_empty_strided

    # -- in place ------------------------------------------------------------------------------------------------------

    copy_ = ops.convert.copy_
    fill_ = ops.convert.fill_
    zero_ = ops.convert.zero_
    relu_ = inplace(ops.activation.relu)
    sigmoid_ = inplace(ops.activation.sigmoid)
    tril_ = inplace(ops.diagonal.tril)
    triu_ = inplace(ops.diagonal.triu)
    transpose_ = swapaxes_ = swapdims_ = turning(
        ops.permute.transpose, lambda x, shape, dim0, dim1: x.transpose(dim0, dim1)
    )
    t_ = turning(ops.permute.t, lambda x, shape: x.t())
    squeeze_ = turning(ops.shape.squeeze, lambda x, shape, *dims, **named: x.view(shape))
    unsqueeze_ = turning(ops.shape.unsqueeze, lambda x, shape, dim: x.squeeze(dim))
    resize_ = ops.strides.resize_
    resize_as_ = ops.strides.resize_as_
    addmm_ = inplace(ops.products.addmm)
    addmv_ = inplace(ops.products.addmv)
    addbmm_ = ops.products.addbmm_
    baddbmm_ = inplace(ops.products.baddbmm)
    addr_ = inplace(ops.products.addr)
    cumsum_ = inplace(ops.scan.in_own_dtype(ops.scan.cumsum))
    cumprod_ = inplace(ops.scan.in_own_dtype(ops.scan.cumprod))
    put_ = inplace_parts(ops.indexing.put)
    index_put_ = inplace_parts(ops.indexing.index_put)
    scatter_ = inplace_parts(ops.gather.scatter)
    scatter_add_ = inplace_parts(ops.gather.scatter_add)
    scatter_reduce_ = inplace(ops.gather.scatter_reduce)
    index_add_ = inplace_parts(ops.index.index_add)
    index_copy_ = inplace_parts(ops.index.index_copy)
    index_fill_ = inplace_parts(ops.index.index_fill)
    index_reduce_ = inplace(ops.index.index_reduce)
    masked_scatter_ = inplace_parts(ops.masks.masked_scatter)
    uniform_ = ops.sampling.uniform_
    normal_ = ops.sampling.normal_
    random_ = ops.sampling.random_
    bernoulli_ = ops.sampling.bernoulli_
    exponential_ = ops.sampling.exponential_
    geometric_ = ops.sampling.geometric_
    cauchy_ = ops.sampling.cauchy_
    log_normal_ = ops.sampling.log_normal_
