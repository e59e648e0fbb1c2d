"""Downloads from a server on this machine: checked, resumed, refused."""

import hashlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import URLError

import pytest

import minitorch
from minitorch import hub, nn

DATA = bytes(range(256)) * 2000
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def server():
    """Serves server.files = {path: bytes}. server.ranges: what it was asked for; server.breaks: how far it gets."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            running.ranges.append(self.headers["Range"])
            data = running.files.get(self.path.split("?")[0])
            if data is None:
                return self.send_error(404)
            begin = 0
            if running.resumes and (asked := re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")):
                begin = int(asked[1])
                if begin >= len(data):
                    return self.send_error(416)
            self.send_response(206 if begin else 200)
            self.send_header("Content-Length", len(data) - begin)
            self.end_headers()
            self.wfile.write(data[begin : running.breaks])

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.files, running.ranges, running.breaks, running.resumes = {"/data.bin": DATA}, [], None, True
        running.url = f"http://127.0.0.1:{running.server_port}"
        threading.Thread(target=running.serve_forever).start()
        yield running
        running.shutdown()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("progress", [False, True])
def test_a_file_arrives_and_its_hash_is_checked(server, tmp_path, progress, capsys):
    hub.download_url_to_file(server.url + "/data.bin", tmp_path / "a", SHA[:8], progress)
    hub.download_url_to_file(server.url + "/data.bin", str(tmp_path / "b"), progress=progress)
    md5 = hashlib.md5(DATA).hexdigest()
    hub.download_url_to_file(server.url + "/data.bin", tmp_path / "c", md5, progress, hash_name="md5")
    assert names(tmp_path) == ["a", "b", "c"]
    assert all((tmp_path / name).read_bytes() == DATA for name in "abc")
    assert bool(capsys.readouterr().out) is progress


@pytest.mark.parametrize("resumes", [True, False])
def test_a_download_that_broke_off_goes_on_where_it_ended(server, tmp_path, resumes):
    server.breaks, server.resumes = 300_000, resumes
    with pytest.raises(RuntimeError, match=r"300,000 of 512,000 bytes"):
        hub.download_url_to_file(server.url + "/data.bin", tmp_path / "data.bin", SHA, False)
    assert names(tmp_path) == ["data.bin.partial"]
    server.breaks = None
    hub.download_url_to_file(server.url + "/data.bin", tmp_path / "data.bin", SHA, False)
    assert server.ranges == [None, "bytes=300000-"]
    assert (tmp_path / "data.bin").read_bytes() == DATA and names(tmp_path) == ["data.bin"]


def test_without_a_hash_nothing_is_resumed(server, tmp_path):
    (tmp_path / "data.bin.partial").write_bytes(b"of another file")
    hub.download_url_to_file(server.url + "/data.bin", tmp_path / "data.bin", progress=False)
    assert server.ranges == [None] and (tmp_path / "data.bin").read_bytes() == DATA


def test_all_had_arrived_but_the_name(server, tmp_path):
    (tmp_path / "data.bin.partial").write_bytes(DATA)
    hub.download_url_to_file(server.url + "/data.bin", tmp_path / "data.bin", SHA, False)
    assert (tmp_path / "data.bin").read_bytes() == DATA and names(tmp_path) == ["data.bin"]


def test_a_damaged_file_never_gets_its_name(server, tmp_path):
    (tmp_path / "data.bin.partial").write_bytes(b"of another file")
    (tmp_path / "data.bin").write_bytes(b"an old one that works")
    with pytest.raises(RuntimeError, match="invalid hash value"):
        hub.download_url_to_file(server.url + "/data.bin", tmp_path / "data.bin", SHA, False)
    assert names(tmp_path) == ["data.bin"] and (tmp_path / "data.bin").read_bytes() == b"an old one that works"


def test_no_network_no_file_and_no_such_file(server, tmp_path):
    closed = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    closed.server_close()
    for url in (f"http://127.0.0.1:{closed.server_port}/data.bin", server.url + "/no.bin", "file:///no/such/file"):
        with pytest.raises(URLError, match=r"cannot be downloaded.*no network, put the file at .*dst"):
            hub.download_url_to_file(url, tmp_path / "dst", progress=False)
    assert names(tmp_path) == []


def test_weights_are_downloaded_once(server, tmp_path, monkeypatch):
    net = nn.Linear(3, 2)
    minitorch.save(net.state_dict(), tmp_path / "net.pt")
    weights = (tmp_path / "net.pt").read_bytes()
    name = f"linear-{hashlib.sha256(weights).hexdigest()[:8]}.pth"
    server.files[f"/models/{name}"] = weights
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "home"))
    for _ in range(2):
        loaded = hub.load_state_dict_from_url(f"{server.url}/models/{name}?x=1", progress=False, check_hash=True)
        assert (loaded["weight"] == net.weight).all()
    assert len(server.ranges) == 1
    kept = tmp_path / "home" / "hub" / "checkpoints" / name
    assert hub.get_dir() == str(tmp_path / "home" / "hub") and kept.exists()
    kept.write_bytes(weights[:-1])
    with pytest.raises(RuntimeError, match="invalid hash value"):
        hub.load_state_dict_from_url(f"{server.url}/models/{name}", progress=False, check_hash=True)
    monkeypatch.setattr(hub, "_dir", None)
    hub.set_dir(str(tmp_path / "elsewhere"))
    hub.load_state_dict_from_url(f"{server.url}/models/{name}", progress=False, file_name="w.pth")
    assert (tmp_path / "elsewhere" / "checkpoints" / "w.pth").exists()
