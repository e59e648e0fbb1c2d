"""Transforms beside PIL, colorsys and arithmetic by hand, and beside torch's random numbers."""

import colorsys
import copy
import math
import pickle
from collections import namedtuple

import numpy as np
import PIL.Image
import PIL.ImageEnhance
import PIL.ImageOps
import pytest
import torch
from sklearn.datasets import load_sample_images

import minitorch
from minitorch.vision import transforms, tv_tensors
from minitorch.vision.transforms import InterpolationMode, v2
from minitorch.vision.transforms import functional as F
from minitorch.vision.transforms.auto_augment import IMAGENET

PHOTO = PIL.Image.fromarray(load_sample_images().images[0][100:261:2, 200:401:2])  # 101 x 81, of a real one


def array(image):
    """(H, W, C) of a PIL image or a tensor, in numbers that can be subtracted."""
    a = np.array(image) if isinstance(image, PIL.Image.Image) else image.numpy().transpose(1, 2, 0)
    return a.reshape(*a.shape[:2], -1).astype(float)


def apart(a, b):
    """The largest difference of two images, in levels of 255."""
    a, b = array(a), array(b)
    assert a.shape == b.shape
    return np.abs(a - b).max()


# -- beside PIL --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(40, 50), (37, 101), (120, 300), 30])
@pytest.mark.parametrize("mode", ["BILINEAR", "BICUBIC", "LANCZOS"])
def test_resize_is_pils(size, mode):
    mode = InterpolationMode[mode]
    ours = F.resize(F.pil_to_tensor(PHOTO), size, mode)
    size = (30, 37) if size == 30 else size
    assert apart(ours, PHOTO.resize(size[::-1], mode.pil)) <= 1
    assert apart(F.resize(PHOTO, size, mode), PHOTO.resize(size[::-1], mode.pil)) == 0


def test_sizes_of_resize():
    x = minitorch.zeros(2, 3, 40, 60)
    assert F.resize(x, 20).shape == F.resize(x, [20]).shape == (2, 3, 20, 30)
    assert F.resize(x, 20, max_size=24).shape == (2, 3, 16, 24)
    assert F.resize(x.mT, 21).shape == (2, 3, 31, 21)
    assert F.resize(x, (40, 60)) is x
    with pytest.raises(ValueError, match="strictly greater"):
        F.resize(x, 20, max_size=20)
    with pytest.raises(ValueError, match="max_size"):
        F.resize(x, (20, 20), max_size=30)


@pytest.mark.parametrize("angle", [0, 17, 90, -45, 180.5])
@pytest.mark.parametrize("expand, center", [(False, None), (True, None), (False, (20.3, 30.1))])
def test_rotate_is_pils(angle, expand, center):
    image = F.pil_to_tensor(PHOTO)
    for mode in (InterpolationMode.NEAREST, InterpolationMode.BILINEAR):
        theirs = PHOTO.rotate(angle, mode.pil, expand=expand, center=center)
        wrong = np.abs(array(F.rotate(image, angle, mode, expand, center)) - array(theirs)).max(-1) > 1
        inside = array(F.rotate(minitorch.ones(1, 81, 101), angle, mode, expand, center))[..., 0] > 0.9999
        assert inside.mean() > 0.29  # at its edge PIL does not blend
        assert wrong[inside].mean() <= (0.001 if mode is InterpolationMode.NEAREST else 0)  # nearest: ties
        assert (np.abs(array(F.rotate(PHOTO, angle, mode, expand, center)) - array(theirs)).max(-1) > 1).mean() < 0.02


def test_what_lies_outside_is_filled():
    white = minitorch.ones(3, 8, 8)
    turned = F.rotate(white, 45, InterpolationMode.BILINEAR, fill=[1, 0.5, 0])
    assert (turned[0] - 1).abs().max() < 1e-6 and turned[1, 0, 0] == 0.5 and turned[2, 0, 0] == 0
    assert F.rotate(PHOTO, 45, fill=(9, 8, 7)).getpixel((0, 0)) == (9, 8, 7)
    assert F.rotate(F.pil_to_tensor(PHOTO), 45, fill=[9, 8, 7])[:, 0, 0].tolist() == [9, 8, 7]


