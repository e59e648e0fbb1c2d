"""Einstein's summation, over random equations."""

from hypothesis import strategies as st

from parity.draw import Case, arrays, pick, salts
from parity.harness import Row

LETTERS = "abcAz"


@st.composite
def equations(draw):
    """One to four operands: letters of their sizes, some repeated in one operand, some with '...'; the output implicit
    or any part of the letters, in any order. Some dims have size 1 where another operand has more."""
    sizes = {c: draw(pick(2, 3, 1)) for c in LETTERS}
    covered = draw(pick((), (2,), (3, 2)))  # what the longest '...' stands for
    inputs, operands = [], []
    for _ in range(draw(st.integers(1, 4))):
        letters = draw(st.lists(st.sampled_from(LETTERS), max_size=3))
        narrow = draw(st.booleans()) and len(set(letters)) == len(letters)
        shape = [1 if narrow and draw(st.booleans()) else sizes[c] for c in letters]
        if draw(st.booleans()):
            at = draw(st.integers(0, len(letters)))
            rest = covered[draw(st.integers(0, len(covered))) :]
            letters[at:at] = ["..."]
            shape[at:at] = rest
        inputs.append("".join(letters))
        operands.append(draw(arrays(tuple(shape), ("whole", "normal"))))
    equation = ",".join(inputs)
    if draw(st.booleans()):
        known = sorted(set(equation) - {",", "."})
        output = draw(st.permutations(known))[: draw(st.integers(0, len(known)))]
        if "..." in equation and draw(st.booleans()):
            output.insert(draw(st.integers(0, len(output))), "...")
        equation += draw(pick("->", " -> ")) + "".join(output)
    return Case((equation, *operands), salt=draw(salts()))


@st.composite
def sublists(draw):
    """The same as numbers: operand, list, operand, list, and perhaps the output's list."""
    known = draw(equations())
    equation, *operands = known.args
    inputs, arrow, output = equation.replace(" ", "").partition("->")
    args = [part for x, labels in zip(operands, inputs.split(","), strict=True) for part in (x, numbers(labels))]
    return Case((*args, *([numbers(output)] if arrow else [])), salt=known.salt)


def numbers(labels):
    """A to Z are 0 to 25, a to z 26 to 51."""
    return [... if c == "." else ord(c) - (65 if c < "a" else 71) for c in labels.replace("...", ".")]


ROWS = [
    # An operand alone with a letter is summed over it first, in its own dtype.
    Row("einsum", lambda lib, *args: lib.einsum(*args), equations(), "sums", float32_part=True),
    Row("einsum by lists", lambda lib, *args: lib.einsum(*args), sublists(), "sums", float32_part=True),
    Row(
        "einsum refuses",
        lambda lib, equation, *operands: lib.einsum(equation, *operands),
        st.builds(
            lambda equation, x, y, salt: Case((equation, x, y), salt=salt),
            st.text("ij,->. 1", max_size=9),
            arrays(pick((2, 3), (2, 2))),
            arrays(pick((3, 2), (2,))),
            salts(),
        ),
        "sums",
        ("grad", "grad grad", "float32", "dtypes", "layout", "edges", "errors"),
    ),
]
