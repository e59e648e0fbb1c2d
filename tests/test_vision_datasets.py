"""Data sets of images read small files in the real formats, and refuse damaged ones."""

import gzip
import hashlib
import io
import struct
import tarfile

import numpy as np
import PIL.Image
import pytest

import minitorch
from minitorch.vision import datasets, transforms, tv_tensors
from minitorch.vision.datasets import cifar, mnist, voc

RNG = np.random.default_rng(0)
IMAGES, LABELS = RNG.integers(0, 256, (5, 28, 28), np.uint8), np.array([3, 1, 4, 1, 5], np.uint8)


def idx(array, code=8):
    """The bytes of an idx file."""
    return struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape) + array.tobytes()


def mnist_files(folder, packed):
    folder.mkdir(parents=True)
    for part in ("train", "t10k"):
        for name, array in ((f"{part}-images-idx3-ubyte", IMAGES), (f"{part}-labels-idx1-ubyte", LABELS)):
            (folder / (name + packed)).write_bytes(gzip.compress(idx(array)) if packed else idx(array))


@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize("kind", [datasets.MNIST, datasets.FashionMNIST])
def test_mnist(tmp_path, packed, kind):
    mnist_files(tmp_path / kind.__name__ / "raw", packed)
    data = kind(tmp_path, train=False, transform=transforms.ToTensor(), target_transform=lambda y: y * 10)
    assert len(data) == 5 and np.array_equal(data.data.numpy(), IMAGES) and data.targets.tolist() == LABELS.tolist()
    image, label = data[2]
    assert (image == minitorch.tensor(IMAGES[2]) / 255).all() and label == 40
    assert kind(tmp_path)[0][0].mode == "L" and data.class_to_idx[data.classes[7]] == 7
    assert repr(data).split("\n    ")[1:] == [
        "Number of datapoints: 5", f"Root location: {tmp_path}", "Split: Test", "transform: ToTensor()",
        f"target_transform: {data.target_transform}",
    ]  # fmt: skip
    batch = next(iter(minitorch.utils.data.DataLoader(data, batch_size=3)))
    assert batch[0].shape == (3, 1, 28, 28) and batch[1].tolist() == [30, 10, 40]


def test_idx_of_other_numbers(tmp_path):
    for code, dtype in ((9, ">i1"), (11, ">i2"), (12, ">i4"), (13, ">f4"), (14, ">f8")):
        array = np.arange(-3, 3).reshape(2, 3).astype(dtype)
        (tmp_path / "x").write_bytes(idx(array, code))
        assert np.array_equal(mnist.read_idx(tmp_path / "x"), array)


@pytest.mark.parametrize("damage, said", [
    (lambda data: b"\1" + data[1:], "does not begin"), (lambda data: b"", "does not begin"),
    (lambda data: data[:-1], "says that its shape is"), (lambda data: data + b"\0", "says that its shape is"),
    (lambda data: data[:9], "ends within its sizes"),
])  # fmt: skip
def test_a_damaged_idx_file_is_refused(tmp_path, damage, said):
    for path, data in ((tmp_path / "x", damage(idx(IMAGES))), (tmp_path / "x.gz", gzip.compress(damage(idx(IMAGES))))):
        path.write_bytes(data)
        with pytest.raises(RuntimeError, match=said):
            mnist.read_idx(path)
    for data in (gzip.compress(idx(IMAGES))[:-20], b"no gzip", gzip.compress(idx(IMAGES))[:-8] + b"12345678"):
        (tmp_path / "x.gz").write_bytes(data)
        with pytest.raises(RuntimeError, match="damaged"):
            mnist.read_idx(tmp_path / "x.gz")


def test_what_is_not_there_is_downloaded_if_wanted(tmp_path, monkeypatch):
    with pytest.raises(RuntimeError, match="download=True"):
        datasets.MNIST(tmp_path)
    mnist_files(tmp_path / "server", ".gz")
    served = {path.name: path.read_bytes() for path in (tmp_path / "server").iterdir()}
    monkeypatch.setattr(mnist.MNIST, "mirrors", ("file:///no/such/folder/", (tmp_path / "server").as_uri() + "/"))
    with pytest.raises(RuntimeError, match="invalid hash value"):
        datasets.MNIST(tmp_path, download=True)
    assert not any((tmp_path / "MNIST" / "raw").iterdir())
    hashes = tuple((name, hashlib.md5(data).hexdigest()) for name, data in served.items())
    monkeypatch.setattr(mnist.MNIST, "resources", hashes)
    assert len(datasets.MNIST(tmp_path, download=True)) == 5
    monkeypatch.setattr(mnist.MNIST, "mirrors", ())
    assert len(datasets.MNIST(tmp_path, download=True)) == 5  # not again


