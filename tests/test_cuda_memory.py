"""minitorch.cuda: memory, streams, events, faults. On a GPU, or on numba's simulator (see simulator.py)."""

import importlib.util
import time

import pytest
from simulator import SIMULATED, run_again

import minitorch
from minitorch import cuda, nn

if importlib.util.find_spec("numba_cuda") is None:
    pytest.skip("numba-cuda is not installed", allow_module_level=True)

if not (SIMULATED or cuda.is_available()):

    def test_on_the_simulator():
        run_again(__file__)

    @pytest.mark.parametrize("use", [
        cuda.synchronize, cuda.current_device, cuda.Event, cuda.Stream, cuda.current_stream, cuda.get_device_name,
        cuda.get_device_properties, cuda.get_device_capability, lambda: cuda.set_device(0), cuda.mem_get_info,
        lambda: minitorch.ones(2).pin_memory(), lambda: minitorch.ones(2, pin_memory=True),
        lambda: minitorch.Generator("cuda"),
    ])  # fmt: skip
    def test_without_a_driver(use):
        with pytest.raises(RuntimeError, match=r"no NVIDIA driver|none is available"):
            use()

    def test_nothing_is_used_without_a_gpu():
        cuda.empty_cache()
        cuda.reset_peak_memory_stats()
        assert [cuda.memory_allocated(), cuda.max_memory_allocated(), cuda.memory_reserved()] == [0, 0, 0]
        assert not minitorch.ones(2).is_pinned() and not cuda.is_initialized()

    def test_too_old_a_driver(monkeypatch):
        from kernels.cuda import device

        monkeypatch.setattr(device, "driver_version", lambda: (11, 4))
        with pytest.raises(RuntimeError, match=r"too old \(found version 11040\)"):
            minitorch.ones(2).cuda()

    def test_pinned_batches_without_a_gpu():
        loader = minitorch.utils.data.DataLoader([1, 2, 3], pin_memory=True)
        with pytest.warns(UserWarning, match="no accelerator is found"):
            assert [batch.item() for batch in loader] == [1, 2, 3]

