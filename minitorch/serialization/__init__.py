"""Checkpoints: `save` and `load` in the zip format of torch.save, both ways between torch and minitorch.

https://docs.pytorch.org/docs/stable/notes/serialization.html
"""

import io
import os
import pickle
from pathlib import Path

from minitorch.serialization import archive
from minitorch.serialization.files import load_npz, load_safetensors, save_npz, save_safetensors
from minitorch.serialization.pickler import Pickler
from minitorch.serialization.unpickler import (
    SafeUnpickler,
    Storages,
    TrustingUnpickler,
    add_safe_globals,
    clear_safe_globals,
    get_safe_globals,
    safe_globals,
)

WHY = (
    "pickle stores a function or a class by its name only, and this one cannot be found again under its name (a lambda "
    "has none, and what is made inside a function has none outside). Use a function of a module's top level, or save "
    "module.state_dict(), which holds tensors only. Nothing was written."
)


def save(obj, f, pickle_module=pickle, pickle_protocol=2, _use_new_zipfile_serialization=True):
    """Write an object (a state_dict, a tensor, any container of them, a module) to a path or a binary file.

    Tensors that share memory share it again after load: the whole memory under each is written once. A path is replaced
    only when all is written. PicklingError or AttributeError for what pickle cannot name, such as a lambda.
    """
    buffer = io.BytesIO()
    pickler = Pickler(buffer, pickle_protocol)
    try:
        pickler.dump(obj)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        local = "<locals>" in str(error) and isinstance(error, pickle.PicklingError)
        raise (AttributeError if local else type(error))(f"{error}. {WHY}") from None
    if isinstance(f, str | os.PathLike):
        with archive.replacing(f) as file:
            archive.write(file, Path(f).stem or "archive", buffer.getvalue(), pickler.storages)
    else:
        whole = io.BytesIO()  # zipfile goes back in the file, which not every file can
        archive.write(whole, "archive", buffer.getvalue(), pickler.storages)
        f.write(whole.getvalue())


def load(f, map_location=None, pickle_module=None, *, weights_only=True, mmap=None, check_crc32=True, **settings):
    """Read what `save` or torch.save wrote, from a path or a binary file that can seek.

    map_location   where tensors go instead of the device they were on: a device or its name, {place: device}, or a
                   function (storage, place)
    weights_only   build tensors and plain containers only, and run nothing (see add_safe_globals); False: run whatever
                   the file says, as pickle does, which a module saved whole needs
    mmap           accepted, as torch has it; the file is read whole
    check_crc32    refuse records that do not have the checksum written with them

    RuntimeError for a damaged file, pickle.UnpicklingError for one that holds what is not allowed.
    """
    if isinstance(f, str | os.PathLike):
        with open(f, "rb") as file:
            return read(file, map_location, weights_only is not False, check_crc32, settings)
    return read(f, map_location, weights_only is not False, check_crc32, settings)


def read(file, map_location, safe, check_crc32, settings):
    reader = archive.Reader(file, check_crc32)
    storages = Storages(reader, map_location)
    pickled = reader.read("data.pkl")
    if safe:
        return SafeUnpickler(pickled, storages).load()
    return TrustingUnpickler(io.BytesIO(pickled), storages, **settings).load()
