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
svd = return_type("svd", "U", "S", "V")
qr = return_type("qr", "Q", "R")
slogdet = return_type("slogdet", "sign", "logabsdet")
linalg_svd = return_type("linalg_svd", "U", "S", "Vh")
linalg_qr = return_type("linalg_qr", "Q", "R")
linalg_slogdet = return_type("linalg_slogdet", "sign", "logabsdet")
linalg_eigh = return_type("linalg_eigh", "eigenvalues", "eigenvectors")
linalg_lstsq = return_type("linalg_lstsq", "solution", "residuals", "rank", "singular_values")
aminmax = return_type("aminmax", "min", "max")
cummax = return_type("cummax", "values", "indices")
cummin = return_type("cummin", "values", "indices")
median = return_type("median", "values", "indices")
nanmedian = return_type("nanmedian", "values", "indices")
kthvalue = return_type("kthvalue", "values", "indices")
mode = return_type("mode", "values", "indices")