def test_affine_by_hand():
    image = minitorch.arange(20.0).reshape(1, 4, 5)
    assert (F.affine(image, 0, (2, 1), 1, 0)[0, 1:, 2:] == image[0, :3, :3]).all()
    assert (F.affine(image, 180, (0, 0), 1, 0) == image.flip(-1, -2)).all()
    assert (F.affine(image, 90, (0, 0), 1, 0, center=(2, 2))[0, :, :4] == image[0, :, :4].rot90(-1)).all()  # clockwise
    shear = math.degrees(math.atan(2)), 0  # (x, y) goes to (x - 2 y, y), where the middle of row 1 is at y = 1.5
    assert F.affine(image, 0, (0, 0), 1, shear, center=(0, 0))[0, 1].tolist() == [8, 9, 0, 0, 0]
    square = minitorch.zeros(1, 9, 9)
    square[:, 3:6, 3:6] = 1
    assert F.affine(square, 0, (0, 0), 3, 0).sum() == 81


ENHANCED = {
    "brightness": PIL.ImageEnhance.Brightness,
    "contrast": PIL.ImageEnhance.Contrast,
    "saturation": PIL.ImageEnhance.Color,
    "sharpness": PIL.ImageEnhance.Sharpness,
}


@pytest.mark.parametrize("name", ENHANCED)
@pytest.mark.parametrize("factor", [0, 0.4, 1, 1.7])
def test_enhancements_are_pils(name, factor):
    adjust = getattr(F, f"adjust_{name}")
    theirs = ENHANCED[name](PHOTO).enhance(factor)
    assert apart(adjust(F.pil_to_tensor(PHOTO), factor), theirs) <= 1
    assert apart(adjust(F.to_tensor(PHOTO), factor) * 255, theirs) <= 1.6  # PIL's gray is rounded, and so is the blend
    assert apart(adjust(PHOTO, factor), theirs) == 0
    gray = PHOTO.convert("L")
    assert apart(adjust(F.pil_to_tensor(gray), factor), ENHANCED[name](gray).enhance(factor)) <= 1


