"""The container: a zip archive of named records, as torch writes it (format version 3).

    NAME/data.pkl                 the object, pickled; tensors are references to storages (pickler.py)
    NAME/byteorder                "little"
    NAME/data/0, NAME/data/1 ...  the bytes of each storage, not compressed
    NAME/version                  "3\\n"

Every record has a checksum (CRC-32) in the archive's directory. torch 2.13 does not look at it when it reads, and so
loads damaged files with wrong numbers; here every record is checked. The directory is not trusted either: a record must
lie in the file, once, with the name that stands at its place, uncompressed (so that none is larger than the file).
"""

import os
import pickle
import struct
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path

VERSIONS = range(1, 11)  # of the format, that torch 2.13 reads; it writes 3
ALIGNMENT = 64  # bytes: where a storage may begin, so that it can be used where it lies
LOCAL_HEADER = struct.Struct("<4s22xHH")  # of a record: "PK\3\4", ..., length of its name, length of what follows it


def damaged(what):
    """The error for a file that cannot be trusted."""
    return RuntimeError(
        f"failed reading the checkpoint: {what}. The file is damaged or was cut short: copy or save it again."
    )


class Reader:
    """The records of an archive. RuntimeError for a damaged one, UnpicklingError for what is none at all."""

    def __init__(self, file, check_crc32=True):
        self.file, self.check_crc32 = file, check_crc32
        file.seek(0)
        beginning = file.read(4)
        if not beginning:
            raise EOFError("Ran out of input: the file is empty")
        if beginning != b"PK\3\4":
            raise pickle.UnpicklingError(
                "this is no zip archive: only torch's format since version 1.6 is read "
                "(save it again with torch.save there)"
            )
        try:
            with zipfile.ZipFile(file) as directory:
                infos = directory.infolist()
        except Exception as error:  # the directory may be wrong in ways that zipfile never thought of
            raise damaged(f"its directory cannot be read ({error})") from None
        self.size = file.seek(0, os.SEEK_END)
        self.infos = {info.filename: info for info in infos}
        self.check_directory(infos)
        self.prefix = self.find_prefix()
        version = self.read("version").strip()
        if not version.isdigit() or int(version) not in VERSIONS:
            raise RuntimeError(
                f"the checkpoint has format version {version!r:.50}: read are {VERSIONS[0]} to {VERSIONS[-1]}"
            )

    def check_directory(self, infos):
        """What can be said before any record is read."""
        if len(self.infos) != len(infos):
            raise damaged("two records have one name")
        for info in infos:
            if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
                raise damaged(f"record {info.filename} is compressed, which torch's never are")
        if sum(info.file_size for info in infos) > self.size or any(info.header_offset < 0 for info in infos):
            raise damaged("its records do not lie in it")
        if self.check_crc32 and not any(info.CRC for info in infos):
            raise RuntimeError(
                "the checkpoint was written without checksums (torch.serialization.set_crc32_options(False)), so that "
                "damage would go unseen. To load it all the same: load(..., check_crc32=False)."
            )

    def find_prefix(self):
        """The folder in which the records lie: the only one that has a data.pkl."""
        found = [name for name in self.infos if name.split("/")[1:] == ["data.pkl"]]
        if len(found) != 1:
            raise damaged("there is no data.pkl in it")
        prefix = found[0].removesuffix("data.pkl")
        if prefix + "constants.pkl" in self.infos:
            raise RuntimeError("this is a TorchScript program, not a checkpoint: only torch itself can run it")
        return prefix

    def __contains__(self, name):
        return self.prefix + name in self.infos

    def read(self, name):
        """The bytes of a record, checked."""
        info = self.infos.get(self.prefix + name)
        if info is None:
            raise damaged(f"record {name} is missing")
        self.file.seek(info.header_offset)
        header = self.file.read(LOCAL_HEADER.size)
        if len(header) < LOCAL_HEADER.size:
            raise damaged(f"record {name} lies outside of the file")
        signature, name_length, extra_length = LOCAL_HEADER.unpack(header)
        own_name = self.file.read(name_length)
        if signature != b"PK\3\4" or own_name != info.filename.encode():
            raise damaged(f"record {name} is not where it should be")
        self.file.seek(extra_length, os.SEEK_CUR)
        data = self.file.read(info.file_size)
        if len(data) != info.file_size:
            raise damaged(f"record {name} was cut short")
        if self.check_crc32 and zlib.crc32(data) != info.CRC:
            raise damaged(f"record {name} does not have the checksum that was written with it")
        return data


def write(file, name, pickled, storages):
    """Write an archive: the pickle, and the storages in order (anything with a buffer), as records of folder `name`."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:

        def record(path, data):
            info = zipfile.ZipInfo(f"{name}/{path}")
            beginning = file.tell() + 30 + len(info.filename.encode()) + 4  # 30: the local header, 4: of the padding
            padding = -beginning % ALIGNMENT
            info.extra = b"FB" + struct.pack("<H", padding) + b"Z" * padding
            archive.writestr(info, data)

        record("data.pkl", pickled)
        record("byteorder", b"little")
        for key, storage in enumerate(storages):
            record(f"data/{key}", storage)
        record("version", b"3\n")


@contextmanager
def replacing(path):
    """A file to write, which takes the place of `path` when all went well: a crash on the way leaves the old one."""
    path = Path(path)
    if not path.absolute().parent.is_dir():
        raise RuntimeError(f"Parent directory {path.absolute().parent} does not exist.")
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)  # mkstemp's files are for their owner only
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
