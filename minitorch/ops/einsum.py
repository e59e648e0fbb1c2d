"""Einstein's summation: einsum("ij,jk->ik", a, b) is the sum of a[i, j] b[j, k] over j, a matrix product.

Each letter names a dim; "..." stands for any number of them. Operands are joined pair by pair, from left to right. For
a pair, a letter is one of four kinds, and the whole is a product of batches of matrices:

    in both, and needed later: batch        in a alone: rows
    in both, and not needed:   inner        in b alone: columns          (batch, rows, inner) (batch, inner, columns)

https://docs.pytorch.org/docs/stable/generated/torch.einsum.html
"""

import math
import re

from minitorch.autograd.variable import Variable
from minitorch.ops.matmul import bmm, refuse

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"  # in the order of an output that is not given


def einsum(*args):
    """einsum(equation, *operands), or einsum(operand, [0, ...], operand, [1], ..., [0, 1]) with numbers below 52 for
    letters. A letter twice in one operand takes its diagonal; of a dim of size 1 there may be any number elsewhere.
    Without "->", the output has the dims of "...", then the letters that occur once, in alphabetical order.

    RuntimeError for an equation that makes no sense, or does not fit the operands' shapes.
    """
    equation, operands = arguments(args)
    inputs, output = parse(equation)
    refuse("einsum()", len(inputs) > len(operands), "fewer operands were provided than specified in the equation")
    refuse("einsum()", len(inputs) < len(operands), "more operands were provided than specified in the equation")
    terms = [spelled_out(i, x, labels) for i, (x, labels) in enumerate(zip(operands, inputs, strict=True))]
    covered = sorted({label for _, labels in terms for label in labels if isinstance(label, int)}, reverse=True)
    if output is None:
        once = [c for c in LETTERS if sum(labels.count(c) for labels in inputs) == 1]
        output = [*covered, *once]
    else:
        output = [label for known in output for label in (covered if known == "..." else [known])]
    check_output(output, terms)
    check_sizes(terms)
    return one(*terms[0], output) if len(terms) == 1 else several(terms, output)


