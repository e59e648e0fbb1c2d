"""Checkpoints: both ways between torch and minitorch, and what damaged and hostile files do (nothing)."""

import collections
import io
import os
import pickle
import random
import struct
import zipfile

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch
from minitorch import nn, serialization

DTYPES = [d.name for d in serialization.storage.EVERY]


def saved(obj, lib=minitorch):
    """The bytes of a checkpoint."""
    file = io.BytesIO()
    lib.save(obj, file)
    return file.getvalue()


def loaded(data, lib=minitorch, **settings):
    return lib.load(io.BytesIO(data), **settings)


def bits(tensor):
    """dtype, shape, strides (which nobody promises where there are no elements) and bytes of a tensor."""
    x = tensor.detach().contiguous()
    if isinstance(x, torch.Tensor):
        raw = x.reshape(-1).view(torch.uint8).numpy() if x.numel() else np.zeros(0)
    else:
        raw = x.array
    return str(tensor.dtype).split(".")[-1], tuple(tensor.shape), tensor.numel() and tensor.stride(), raw.tobytes()


def numbers(tensor):
    """The same without strides."""
    dtype, shape, _, raw = bits(tensor)
    return dtype, shape, raw


def same(a, b):
    """Whether two nests of either library hold the same; tensors to the bit."""
    if hasattr(a, "detach"):
        return bits(a) == bits(b) and a.requires_grad == b.requires_grad and type(a).__name__ == type(b).__name__
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a) and vars_of(a) == vars_of(b)
    if isinstance(a, list | tuple):
        return type(a).__name__ == type(b).__name__ and len(a) == len(b) and all(map(same, a, b))
    return str(a).replace("minitorch", "torch") == str(b).replace("minitorch", "torch")


def vars_of(mapping):
    return getattr(mapping, "__dict__", None)


@st.composite
def tensors(draw):
    """torch tensors: dtypes, shapes with 0, views of larger memory."""
    shape = tuple(draw(st.lists(st.integers(0, 3), max_size=3)))
    dtype = getattr(torch, draw(st.sampled_from(DTYPES)))
    x = torch.from_numpy(np.random.default_rng(draw(st.integers(0, 99))).integers(0, 2, (4, *shape)) * 3).to(dtype)
    x = x[1:3] if draw(st.booleans()) else x[0]
    x = x.transpose(0, -1) if x.ndim > 1 and draw(st.booleans()) else x
    x = torch.nn.Parameter(x.detach()) if x.is_floating_point() and draw(st.booleans()) else x
    return x


leaves = st.one_of(
    tensors(),
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.binary(min_size=1, max_size=3),  # torch refuses the empty one that it wrote itself
    st.sampled_from([torch.float32, torch.int64, torch.Size([2, 3]), torch.device("cpu"), {1, 2}]),
)
nests = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
        st.dictionaries(st.integers(0, 9), inner, max_size=3).map(collections.OrderedDict),
    ),
    max_leaves=8,
)


@given(nests)
def test_what_torch_wrote_is_read_and_written_back(nest):
    ours = loaded(saved(nest, torch))
    assert same(ours, nest)
    assert same(loaded(saved(ours), torch), nest)
    assert same(loaded(saved(ours)), nest)


def test_shared_memory_is_shared_again():
    x = minitorch.arange(12.0).reshape(3, 4)
    for lib in (minitorch, torch):
        again = loaded(saved({"x": x, "row": x[1], "t": x.t(), "same": x}), lib)
        again["x"][1, 2] = 100
        assert again["row"][2] == again["t"][2, 1] == 100
        assert again["same"] is again["x"]
    assert len(saved(x[0, :1].expand(100_000))) < 5_000  # the memory, not the elements