else:
    import numpy as np

    import kernels.cuda
    from kernels.cuda.memory import Statistics
    from kernels.errors import AcceleratorError, OutOfMemoryError

    pytestmark = pytest.mark.filterwarnings("ignore:.*:RuntimeWarning")  # a GPU never warns

    @pytest.fixture(autouse=True)
    def nothing_kept():
        cuda.empty_cache()
        yield

    # -- memory --------------------------------------------------------------------------------------------------------

    def test_what_is_counted():
        before, kept = cuda.memory_allocated(), cuda.memory_reserved()
        cuda.reset_peak_memory_stats()
        x = minitorch.zeros(129, device="cuda")  # 516 bytes: two steps of 512
        assert cuda.memory_allocated() - before == 1024
        y = x.view(3, 43)[1:]
        del x
        assert cuda.memory_allocated() - before == 1024  # the view holds all of it
        del y
        assert cuda.memory_allocated() == before and cuda.memory_reserved() - kept == 1024
        assert cuda.max_memory_allocated() - before == 1024
        assert cuda.memory_stats()["allocated_bytes.all.peak"] == cuda.max_memory_allocated()
        cuda.empty_cache()
        assert cuda.memory_reserved() == kept
        big = minitorch.empty(300_000, device="cuda")  # from 1 MiB on, steps of 2 MiB
        assert cuda.memory_allocated() - before == 1 << 21
        del big

    def test_a_piece_serves_any_dtype_of_its_size():
        x = minitorch.ones(100, device="cuda")
        place = x.data_ptr()
        del x
        y = minitorch.zeros(30, dtype=minitorch.int64, device="cuda")
        assert y.data_ptr() == place and y.tolist() == [0] * 30

    def test_a_training_step_asks_the_driver_for_nothing_after_the_first():
        minitorch.manual_seed(0)
        net = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.ReLU(), nn.Linear(4, 2)).to("cuda")
        optimizer = minitorch.optim.Adam(net.parameters())
        x, y = minitorch.randn(5, 3, device="cuda"), minitorch.tensor([0, 1, 1, 0, 1], device="cuda")

        def step():
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x), y).backward()
            optimizer.step()

        step()
        step()  # gradients of the first step lived while the second one's arose
        requests, reserved = Statistics.requests, cuda.memory_reserved()
        for _ in range(2):
            step()
        assert Statistics.requests == requests and cuda.memory_reserved() == reserved

    def test_out_of_memory(monkeypatch):
        driver = importlib.import_module("kernels.cuda.memory").cuda
        error = driver.cudadrv.driver.CudaAPIError("no room")
        tries = []

        def full(*arguments):
            tries.append(arguments)
            raise error

        minitorch.ones(7, device="cuda")  # kept for later, and given back in need
        with monkeypatch.context() as patch:
            patch.setattr(driver, "device_array", full)
            patch.setattr(type(driver.current_context()), "get_memory_info", lambda self: (0, 1 << 30))
            with pytest.raises(OutOfMemoryError, match=r"CUDA out of memory. Tried to allocate 2.00 MiB.*1.00 GiB"):
                minitorch.empty(400_000, device="cuda")
        assert len(tries) == 2 and issubclass(OutOfMemoryError, RuntimeError)
        assert minitorch.ones(2, device="cuda").tolist() == [1, 1]

    # -- faults --------------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("use", [
        lambda x, i: x[i], lambda x, i: x.gather(0, i), lambda x, i: x.index_select(0, i), lambda x, i: x.take(i),
        lambda x, i: x.scatter(0, i, 1.0), lambda x, i: x.index_add(0, i, i.float()),
        lambda x, i: nn.functional.embedding(i, x.unsqueeze(1)),
        lambda x, i: nn.functional.cross_entropy(x.expand(2, 3), i),
        lambda x, i: nn.functional.binary_cross_entropy(i.float(), i.float()),
    ])  # fmt: skip
    def test_an_index_out_of_range_is_found_when_the_host_waits(use):
        x, i = minitorch.ones(3, device="cuda"), minitorch.tensor([1, 5], device="cuda")
        use(x, i)  # nobody waits
        with pytest.raises(AcceleratorError, match="device-side assert triggered"):
            cuda.synchronize()
        assert x[minitorch.tensor([2], device="cuda")].tolist() == [1]  # and the next call works

    def test_indices_of_the_host_are_looked_at_at_once():
        with pytest.raises(IndexError, match="out of bounds"):
            minitorch.ones(3, device="cuda")[[5]]

    def test_a_launch_that_fails(monkeypatch):
        launch = importlib.import_module("kernels.cuda.launch")

        class Broken:
            __name__ = "broken"

            def __getitem__(self, configuration):
                raise launch.FAILURES("too many resources requested for launch")

        x = minitorch.ones(2, device="cuda")
        held = cuda.memory_allocated()
        with pytest.raises(AcceleratorError, match=r"CUDA error: too many resources.*broken"):
            launch.launch(Broken(), 1, x.array)
        assert cuda.memory_allocated() == held and (x + 1).tolist() == [2, 2]

    def test_two_devices():
        with pytest.raises(RuntimeError, match=r"Expected all tensors to be on the same device.*cuda:0 and cpu"):
            minitorch.ones(2, device="cuda") @ minitorch.ones(2)
        with pytest.raises(RuntimeError, match="indices should be either on cpu or on the same device"):
            minitorch.ones(2)[minitorch.tensor([0], device="cuda")]
        assert minitorch.ones(2, device="cuda")[minitorch.tensor([0])].is_cuda
        with pytest.raises(AcceleratorError, match="invalid device ordinal"):
            minitorch.ones(2, device="cuda:1")

    # -- who does not wait ---------------------------------------------------------------------------------------------

    def test_nothing_of_a_training_step_waits_for_the_gpu(monkeypatch):
        """The host's only ways to the numbers are to_numpy and synchronize."""
        table, gru = nn.Embedding(5, 4).to("cuda"), nn.GRU(4, 4, batch_first=True).to("cuda")
        attention, head = nn.MultiheadAttention(4, 2, batch_first=True).to("cuda"), nn.Linear(4, 3).to("cuda")
        parameters = [p for m in (table, gru, attention, head) for p in m.parameters()]
        optimizer = minitorch.optim.AdamW(parameters)
        words, classes = minitorch.tensor([[0, 4, 4]], device="cuda"), minitorch.tensor([0, 2, 1], device="cuda")

        def step():
            x = gru(table(words))[0]
            x = head(attention(x, x, x)[0].relu()).flatten(0, 1)
            loss = nn.functional.cross_entropy(x, classes) + x[classes, classes].sum() + x.sort(1).values[0, 0]
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            return loss

        step()

        def refuse(*arguments):
            raise AssertionError("the host waits")

        with monkeypatch.context() as patch:
            patch.setattr(kernels.cuda, "to_numpy", refuse)
            for module in ("index", "sort", "order", "linalg", "array"):
                module = importlib.import_module(f"kernels.cuda.{module}")
                if hasattr(module, "to_numpy"):
                    patch.setattr(module, "to_numpy", refuse)
            loss = step()
            for wait in (loss.item, loss.cpu, loss.tolist, lambda: bool(loss > 0), lambda: loss.isnan().nonzero()):
                with pytest.raises(AssertionError, match="the host waits"):
                    wait()
        assert loss.item() > 0

    # -- streams, events, the device -----------------------------------------------------------------------------------

    def test_events():
        start, end = (cuda.Event(enable_timing=True) for _ in range(2))
        with pytest.raises(ValueError, match="recorded"):
            start.elapsed_time(end)
        start.record()
        time.sleep(0.001)
        x = minitorch.ones(3, device="cuda") * 2
        end.record()
        end.synchronize()
        assert end.query() and 0 < start.elapsed_time(end) < 60_000 and x.tolist() == [2, 2, 2]
        with pytest.raises(ValueError, match="enable_timing=True"):
            cuda.Event().elapsed_time(end)

    def test_streams_have_memory_of_their_own():
        stream = cuda.Stream()
        assert cuda.current_stream() == cuda.default_stream() != stream
        with cuda.stream(stream):
            assert cuda.current_stream() == stream
            x = minitorch.ones(3, device="cuda")
            place = x.data_ptr()
            del x
        other = minitorch.ones(3, device="cuda")
        assert other.data_ptr() != place
        stream.wait_stream(cuda.current_stream())
        with cuda.stream(stream):
            again = other * other
            assert again.data_ptr() == place
        other.record_stream(stream)
        del other
        stream.synchronize()
        assert stream.query() and again.tolist() == [1, 1, 1]
        with cuda.stream(None):
            assert cuda.current_stream() == cuda.default_stream()

    def test_the_device():
        properties = cuda.get_device_properties(0)
        assert cuda.get_device_name() == properties.name and cuda.get_device_capability("cuda")[0] == properties.major
        assert properties.total_memory > 1 << 28 and "multi_processor_count" in repr(properties)
        cuda.set_device("cuda:0")
        with cuda.device(0):
            assert cuda.current_device() == 0
        with pytest.raises(AcceleratorError, match="invalid device ordinal"):
            cuda.set_device(1)
        with pytest.raises(ValueError, match="Expected a cuda device"):
            cuda.synchronize("cpu")

    # -- between host and device ---------------------------------------------------------------------------------------

    def test_pinned_memory():
        x = minitorch.arange(6.0).view(2, 3).t()
        pinned = x.pin_memory()
        assert pinned.is_pinned() and pinned.pin_memory() is pinned and pinned[1].is_pinned() and not x.is_pinned()
        assert minitorch.zeros(2, pin_memory=True).is_pinned()
        for settings in ({}, {"non_blocking": True}):
            assert pinned.to("cuda", **settings).tolist() == x.tolist()
        with pytest.raises(RuntimeError, match="only dense CPU tensors can be pinned"):
            x.cuda().pin_memory()

    def test_pinned_batches():
        data = [{"x": minitorch.ones(2) * i, "y": (i, "name")} for i in range(4)]
        for batch in minitorch.utils.data.DataLoader(data, batch_size=2, pin_memory=True):
            assert batch["x"].is_pinned() and batch["y"][0].is_pinned() and batch["y"][1] == ("name", "name")
            assert batch["x"].to("cuda", non_blocking=True).is_cuda

    def test_files(tmp_path):
        net = nn.Linear(2, 2).to("cuda")
        minitorch.save(net.state_dict(), tmp_path / "net.pt")
        for where, device in ((None, "cuda:0"), ("cpu", "cpu"), ({"cuda:0": "cpu"}, "cpu"), ("cuda", "cuda:0")):
            state = minitorch.load(tmp_path / "net.pt", map_location=where)
            assert str(state["weight"].device) == device
            np.testing.assert_array_equal(state["weight"].cpu().numpy(), net.weight.detach().cpu().numpy())