def arguments(args):
    """(equation, operands) of a call, however it was made."""
    if len(args) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
            "subscripts list"
        )
    if isinstance(args[0], Variable):
        equation = ",".join("".join(map(letter, labels)) for labels in args[1::2])
        if len(args) % 2:
            equation += "->" + "".join(map(letter, args[-1]))
        operands = args[: len(args) // 2 * 2 : 2]
    else:
        equation, *operands = args
    if len(operands) == 1 and isinstance(operands[0], list | tuple):
        operands = operands[0]
    if not isinstance(equation, str):
        raise TypeError(f"einsum(): argument 'equation' (position 1) must be str, not {type(equation).__name__}")
    for i, x in enumerate(operands):
        if not isinstance(x, Variable):
            raise TypeError(f"expected Tensor as element {i} in argument 1, but got {type(x).__name__}")
    return equation, operands


def letter(number):
    """The letter of a number in a list of subscripts."""
    if number is ...:
        return "..."
    if not 0 <= number < len(LETTERS):
        raise ValueError("einsum(): subscript in subscript list is not within the valid range [0, 52)")
    return LETTERS[number]


def parse(equation):
    """([labels of each operand], labels of the output or None); a label is a letter or '...'."""
    inputs, output = [[]], None
    for match in re.finditer(r"\.\.\.|->|\S", equation):
        token, labels = match.group(), inputs[-1] if output is None else output
        if token == "," and output is None:
            inputs.append([])
        elif token == "->" and output is None:
            output = []
        elif token == "...":
            refuse("einsum()", "..." in labels, "found '.' for an operand for which an ellipsis was already found")
            labels.append(token)
        else:
            refuse("einsum()", token == ".", "found '.' for an operand that is not part of any ellipsis")
            refuse(
                "einsum()",
                token not in LETTERS,
                f"invalid subscript given at index {match.start()} in the equation string, subscripts must be in "
                "[a-zA-Z]",
            )
            labels.append(token)
    return inputs, output


def spelled_out(number, x, labels):
    """(operand, labels) with one label a dim: '...' becomes the numbers ..., 2, 1, 0, and diagonals are taken."""
    letters = len(labels) - labels.count("...")
    covered = x.ndim - letters
    fits = covered >= 0 if "..." in labels else covered == 0
    refuse(
        "einsum()",
        not fits,
        f"the number of subscripts in the equation ({letters}) does not match the number of dimensions ({x.ndim}) for "
        f"operand {number}",
    )
    labels = [label for c in labels for label in (reversed(range(covered)) if c == "..." else [c])]
    for i, label in enumerate(labels):
        while label in labels[i + 1 :]:
            j = labels.index(label, i + 1)
            m, n = x.shape[i], x.shape[j]
            refuse(
                "einsum()",
                m != n,
                f"subscript {label} is repeated for operand {number} but the sizes don't match, {n} != {m}",
            )
            x = x.diagonal(0, i, j).movedim(-1, i)  # (..., n, ..., n, ...) -> (..., n, ...)
            del labels[j]
    return x, labels


def check_output(output, terms):
    """RuntimeError unless each label of the output is there once, and in an operand."""
    for label in output:
        refuse("einsum()", output.count(label) > 1, f"output subscript {label} appears more than once in the output")
        known = any(label in labels for _, labels in terms)
        refuse(
            "einsum()",
            not known,
            f"output subscript {label} does not appear in the equation for any input operand",
        )


def check_sizes(terms):
    """RuntimeError unless a label has one size wherever it stands, or 1."""
    sizes = {}
    for number, (x, labels) in enumerate(terms):
        for label, n in zip(labels, x.shape, strict=True):
            seen = sizes.get(label, 1)
            refuse(
                "einsum()",
                n != seen and 1 not in (n, seen),
                f"subscript {label} has size {n} for operand {number} which does not broadcast with previously seen "
                f"size {seen}",
            )
            sizes[label] = max(n, seen) if n * seen else 0


def one(x, labels, output):
    """A single operand: sum, then permute."""
    x, labels = summed(x, labels, set(labels) - set(output))
    return x.permute([labels.index(label) for label in output])


def several(terms, output):
    """Join the operands pair by pair. Dims of size 1 are left out, and put back in the end: so they broadcast."""
    terms = [thinned(x, labels) for x, labels in terms]
    x, labels = terms[0]
    for i, (y, others) in enumerate(terms[1:], 2):
        needed = {*output}.union(*(later for _, later in terms[i:]))
        x, labels = join(x, labels, y, others, needed)
    x = x.permute([labels.index(label) for label in output if label in labels])
    for d, label in enumerate(output):
        if label not in labels:
            x = x.unsqueeze(d)
    return x


def thinned(x, labels):
    """An operand without its dims of size 1."""
    return x.squeeze(), [label for label, n in zip(labels, x.shape, strict=True) if n != 1]


def summed(x, labels, gone):
    """An operand summed over some of its labels."""
    dims = [d for d, label in enumerate(labels) if label in gone]
    return (x.sum(dims) if dims else x), [label for label in labels if label not in gone]


def join(a, left, b, right, needed):
    """The product of two operands, summed over the labels that are not needed any more, and its labels."""
    a, left = summed(a, left, set(left) - set(right) - needed)
    b, right = summed(b, right, set(right) - set(left) - needed)
    batch = [c for c in left if c in right and c in needed]
    inner = [c for c in left if c in right and c not in needed]
    rows, columns = [c for c in left if c not in right], [c for c in right if c not in left]
    a = a.permute([left.index(c) for c in (*batch, *rows, *inner)])
    b = b.permute([right.index(c) for c in (*batch, *inner, *columns)])
    sizes = [*a.shape[: len(batch) + len(rows)], *b.shape[b.ndim - len(columns) :]]
    if not inner:
        a = a.reshape(*a.shape, *[1] * len(columns))  # (batch..., rows...) -> (batch..., rows..., 1...)
        return a * b.reshape(*sizes[: len(batch)], *[1] * len(rows), *sizes[len(left) :]), [*batch, *rows, *columns]
    n, k = math.prod(sizes[: len(batch)]), math.prod(a.shape[len(batch) + len(rows) :])
    a = a.reshape(n, math.prod(sizes[len(batch) : len(batch) + len(rows)]), k)  # (batch..., rows..., inner...)
    b = b.reshape(n, k, math.prod(b.shape[b.ndim - len(columns) :]))  # (batch..., inner..., columns...)
    return bmm(a, b).reshape(sizes), [*batch, *rows, *columns]