@pytest.mark.parametrize("name, arguments, levels", [
    ("invert", (), 0), ("posterize", (3,), 0), ("solarize", (100,), 0), ("equalize", (), 0), ("autocontrast", (), 1),
])  # fmt: skip
def test_operations_of_values_are_pils(name, arguments, levels):
    dark = PHOTO.point(lambda value: value // 3 + 20)
    for photo in (PHOTO, dark, PIL.Image.new("RGB", (5, 4), (7, 8, 9))):
        theirs = getattr(PIL.ImageOps, name)(photo, *arguments)
        assert apart(getattr(F, name)(F.pil_to_tensor(photo), *arguments), theirs) <= levels
        assert apart(getattr(F, name)(photo, *arguments), theirs) == 0
        scaled = (100 / 255,) if name == "solarize" else arguments
        assert apart(getattr(F, name)(F.to_tensor(photo), *scaled) * 255, theirs) <= (32 if name == "posterize" else 1)


def test_hue_is_colorsys():
    image = minitorch.rand(3, 6, 7)
    for turn in (-0.5, -0.13, 0.3):
        ours = F.adjust_hue(image, turn)
        for y in range(6):
            for x in range(7):
                h, s, v = colorsys.rgb_to_hsv(*image[:, y, x].tolist())
                assert ours[:, y, x].tolist() == pytest.approx(colorsys.hsv_to_rgb((h + turn) % 1, s, v), abs=2e-6)
    gray = minitorch.full((3, 2, 2), 0.4)
    assert (F.adjust_hue(gray, 0.2) == gray).all()
    assert apart(F.adjust_hue(F.pil_to_tensor(PHOTO), 0), PHOTO) <= 1
    # PIL's hues are whole numbers, 256 to the turn, so that a colour may be 6 / 256 of its range off
    assert apart(F.adjust_hue(F.pil_to_tensor(PHOTO), 0.25), F.adjust_hue(PHOTO, 0.25)) <= 8


def test_gray_is_pils():
    assert apart(F.rgb_to_grayscale(F.pil_to_tensor(PHOTO)), PHOTO.convert("L")) <= 1
    assert F.rgb_to_grayscale(F.pil_to_tensor(PHOTO), 3).shape == (3, 81, 101)
    assert transforms.Grayscale(3)(PHOTO).mode == "RGB" and transforms.Grayscale()(PHOTO).mode == "L"


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric"])
def test_pad_is_numpys(mode):
    image = F.pil_to_tensor(PHOTO)
    theirs = np.pad(np.array(PHOTO), [(2, 4), (1, 3), (0, 0)], mode)
    assert np.array_equal(array(F.pad(image, (1, 2, 3, 4), padding_mode=mode)), theirs)
    assert np.array_equal(array(F.pad(PHOTO, (1, 2, 3, 4), padding_mode=mode)), theirs)
    assert F.pad(image, (1, 2)).shape == (3, 85, 103) and F.pad(image, 5, fill=[1, 2, 3])[:, 0, 0].tolist() == [1, 2, 3]


def test_crops():
    image = F.pil_to_tensor(PHOTO)
    for part in ((3, 4, 10, 20), (-3, -4, 10, 20), (70, 90, 30, 30)):
        assert apart(F.crop(image, *part), F.crop(PHOTO, *part)) == 0
    assert (F.crop(image, 3, 4, 10, 20) == image[:, 3:13, 4:24]).all()
    assert (F.center_crop(image, (11, 21)) == image[:, 35:46, 40:61]).all()
    assert F.center_crop(image, 200).shape == (3, 200, 200) and F.center_crop(PHOTO, 50).size == (50, 50)


# -- conversions -------------------------------------------------------------------------------------------------------


def test_to_and_from_pil():
    for mode, channels in (("L", 1), ("LA", 2), ("RGB", 3), ("RGBA", 4)):
        picture = PHOTO.convert(mode)
        image = F.pil_to_tensor(picture)
        assert image.shape == (channels, 81, 101) and image.dtype is minitorch.uint8
        assert F.to_pil_image(image).tobytes() == F.to_pil_image(np.array(picture)).tobytes() == picture.tobytes()
        scaled = transforms.ToTensor()(picture)
        assert scaled.dtype is minitorch.float32 and (scaled == image / 255).all()
        assert transforms.ToPILImage()(scaled).tobytes() == picture.tobytes()
    assert type(v2.ToImage()(np.zeros((4, 5, 3), np.uint8))) is tv_tensors.Image
    assert F.to_tensor(PHOTO.convert("1")).max() == 1
    with pytest.raises(ValueError, match="up to 4 channels"):
        F.to_pil_image(minitorch.zeros(5, 4, 4))
    with pytest.raises(TypeError, match="PIL Image"):
        transforms.functional.to_tensor(minitorch.zeros(1))


def test_to_dtype():
    x = minitorch.arange(256, dtype=minitorch.uint8).reshape(1, 16, 16)
    half = F.to_dtype(x, minitorch.float32, scale=True)
    assert (half == x.float() / 255).all() and (F.to_dtype(half, minitorch.uint8, scale=True) == x).all()
    assert F.convert_image_dtype(minitorch.ones(1), minitorch.uint8).item() == 255
    assert (F.to_dtype(x, minitorch.int16, scale=True) == x.short() * 128).all()
    assert (F.to_dtype(x.short() * 128, minitorch.uint8, scale=True) == x).all()
    assert F.to_dtype(x, minitorch.float64).max() == 255
    kinds = {tv_tensors.Image: minitorch.float32, tv_tensors.Mask: minitorch.int64}
    image, mask = v2.ToDtype(kinds, scale=True)(tv_tensors.Image(x), tv_tensors.Mask(x))
    assert image.max() == 1 and mask.dtype is minitorch.int64 and mask.max() == 255
    image, mask = v2.ToDtype(minitorch.float32)(tv_tensors.Image(x), tv_tensors.Mask(x))
    assert image.dtype is minitorch.float32 and mask.dtype is minitorch.uint8
    with pytest.raises(ValueError, match="No dtype was specified for BoundingBoxes"):
        v2.ToDtype(kinds)(tv_tensors.BoundingBoxes([0, 0, 1, 1], format="XYXY", canvas_size=(2, 2)))


def test_normalize_and_erase():
    x = minitorch.rand(2, 3, 4, 5, requires_grad=True)
    y = transforms.Normalize([0.1, 0.2, 0.3], (1, 2, 4))(x)
    mean, std = np.array([0.1, 0.2, 0.3]), np.array([1, 2, 4])
    assert np.allclose(y.detach().numpy(), (x.detach().numpy() - mean[:, None, None]) / std[:, None, None], atol=1e-6)
    y.sum().backward()
    assert (x.grad[0, 2] == 0.25).all()
    with pytest.raises(TypeError, match="float tensor"):
        F.normalize(minitorch.zeros(3, 2, 2, dtype=minitorch.uint8), [0], [1])
    with pytest.raises(ValueError, match="zero"):
        F.normalize(minitorch.zeros(3, 2, 2), [0, 0, 0], [1, 0, 1])
    erased = F.erase(x.detach(), 1, 2, 2, 3, minitorch.tensor([5.0, 6, 7]).reshape(-1, 1, 1))
    assert (erased[:, 1, 1:3, 2:5] == 6).all() and (erased != x).sum() == 2 * 3 * 6 and x.max() < 5


# -- image, mask and boxes together ------------------------------------------------------------------------------------


def scene():
    """A black picture (30, 40) with a white block, the mask of the block, and the box around it, in each format."""
    mask = minitorch.zeros(30, 40, dtype=minitorch.int64)
    mask[5:15, 10:30] = 7
    image = (mask > 0).float().expand(3, 30, 40).clone()
    box = {"XYXY": [10, 5, 30, 15], "XYWH": [10, 5, 20, 10], "CXCYWH": [20, 10, 20, 10]}
    boxes = {
        k: tv_tensors.BoundingBoxes(v, format=k, canvas_size=(30, 40), dtype=minitorch.float32) for k, v in box.items()
    }
    return tv_tensors.Image(image), tv_tensors.Mask(mask), boxes


def around(mask):
    """The box around what is not 0, found by looking."""
    rows, columns = mask.numpy().any(1).nonzero()[0], mask.numpy().any(0).nonzero()[0]
    return [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]


@pytest.mark.parametrize("transform", [
    v2.RandomHorizontalFlip(1), v2.RandomVerticalFlip(1), v2.Resize((60, 20)), v2.Resize(45), v2.CenterCrop((20, 28)),
    v2.CenterCrop(50), v2.RandomCrop(25), v2.RandomCrop(36, padding=(3, 5), fill={tv_tensors.Image: 0.0, "others": 0}),
    v2.RandomResizedCrop((40, 40), scale=(0.5, 1)), v2.RandomRotation((90, 90), expand=True),
    v2.Compose([v2.RandomCrop(28), v2.RandomHorizontalFlip(), v2.RandomApply([v2.Resize(56)])]),
], ids=lambda t: type(t).__name__)  # fmt: skip
def test_image_mask_and_boxes_stay_together(transform):
    for seed in range(4):
        minitorch.manual_seed(seed)
        image, mask, boxes = scene()
        sample = {"image": image, "labels": (mask, boxes), "name": "block", "number": minitorch.tensor(3)}
        out = transform(sample)
        new_mask, new_boxes = out["labels"]
        assert type(out["image"]) is tv_tensors.Image and type(new_mask) is tv_tensors.Mask
        assert out["name"] == "block" and out["number"] is sample["number"]
        assert set(new_mask.unique().tolist()) <= {0, 7}
        size = tuple(out["image"].shape[1:])
        assert new_mask.shape == size
        bright = (out["image"][0] > 0.5).numpy() != (new_mask > 0).numpy()
        assert bright.mean() < 0.06  # at the edges a blended image may decide otherwise
        for form, box in new_boxes.items():
            assert box.format.value == form and box.canvas_size == size
            corners = F.convert_bounding_box_format(box, "xyxy")[0].tolist()
            assert np.abs(np.array(corners) - around(new_mask)).max() <= 1.01


def test_boxes_around_what_was_turned():
    boxes = tv_tensors.BoundingBoxes([[10, 10, 20, 20]], format="XYXY", canvas_size=(30, 30))
    turned = F.rotate(boxes.to(minitorch.float64), 45)
    assert turned[0].tolist() == pytest.approx([15 - 50**0.5, 15 - 50**0.5, 15 + 50**0.5, 15 + 50**0.5])
    assert F.rotate(boxes, 45)[0].tolist() == [8, 8, 22, 22]
    assert F.crop(boxes, 12, 5, 10, 10)[0].tolist() == [5, 0, 10, 8]


def test_no_objects_keep_their_size():
    masks, boxes = tv_tensors.Mask(minitorch.zeros(0, 8, 6).bool()), minitorch.zeros(0, 4)
    boxes = tv_tensors.BoundingBoxes(boxes, format="XYWH", canvas_size=(8, 6))
    for transform in (
        v2.Resize((4, 5)),
        v2.RandomRotation(9, fill=1),
        v2.RandomCrop(4, padding=1),
        v2.RandomVerticalFlip(1),
    ):
        new, new_boxes = transform(masks, boxes)
        assert new.shape == (0, *new_boxes.canvas_size) and new.dtype is minitorch.bool and new_boxes.shape == (0, 4)


def test_colours_are_of_images_only():
    image, mask, boxes = scene()
    jitter = v2.Compose(
        [v2.ColorJitter(0.5, 0.5, 0.5, 0.2), v2.RandomGrayscale(1), v2.RandomErasing(1), v2.Normalize([0.5], [2])]
    )
    new, same, boxes_too = jitter(image, mask, boxes)
    assert same is mask and boxes_too["XYXY"] is boxes["XYXY"] and not minitorch.equal(new, image)


def test_plain_tensors_are_images_once():
    x, y = minitorch.rand(3, 4, 5), minitorch.rand(3, 4, 5)
    flip = v2.RandomHorizontalFlip(1)
    a, b = flip(x, y)
    assert (a == x.flip(-1)).all() and b is y
    a, b, c = flip(x, tv_tensors.Image(y), PHOTO)
    assert a is x and (b == y.flip(-1)).all() and c.getpixel((0, 0)) == PHOTO.getpixel((100, 0))
    Pair = namedtuple("Pair", "image label")
    assert flip(Pair(x, 3)).label == 3 and flip([x, {"a": 1}])[1] == {"a": 1}


def test_tv_tensors_are_tensors():
    image = tv_tensors.Image([[1, 2], [3, 4]])
    assert image.shape == (1, 2, 2) and type(image + 1) is minitorch.Tensor and type(image.flip(-1)) is minitorch.Tensor
    assert type(image.clone()) is type(image.to(minitorch.float32)) is type(image.detach()) is tv_tensors.Image
    assert type(tv_tensors.wrap(image + 1, like=image)) is tv_tensors.Image
    assert repr(tv_tensors.Image([[1.0]])) == "Image([[[1.]]])"
    x = minitorch.zeros(2, 2)
    tv_tensors.Mask(x)[0, 0] = 1
    assert x[0, 0] == 1 and tv_tensors.Mask(PHOTO.convert("L")).shape == (1, 81, 101)
    boxes = tv_tensors.BoundingBoxes([1, 2, 3, 4], format="xywh", canvas_size=(9, 8))
    assert repr(boxes) == "BoundingBoxes([[1, 2, 3, 4]], format=BoundingBoxFormat.XYWH, canvas_size=(9, 8))"
    for same in (boxes.clone(), copy.deepcopy(boxes), pickle.loads(pickle.dumps(boxes)), boxes.to(minitorch.float64)):
        assert same.format is boxes.format and same.canvas_size == (9, 8) and (same == boxes).all()
    assert pickle.loads(pickle.dumps(image)).tolist() == image.tolist()
    for wrong in (
        lambda: tv_tensors.Image([1]),
        lambda: tv_tensors.BoundingBoxes([1], format="XYXY", canvas_size=(1, 1)),
    ):
        with pytest.raises(ValueError, match="dims"):
            wrong()
    leaf = minitorch.rand(3, 4, 4, requires_grad=True)
    F.adjust_saturation(F.rotate(F.resize(tv_tensors.Image(leaf), 8), 10), 0.5).sum().backward()
    assert leaf.grad.abs().sum() > 0


# -- the same numbers as torch -----------------------------------------------------------------------------------------


def draws(transform, draw):
    """What make_params draws, three times, beside the same calls to torch."""
    image = [minitorch.zeros(3, 50, 70)]
    minitorch.manual_seed(3)
    torch.manual_seed(3)
    return [(transform.make_params(image), draw()) for _ in range(3)]


def test_random_numbers_are_torchs():
    u = lambda low, high: torch.empty(1).uniform_(low, high).item()
    place = lambda h, w: (torch.randint(0, 50 - h + 1, (1,)).item(), torch.randint(0, 70 - w + 1, (1,)).item())

    for ours, (top, left) in draws(v2.RandomCrop((20, 30)), lambda: place(20, 30)):
        assert (ours["top"], ours["left"]) == (top, left)
    for ours, angle in draws(v2.RandomRotation(30), lambda: u(-30, 30)):
        assert ours["angle"] == angle

    def resized():
        while True:
            area, ratio = (
                50 * 70 * u(0.08, 1),
                torch.empty(1).uniform_(*torch.tensor([3 / 4, 4 / 3]).log().tolist()).exp().item(),
            )
            w, h = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
            if w <= 70 and h <= 50:
                return [*place(h, w), h, w]

    for ours, theirs in draws(v2.RandomResizedCrop(8), resized):
        assert list(ours.values()) == theirs

    def erased():
        area, ratio = 50 * 70 * u(0.02, 0.33), torch.empty(1).uniform_(*torch.tensor([0.3, 3.3]).log().tolist()).exp()
        h, w = round(math.sqrt(area * ratio.item())), round(math.sqrt(area / ratio.item()))
        v = torch.empty(3, h, w).normal_()
        return [*place(h, w), h, w], v.numpy()

    for ours, (theirs, v) in draws(v2.RandomErasing(value="random"), erased):
        assert [ours[k] for k in "ijhw"] == theirs and np.allclose(ours["v"].numpy(), v, atol=1e-5)
    jitter = lambda: (torch.randperm(4).tolist(), [u(0.6, 1.4), u(0.7, 1.3), u(0.8, 1.2), u(-0.1, 0.1)])
    for ours, theirs in draws(v2.ColorJitter(0.4, 0.3, 0.2, 0.1), jitter):
        assert ours["order"] == theirs[0] and ours["factors"] == pytest.approx(theirs[1], abs=1e-7)
    minitorch.manual_seed(1)
    torch.manual_seed(1)
    x = minitorch.rand(1, 2, 3)
    torch.rand(1, 2, 3)
    for _ in range(20):
        assert (v2.RandomHorizontalFlip()(x) is not x) == bool(torch.rand(1) < 0.5)


def test_auto_augment():
    colour = {"Posterize", "Solarize", "AutoContrast", "Equalize", "Invert", "Color", "Contrast", "Sharpness"}
    image, augment = F.pil_to_tensor(PHOTO), v2.AutoAugment()
    for seed in range(60):
        minitorch.manual_seed(seed)
        steps = augment.make_params([image])["steps"]
        torch.manual_seed(seed)
        policy = IMAGENET[int(torch.randint(25, ()))]
        assert len(steps) <= 2 and all(
            (name, strength) in [(n, s) for n, _, s in policy] for name, strength, _ in steps
        )
        outputs = []
        for form in (image, PHOTO, F.to_tensor(PHOTO)):
            minitorch.manual_seed(seed)
            outputs.append(augment(form))
        assert outputs[0].dtype is minitorch.uint8 and outputs[0].shape == image.shape
        if {name for name, _, _ in steps} <= colour - {"Posterize", "Solarize"}:
            assert np.mean(np.abs(array(outputs[0]) - array(outputs[1])) > 8) < 0.02
    with pytest.raises(TypeError, match="no masks or boxes"):
        augment(tv_tensors.Image(image), tv_tensors.Mask(image[0]))


def test_errors_and_forms():
    with pytest.raises(ValueError, match="larger than padded"):
        v2.RandomCrop(60)(PHOTO.resize((50, 70)))
    assert v2.RandomCrop(120, pad_if_needed=True)(PHOTO).size == (120, 120)
    for wrong in (lambda: v2.ColorJitter(-1), lambda: v2.ColorJitter(hue=0.7), lambda: v2.RandomHorizontalFlip(2),
                  lambda: v2.Resize((1, 2, 3)), lambda: v2.RandomRotation(-1), lambda: v2.Compose([]),
                  lambda: v2.RandomErasing(value="red"), lambda: F.adjust_hue(PHOTO, 1)):  # fmt: skip
        with pytest.raises(ValueError):
            wrong()
    image, mask, _ = scene()
    with pytest.raises(ValueError, match="one height and width"):
        v2.RandomCrop(5)(image, tv_tensors.Mask(mask[1:]))
    assert repr(v2.ColorJitter(0.4)) == "ColorJitter(brightness=[0.6, 1.4])"
    assert repr(v2.Resize(8)) == "Resize(size=[8], interpolation=InterpolationMode.BILINEAR, antialias=True)"
    assert v2.Lambda(lambda x: x * 2, minitorch.Tensor)(3, image)[0] == 3
    assert transforms.Resize is v2.Resize and transforms.functional is F
    assert F.resize(PHOTO, 8, PIL.Image.BICUBIC).size == (9, 8)
    erased = v2.RandomErasing(1, value="random")(minitorch.zeros(3, 20, 20))
    assert 0.02 * 400 * 0.8 <= (erased[0] != 0).sum() <= 0.33 * 400 * 1.1
