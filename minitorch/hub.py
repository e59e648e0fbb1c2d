"""Files from the network: downloaded once, checked, and only then seen under their name.

What arrives is written to NAME.partial, and gets its name when it is whole and has the right hash: so a file that is
there can be used. A download that broke off goes on where it ended, if there is a hash to prove that both parts belong
together. Weights are kept where torch keeps its own ($TORCH_HOME, ~/.cache/torch), in the same format: neither library
downloads what the other one has. https://docs.pytorch.org/docs/stable/hub.html
"""

import contextlib
import hashlib
import os
import re
from pathlib import Path
from urllib.parse import unquote, urlparse

from minitorch.serialization import load

CHUNK = 128 * 1024  # bytes read at a time
_dir = None  # what set_dir said


def get_dir():
    """The folder of all that is downloaded: set_dir's, or $TORCH_HOME/hub, or $XDG_CACHE_HOME/torch/hub."""
    cache = os.getenv("XDG_CACHE_HOME", "~/.cache")
    home = os.getenv("TORCH_HOME", os.path.join(cache, "torch"))
    return _dir or os.path.expanduser(os.path.join(home, "hub"))


def set_dir(d):
    """Let get_dir() say this folder."""
    global _dir
    _dir = os.path.expanduser(d)


def load_state_dict_from_url(
    url, model_dir=None, map_location=None, progress=True, check_hash=False, file_name=None, weights_only=True
):
    """The state_dict in a file, which is downloaded unless it is in model_dir (get_dir()/checkpoints) already.

    check_hash     the file is called name-0123abcd.pth, after the beginning of its SHA-256: check it, also where the
                   file was there before
    weights_only   as in minitorch.load: run nothing that the file says. (torch's default here is False.)

    RuntimeError for a file with another hash, URLError where there is no network.
    """
    folder = Path(model_dir or os.path.join(get_dir(), "checkpoints"))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (file_name or unquote(Path(urlparse(url).path).name))
    named = re.search(r"-([0-9a-f]*)\.", path.name) if check_hash else None
    hash_prefix = named and named[1]
    if not path.exists():
        print(f'Downloading: "{url}" to {path}')
        download_url_to_file(url, path, hash_prefix, progress)
    elif hash_prefix:
        check_hash_of(path, hash_prefix)
    return load(path, map_location, weights_only=weights_only)


def download_url_to_file(url, dst, hash_prefix=None, progress=True, *, hash_name="sha256"):
    """Write what a URL has to the path dst, which it takes only when it is whole.

    hash_prefix   how the file's hash begins (hash_name: of which kind). A file with another one is deleted.
                  With it, a download that broke off is resumed by the next call.
    progress      show a bar (by rich, where that is installed)

    URLError where the URL cannot be had, RuntimeError for a file that is cut short or has another hash.
    """
    from urllib.error import HTTPError, URLError  # these take longer to import than all of this package
    from urllib.request import Request, urlopen

    dst = Path(dst).expanduser()
    partial = dst.with_name(dst.name + ".partial")
    begun = partial.stat().st_size if hash_prefix and partial.exists() else 0
    headers = {"User-Agent": "minitorch.hub"} | ({"Range": f"bytes={begun}-"} if begun else {})
    try:
        with urlopen(Request(url, headers=headers), timeout=60) as response:
            if response.status != 206:  # "Partial Content": any other server sends the file from its beginning
                begun = 0
            size = response.headers["Content-Length"]
            total = begun + int(size) if size else None
            with open(partial, "ab" if begun else "wb") as file:
                receive(response, file, begun, total, dst.name, progress)
    except HTTPError as error:
        if not (begun and error.code == 416):  # "Range Not Satisfiable": all of it had arrived already
            raise unreachable(url, dst, error) from error
    except (URLError, TimeoutError, ConnectionError) as error:
        raise unreachable(url, dst, error) from error
    if hash_prefix:
        try:
            check_hash_of(partial, hash_prefix, hash_name)
        except RuntimeError:
            partial.unlink()
            raise
    os.replace(partial, dst)


def unreachable(url, dst, error):
    """The error where a URL cannot be had."""
    from urllib.error import URLError

    reason = getattr(error, "reason", error)
    return URLError(f"{url} cannot be downloaded ({reason}). Where there is no network, put the file at {dst} yourself")


def receive(response, file, done, total, name, progress):
    """Write a response to a file, of which `done` bytes are there and `total` will be (None: who knows)."""
    with bar(name, done, total, progress) as tell:
        while chunk := response.read(CHUNK):
            file.write(chunk)
            done += len(chunk)
            tell(done)
    if total is not None and done != total:
        raise RuntimeError(f"{name}: the connection broke after {done:,} of {total:,} bytes; download it again")


@contextlib.contextmanager
def bar(name, done, total, wanted):
    """A function that shows how many bytes have arrived."""
    try:
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
    except ImportError:
        wanted = False
    if not wanted:
        yield lambda done: None
        return
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with Progress(*columns) as shown:
        task = shown.add_task(name, completed=done, total=total)
        yield lambda done: shown.update(task, completed=done)


def check_hash_of(path, hash_prefix, hash_name="sha256"):
    """RuntimeError unless the hash of the file's bytes begins so."""
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, hash_name).hexdigest()
    if not digest.startswith(hash_prefix):
        raise RuntimeError(
            f'invalid hash value (expected "{hash_prefix}", got "{digest}"): {path} is damaged, or another file'
        )
