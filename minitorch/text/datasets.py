"""Text to learn from: files of any kind, the two that the book downloads, and one that is in every installation.

A file is UTF-8, read as a whole and strictly: bytes that are no UTF-8, or a wrong hash, are an error and not a strange
sign amid a text.
"""

import zipfile
from pathlib import Path

from minitorch.hub import check_hash_of, download_url_to_file

D2L = "http://d2l-data.s3-accelerate.amazonaws.com/"


def read_text(path, sha256=None):
    """The text of a UTF-8 file. RuntimeError for another hash, ValueError where the file is damaged."""
    if sha256:
        check_hash_of(path, sha256)
    return decoded(Path(path).read_bytes(), path)


def read_pairs(path, sha256=None):
    """[(source, target)] of a file with a tab between both in each line; what follows a second tab is left out.

    That is the form of https://www.manythings.org/anki, where the book's fra.txt is from. Errors as read_text;
    ValueError also for a line without a tab, or with nothing on one side of it.
    """
    return pairs_of(read_text(path, sha256), path)


def docs():
    """Python's own documentation, {topic: text}: over 70 topics, 50,000 words. It is part of Python: no file needed.

    Some topics contain others: a paragraph is left in the shortest topic that has it, so that what is kept for testing
    was not trained on. The text differs from one version of Python to the next.
    """
    from pydoc_data.topics import topics  # half a megabyte: read only when somebody asks for it

    paragraphs, seen = {}, set()
    for topic in sorted(topics, key=lambda topic: len(topics[topic])):
        paragraphs[topic] = [p for p in topics[topic].split("\n\n") if p not in seen]
        seen.update(paragraphs[topic])
    return {topic: "\n\n".join(paragraphs[topic]) for topic in topics if paragraphs[topic]}


def time_machine(root="data", download=False):
    """H. G. Wells, The Time Machine (1895): the book's corpus of 30,000 words, one text."""
    path = fetched(root, "timemachine.txt", "090b5e7e70c295757f55df93cb0a180b9691891a", download)
    return decoded(path.read_bytes(), path)


def fra_eng(root="data", download=False):
    """[(English, French)]: the book's 167,130 short sentences, from Tatoeba."""
    path = fetched(root, "fra-eng.zip", "94646ad1522d915e7b0f9296181140edcf86a4f5", download)
    with zipfile.ZipFile(path) as file:
        return pairs_of(decoded(file.read("fra-eng/fra.txt"), path), path)


def fetched(root, name, sha1, download):
    """The path of a file below root, checked; downloaded if it is not there and may be. FileNotFoundError, URLError."""
    path = Path(root).expanduser() / name
    if path.exists():
        check_hash_of(path, sha1, "sha1")
    elif download:
        path.parent.mkdir(parents=True, exist_ok=True)
        download_url_to_file(D2L + name, path, sha1, hash_name="sha1")
    else:
        raise FileNotFoundError(f"{path} is not there: give download=True, or put {D2L}{name} there yourself")
    return path


def decoded(data, path):
    """The text of UTF-8 bytes. ValueError where they are damaged."""
    try:
        return data.decode("utf-8-sig")  # -sig: without the mark that some editors write at the beginning
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is damaged or no UTF-8 text: byte {error.start} cannot be read") from error


def pairs_of(text, path):
    """(source, target) of each line, of which more columns may follow. ValueError for a line without both."""
    pairs = []
    for number, line in enumerate(text.splitlines(), 1):
        source, tab, rest = line.partition("\t")
        target = rest.split("\t")[0]
        if not (tab and source.strip() and target.strip()):
            raise ValueError(f"{path}, line {number}: expected a source, a tab and a target, got {line[:60]!r}")
        pairs.append((source.strip(), target.strip()))
    return pairs