@pytest.mark.parametrize("to, source", [(minitorch, torch), (torch, minitorch)])
def test_training_goes_on_from_the_other_librarys_checkpoint(to, source):
    def parts(lib):
        lib.manual_seed(3)
        net = lib.nn.Sequential(lib.nn.Linear(3, 4), lib.nn.BatchNorm1d(4), lib.nn.Tanh(), lib.nn.Linear(4, 1)).double()
        return net, lib.optim.Adam(net.parameters(), lr=0.1)

    def step(lib, net, optimizer, number):
        x = lib.from_numpy(np.random.default_rng(number).standard_normal((5, 3)))
        loss = (net(x) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    net, optimizer = parts(source)
    for i in range(3):
        step(source, net, optimizer, i)
    file = loaded(saved({"net": net.state_dict(), "optimizer": optimizer.state_dict()}, source), to)
    other, other_optimizer = parts(to)
    other.load_state_dict(file["net"])
    other_optimizer.load_state_dict(file["optimizer"])
    for i in range(3, 6):
        assert step(to, other, other_optimizer, i) == pytest.approx(step(source, net, optimizer, i), rel=1e-12)


def test_whole_modules_go_from_us_to_us_when_the_file_is_trusted():
    net = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    data = saved(net)
    with pytest.raises(pickle.UnpicklingError, match="add_safe_globals"):
        loaded(data)
    again = loaded(data, weights_only=False)
    x = minitorch.ones(1, 2)
    assert repr(again) == repr(net) and (again(x) == net(x)).all()
    with pytest.raises(pickle.UnpicklingError, match="state_dict"):
        loaded(saved(torch.nn.Linear(1, 1), torch), weights_only=False)


class Thing:
    def __init__(self, value):
        self.value = value


def test_tensors_go_through_pickle():
    for x in (minitorch.arange(3), minitorch.ones(2, 2, requires_grad=True).t(), nn.Parameter(minitorch.ones(1))):
        assert same(pickle.loads(pickle.dumps(x)), x)


def test_safe_globals():
    data = saved(Thing(minitorch.ones(2)))
    with pytest.raises(pickle.UnpicklingError, match="Thing"):
        loaded(data)
    with serialization.safe_globals([Thing]):
        assert loaded(data).value.tolist() == [1, 1]
    with pytest.raises(pickle.UnpicklingError):
        loaded(data)


def top_level_free(x):
    return lambda: x


@pytest.mark.parametrize("obj, error", [(top_level_free(1), AttributeError), ({"a": open}, None)])
def test_what_cannot_be_named_is_refused_and_leaves_no_file(obj, error, tmp_path):
    path = tmp_path / "x.pt"
    if error is None:
        minitorch.save(obj, path)  # a function that has a name is written by it
        return
    module = nn.Linear(1, 1)
    module.function = obj
    with pytest.raises(error, match="lambda"):
        minitorch.save(module, path)
    with pytest.raises(error):
        torch_module = torch.nn.Linear(1, 1)
        torch_module.function = obj
        torch.save(torch_module, io.BytesIO())
    assert os.listdir(tmp_path) == []
    with pytest.raises(TypeError, match="not a Module subclass"):
        nn.Sequential(obj)


def test_a_crash_on_the_way_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.pt"
    minitorch.save(minitorch.ones(3), path)
    before = path.read_bytes()

    def crash(self, *args):
        raise KeyboardInterrupt

    monkeypatch.setattr(zipfile.ZipFile, "writestr", crash)
    with pytest.raises(KeyboardInterrupt):
        minitorch.save(minitorch.zeros(3), path)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["x.pt"]


def test_map_location():
    data = saved(minitorch.ones(2))
    assert loaded(data, map_location="cpu").device.type == "cpu"
    assert loaded(data, map_location={"cuda:0": "cpu"}).tolist() == [1, 1]
    places = []
    assert loaded(data, map_location=lambda storage, place: places.append((storage.nbytes(), place))).tolist() == [1, 1]
    assert places == [(8, "cpu")]
    on_gpu = rewritten(saved(minitorch.ones(2)), **{"data.pkl": lambda p: p.replace(b"\3\0\0\0cpu", b"\6\0\0\0cuda:0")})
    assert loaded(on_gpu, map_location="cpu").tolist() == [1, 1]


# -- damaged and hostile files -----------------------------------------------------------------------------------------

STATE = {"a": minitorch.arange(40.0), "b": minitorch.arange(40), "c": [1.5, "text", minitorch.ones(3, 3)]}
REFUSALS = (RuntimeError, pickle.UnpicklingError, EOFError)


def mutated(data, rng):
    """The bytes with some damage, and what kind."""
    kind = rng.choice(["byte", "bytes", "bit", "cut", "insert", "remove", "swap"])
    data, at = bytearray(data), rng.randrange(len(data))
    if kind == "byte":
        data[at] = rng.randrange(256)
    elif kind == "bit":
        data[at] ^= 1 << rng.randrange(8)
    elif kind == "bytes":
        for _ in range(8):
            data[rng.randrange(len(data))] = rng.randrange(256)
    elif kind == "cut":
        del data[at:]
    elif kind == "insert":
        data[at:at] = rng.randbytes(rng.randrange(1, 9))
    elif kind == "remove":
        del data[at : at + rng.randrange(1, 9)]
    else:
        other = rng.randrange(len(data))
        data[at : at + 16], data[other : other + 16] = data[other : other + 16], data[at : at + 16]
    return bytes(data)


@pytest.mark.parametrize("lib", [minitorch, torch])
def test_a_damaged_file_is_refused_or_has_the_right_values(lib):
    state = STATE if lib is minitorch else loaded(saved(STATE), torch)
    data, rng = saved(state, lib), random.Random(0)
    for _ in range(600):
        changed = mutated(data, rng)
        try:
            again = loaded(changed)
        except REFUSALS as error:
            assert str(error)
        else:
            assert same(again, STATE)


def test_a_damaged_file_leaves_the_model_as_it_was():
    net, rng = nn.Linear(4, 4), random.Random(1)
    data, before = saved(net.state_dict()), saved(net.state_dict())
    for _ in range(100):
        try:
            net.load_state_dict(loaded(mutated(data, rng)))
        except (*REFUSALS, TypeError):
            pass
        assert same(net.state_dict(), loaded(before))


def rewritten(data, **changes):
    """A checkpoint whose records `changes` maps to others, with right checksums."""
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            record = source.read(name)
            change = changes.get(name.split("/", 1)[1])
            archive.writestr(name, change(record) if change else record)
    return target.getvalue()


def with_pickle(pickled):
    return rewritten(saved(minitorch.ones(2)), **{"data.pkl": lambda _: pickled})


class Call:
    def __init__(self, function, *args):
        self.reduced = function, args

    def __reduce__(self):
        return self.reduced


HOSTILE = {
    "os.system": pickle.dumps(Call(os.system, "touch {path}"), 2),
    "eval": pickle.dumps(Call(eval, "open({path!r}, 'w')"), 4),
    "nested": pickle.dumps({"a": [Call(exec, "open({path!r}, 'w')")]}, 2),
    "attribute of an allowed class": b"\x80\x02ccollections\nOrderedDict\n}U\x05itemsK\x01sb.",
    "method of an OrderedDict": b"\x80\x02ccollections\nOrderedDict\n)R}X\x05\x00\x00\x00itemsK\x01sb.",
    "attribute of a dtype": b"\x80\x02ctorch\nfloat32\n}X\x04\x00\x00\x00nameX\x01\x00\x00\x00xsb.",
    "dtype called": b"\x80\x02ctorch\nfloat32\n)R.",
    "string called": b"\x80\x02X\x01\x00\x00\x00x)R.",
    "path trick": b"\x80\x02(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x0b\x00\x00\x00../../etc/x"
    b"X\x03\x00\x00\x00cpuK\x02tQ.",
    "empty stack": b"\x80\x020.",
    "no stop": b"\x80\x02K\x01",
    "two results": b"\x80\x02K\x01K\x02.",
    "a list as key": b"\x80\x02}]K\x01s.",
    "a mark as the result": b"\x80\x02(.",
    "a mark below the result": b"\x80\x02(K\x01.",
    "a tuple without a mark": b"\x80\x02K\x01t.",
    "items without a list": b"\x80\x02](K\x01(K\x02ee.",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pickle_runs_nothing(name, tmp_path):
    path = str(tmp_path / "owned")
    with pytest.raises((pickle.UnpicklingError, RuntimeError)):
        loaded(with_pickle(HOSTILE[name].replace(b"{path}", path.encode()).replace(b"{path!r}", repr(path).encode())))
    assert not os.path.exists(path)
    assert repr(minitorch.float32) == "minitorch.float32" and isinstance(collections.OrderedDict().items(), object)


def tensor_with(offset=0, size=(2,), stride=(1,), count=2):
    """A pickle of one float32 tensor with these numbers."""
    reference = ("storage", serialization.pickler.named("torch", "FloatStorage"), "0", "cpu", count)
    file = io.BytesIO()

    class Pickler(serialization.pickler.Pickler):
        def persistent_id(self, obj):
            return reference if obj == "the storage" else None

    rebuild = serialization.pickler.named("torch._utils", "_rebuild_tensor_v2")
    Pickler(file).dump(Call(rebuild, "the storage", offset, size, stride, False, collections.OrderedDict()))
    return file.getvalue()


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": (3,)},
        {"offset": 1},
        {"offset": -1},
        {"stride": (-1,)},
        {"stride": (2,)},
        {"size": (2, 2)},
        {"size": (10**18,), "stride": (1,)},
        {"size": (1.5,)},
        {"count": 10**12},
        {"count": 1},
        {"count": -2},
    ],
)
def test_a_tensor_beyond_its_storage_is_refused(wrong):
    assert loaded(with_pickle(tensor_with())).tolist() == [1, 1]
    with pytest.raises((RuntimeError, pickle.UnpicklingError)):
        loaded(with_pickle(tensor_with(**wrong)))