def tar(folder, name, files):
    """Write a tar file; returns its URL and its MD5."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, data in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    (folder / name).write_bytes(buffer.getvalue())
    return (folder / name).as_uri(), hashlib.md5(buffer.getvalue()).hexdigest()


def test_cifar10(tmp_path, monkeypatch):
    monkeypatch.setattr(cifar.CIFAR10, "per_file", 2)
    pixels = RNG.integers(0, 256, (12, 3, 32, 32), np.uint8)
    records = np.concatenate([np.arange(12, dtype=np.uint8)[:, None] % 10, pixels.reshape(12, -1)], 1)
    names = [*(f"data_batch_{i}.bin" for i in range(1, 6)), "test_batch.bin"]
    files = {f"cifar-10-batches-bin/{n}": records[2 * i : 2 * i + 2].tobytes() for i, n in enumerate(names)}
    (tmp_path / "server").mkdir()
    url, md5 = tar(tmp_path / "server", "cifar-10-binary.tar.gz", files)
    monkeypatch.setattr(cifar.CIFAR10, "url", url)
    with pytest.raises(RuntimeError, match="download=True"):
        datasets.CIFAR10(tmp_path / "data")
    with pytest.raises(RuntimeError, match="invalid hash value"):
        datasets.CIFAR10(tmp_path / "data", download=True)
    monkeypatch.setattr(cifar.CIFAR10, "md5", md5)
    data = datasets.CIFAR10(tmp_path / "data", download=True)
    assert len(data) == 10 and data.targets == list(range(10)) and data[3][0].mode == "RGB"
    assert np.array_equal(np.array(data[3][0]), pixels[3].transpose(1, 2, 0))
    test = tmp_path / "data" / "cifar-10-batches-bin" / "test_batch.bin"
    assert datasets.CIFAR10(tmp_path / "data", train=False).targets == [0, 1]
    for wrong in (records[:2].tobytes()[:-1], b"\xff" * 2 * 3073):
        test.write_bytes(wrong)
        with pytest.raises(RuntimeError, match="damaged"):
            datasets.CIFAR10(tmp_path / "data", train=False)


def test_image_folder(tmp_path):
    for name, colour in (("dog/b.png", 10), ("dog/a.JPG", 20), ("cat/deep/er/c.bmp", 30), ("cat/notes.txt", None)):
        path = tmp_path / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if colour is None:
            path.write_text("no image")
        else:
            PIL.Image.new("L", (4, 3), colour).save(path)
    data = datasets.ImageFolder(tmp_path / "images", transform=transforms.PILToTensor())
    assert data.classes == ["cat", "dog"] and data.class_to_idx == {"cat": 0, "dog": 1}
    assert [path.rsplit("/", 1)[1] for path, _ in data.imgs] == ["c.bmp", "a.JPG", "b.png"] and data.targets == [
        0,
        1,
        1,
    ]
    assert data[2][0].shape == (3, 3, 4) and (data[2][0] == 10).all() and data[2][1] == 1
    only = datasets.ImageFolder(
        tmp_path / "images", is_valid_file=lambda path: path.endswith("s.txt"), allow_empty=True
    )
    assert len(only) == 1
    (tmp_path / "images" / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="class empty"):
        datasets.ImageFolder(tmp_path / "images")
    assert len(datasets.ImageFolder(tmp_path / "images", allow_empty=True).classes) == 3
    with pytest.raises(FileNotFoundError, match="any class folder"):
        datasets.ImageFolder(tmp_path / "images" / "dog")
    with pytest.raises(ValueError, match="extensions and is_valid_file"):
        datasets.DatasetFolder(tmp_path, str)


XML = """<annotation><size><width>8</width></size><object><name>dog</name>
<bndbox><xmin>2</xmin><ymin>1</ymin><xmax>6</xmax><ymax>4</ymax></bndbox></object></annotation>"""


def test_voc(tmp_path, monkeypatch):
    def png(picture, format):
        buffer = io.BytesIO()
        picture.save(buffer, format)
        return buffer.getvalue()

    mask = PIL.Image.fromarray(np.pad(np.full((3, 4), 12, np.uint8), ((1, 2), (2, 2))))
    mask.putpalette([0, 0, 0] * 256)
    base = "VOCdevkit/VOC2012/"
    files = {
        "JPEGImages/one.jpg": png(PIL.Image.new("RGB", (8, 6), (200, 0, 0)), "JPEG"),
        "SegmentationClass/one.png": png(mask, "PNG"), "Annotations/one.xml": XML.encode(),
        "ImageSets/Main/val.txt": b"one\n", "ImageSets/Segmentation/val.txt": b"one\n",
    }  # fmt: skip
    (tmp_path / "server").mkdir()
    url, md5 = tar(tmp_path / "server", "voc.tar", {base + k: v for k, v in files.items()})
    monkeypatch.setitem(voc.YEARS, "2012", (url, md5))
    with pytest.raises(RuntimeError, match="download=True"):
        datasets.VOCSegmentation(tmp_path, image_set="val")
    both = transforms.RandomHorizontalFlip(1)
    data = datasets.VOCSegmentation(
        tmp_path, image_set="val", download=True,
        transforms=lambda image, mask: both(tv_tensors.Image(image), tv_tensors.Mask(mask)),
    )  # fmt: skip
    image, labels = data[0]
    assert image.shape == (3, 6, 8) and labels.shape == (1, 6, 8) and labels.unique().tolist() == [0, 12]
    (image, annotation), = datasets.VOCDetection(tmp_path, image_set="val")  # fmt: skip
    (thing,) = annotation["annotation"]["object"]
    assert image.size == (8, 6) and thing["name"] == "dog" and thing["bndbox"]["xmax"] == "6"
    for wrong in ({"year": "1999"}, {"image_set": "all"}, {"transforms": both, "transform": both}):
        with pytest.raises(ValueError):
            datasets.VOCSegmentation(tmp_path, **wrong)


@pytest.mark.parametrize("kind, size, count", [(datasets.Digits, 8, 1797), (datasets.MNIST5000, 28, 5000)])
def test_bundled_digits(kind, size, count):
    train, test = kind(), kind(train=False)
    assert len(train) + len(test) == count and len(test) == -(-count // 5)
    assert train.data.shape == (len(train), size, size) and train.data.dtype is minitorch.uint8
    assert train.data.max() == 255 and test.targets.bincount().min() >= 20
    image, label = test[0]
    assert image.size == (size, size) and label == test.targets[0]
