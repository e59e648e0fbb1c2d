"""What operations with several named results return: a tuple with names, printed as torch prints it."""

from collections import namedtuple


def return_type(name, *fields):
    """A namedtuple class whose repr is torch's."""
    base = namedtuple(name, fields)

    def __repr__(self):
        lines = ",\n".join(f"{field}={value!r}" for field, value in zip(fields, self, strict=True))
        return f"minitorch.return_types.{name}(\n{lines})"

    return type(name, (base,), {"__slots__": (), "__repr__": __repr__, "__module__": __name__})


max = return_type("max", "values", "indices")
min = return_type("min", "values", "indices")
sort = return_type("sort", "values", "indices")
topk = return_type("topk", "values", "indices")