def test_archives_that_lie():
    data = saved(minitorch.ones(2))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/data.pkl", bytes(10**7))
    with pytest.raises(RuntimeError, match="compressed"):
        loaded(bomb.getvalue())
    with pytest.raises(RuntimeError, match=r"no data\.pkl"):
        loaded(data.replace(b"data.pkl", b"data.pkk"))
    two = data.replace(b"byteorder", b"data/0\0\0\0")
    with pytest.raises(RuntimeError):
        loaded(two)
    with pytest.raises(RuntimeError, match="missing"):
        loaded(data.replace(b"data/0", b"data/7"))
    with pytest.raises(RuntimeError, match="TorchScript"):
        loaded(scripted())
    for record, value, words in (("version", b"11\n", "format version"), ("version", b"x", "format version"),
                                 ("byteorder", b"middle", "byte order")):  # fmt: skip
        with pytest.raises(RuntimeError, match=words):
            loaded(rewritten(data, **{record: lambda _, value=value: value}))
    with pytest.raises(EOFError):
        loaded(b"")
    with pytest.raises(pickle.UnpicklingError, match=r"1\.6"):
        loaded(pickle.dumps([1, 2]))
    with pytest.raises(FileNotFoundError):
        minitorch.load("no such file.pt")
    with pytest.raises(RuntimeError, match="Parent directory"):
        minitorch.save(1, "no such folder/x.pt")


