"""Every exception that `python -m parity opinfo` and `python -m parity mutants` make, each with its reason."""

# Entries without samples for a CPU in any real dtype: nothing to check.
NO_SAMPLES = {
    ("nn.functional.silu", "complex"): "complex dtypes only",
    ("nn.functional.batch_norm", "without_cudnn"): "for a GPU only",
}
# Bad inputs that need not be refused alike: what torch says of them, and why.
ACCIDENTS = {
    "no error": "bad inputs of the database that torch 2.13 takes",
    "descriptor '__r": "reflected operators called by hand with a number for self, which Python itself refuses",
    "object has no attribute 'reciprocal'": "reflected operators called by hand with a number for self, which Python "
    "itself refuses",
}
# Results whose numbers are nobody's promise: shape and dtype only.
NO_VALUES = {
    "empty_like": "uninitialised memory",
}
# Results that are free up to a sign or a rotation: compared after the database's own output_process_fn_grad.
FREE = {
    "linalg.svd": "singular vectors are free in their sign",
    "linalg.eigh": "eigenvectors are free in their sign",
}
# Indices of which an unstable sort may exchange those of equal elements: compared are the elements that they name.
TIES = {
    "sort": "where stable is not asked for, ours is, torch's depends on the processor",
    "argsort": "where stable is not asked for, ours is, torch's depends on the processor",
}
# Errors in units of the last place (parity/compare.py) beyond the usual limit.
LIMITS = {
    "nn.functional.scaled_dot_product_attention": (
        1024,
        "exponentials of scores of some hundreds, so that one ulp of a score is hundreds of its weight",
    ),
    "nn.functional.normalize": (
        16384,
        "of vectors of one element torch's second derivative is not quite 0, as ours is",
    ),
    "linalg.svd": (
        512,
        "derivatives divide by the gaps between the values: inputs one ulp apart differ as much in torch itself",
    ),
    "linalg.eigh": (
        512,
        "derivatives divide by the gaps between the values: inputs one ulp apart differ as much in torch itself",
    ),
}
# The same for modules.
DEEP = "second derivatives through layers of attention: each softmax and norm loses some"
MODULE_LIMITS = {
    "TransformerEncoder": (512, DEEP),
    "Transformer": (512, DEEP),
    "CTCLoss": (
        512,
        "logarithms of probabilities of some -100, whose ulp is a hundred of what they stand for; both are as far from "
        "80-bit numbers",
    ),
}
# Optimizers that compute in bfloat16, whatever their parameters are, and how far they may part, in 2^-8 of a step.
IN_BFLOAT16 = {
    "Muon": (
        16,
        "directions are computed in bfloat16: errors are in units of 2^-8 of a step, of which 16 are allowed, as each "
        "iteration of Newton and Schulz makes a rounding before it up to 3.4 times as large",
    ),
}
# Errors of the states of optimizers beyond the usual limit.
STATE_LIMITS = {
    "LBFGS": (
        2**20,
        "its state holds what it divides by: differences of ever closer gradients. torch beside torch, from parameters "
        "one ulp apart, parts as far; parameters are within the usual limit",
    ),
}
# Optimizers whose foreach steps torch itself computes otherwise than its plain ones.
FOREACH_APART = {
    "ASGD": "torch's foreach computes 1 - lambd eta in float32: in float32 only",
}
# Mutants that nothing notices: (operation, fault) -> why.
SURVIVORS = {}
# Derivatives that no row reaches: operation -> why.
UNREACHED = {
    "digamma": "torch's own polygamma(1) is true to 10 digits only; tests/test_elementwise.py has it",
    "hardsigmoid": "torch's own derivative in float64 has the 1/6 of float32",
}


def stated():
    """(reason, names) of all of them."""
    return [
        *[(reason, [f"{name} {variant}"]) for (name, variant), reason in NO_SAMPLES.items()],
        *[(f"values not compared, {reason}", [name]) for name, reason in NO_VALUES.items()],
        *[(f"compared up to a sign, {reason}", [name]) for name, reason in FREE.items()],
        *[(f"indices of equal elements not compared, {reason}", [name]) for name, reason in TIES.items()],
        *[
            (f"within {limit} ulp, {reason}", [name])
            for name, (limit, reason) in {**LIMITS, **MODULE_LIMITS, **STATE_LIMITS}.items()
        ],
        *[(reason, [name]) for name, (_, reason) in IN_BFLOAT16.items()],
    ]