def scripted():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x/data.pkl", pickle.dumps(1, 2))
        archive.writestr("x/constants.pkl", pickle.dumps((), 2))
    return file.getvalue()


def test_files_without_checksums_are_refused_unless_told():
    before = torch.serialization.get_crc32_options()
    torch.serialization.set_crc32_options(False)
    try:
        data = saved(torch.arange(3), torch)
    finally:
        torch.serialization.set_crc32_options(before)
    with pytest.raises(RuntimeError, match="check_crc32=False"):
        loaded(data)
    assert loaded(data, check_crc32=False).tolist() == [0, 1, 2]


def test_other_byte_order_and_other_dtypes():
    swapped = rewritten(
        saved(torch.tensor([1.5, 2.5]), torch),
        byteorder=lambda _: b"big",
        **{"data/0": lambda d: struct.pack(">2f", *struct.unpack("<2f", d))},
    )
    assert loaded(swapped).tolist() == [1.5, 2.5]
    with pytest.raises(RuntimeError, match="complex"):
        loaded(saved(torch.ones(1, dtype=torch.complex64), torch))


# -- the simpler formats -----------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(st.dictionaries(st.text("abc.", min_size=1, max_size=4), tensors(), max_size=3))
def test_safetensors_and_npz(tmp_path_factory, drawn):
    import safetensors.torch

    path = tmp_path_factory.mktemp("files") / "x"
    state = {name: loaded(saved(t.detach(), torch)) for name, t in drawn.items()}
    serialization.save_safetensors(state, path)
    for again in (safetensors.torch.load_file(path), serialization.load_safetensors(path)):
        assert set(again) == set(state) and all(numbers(state[k]) == numbers(again[k]) for k in state)
    state = {name: t for name, t in state.items() if t.dtype.name != "bfloat16"}
    serialization.save_npz(state, path)
    again = serialization.load_npz(path)
    assert set(again) == set(state) and all(numbers(state[k]) == numbers(again[k]) for k in state)


def test_damaged_safetensors_and_npz(tmp_path):
    path, rng = tmp_path / "x", random.Random(0)
    state = {"a": minitorch.arange(40.0), "b": minitorch.ones(3)}
    for save, load in (
        (serialization.save_safetensors, serialization.load_safetensors),
        (serialization.save_npz, serialization.load_npz),
    ):
        save(state, path)
        whole = path.read_bytes()
        for cut in rng.sample(range(len(whole)), 40):
            path.write_bytes(whole[:cut])
            with pytest.raises(RuntimeError):
                load(path)
        with pytest.raises(TypeError, match="dict of tensors"):
            save({"a": 1}, path)
