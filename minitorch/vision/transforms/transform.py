"""`Transform`: what all transforms do, and `Compose` and the like, which are made of others.

A transform takes a sample, anything that has images in it: transform(image), transform(image, label),
transform({"image": image, "boxes": boxes}). It draws its random numbers once, and then does the same to every image,
mask and boxes in it; all else passes through. A plain tensor counts as an image if it is the first one and the sample
has no other image (as in torchvision: a label may be a tensor, too).
"""

from enum import Enum

import PIL.Image

from minitorch.creation import empty
from minitorch.nn import Module
from minitorch.random import rand, randint
from minitorch.tensor import Tensor
from minitorch.vision.transforms.functional import get_size
from minitorch.vision.tv_tensors import BoundingBoxes, Image, Mask, TVTensor


def leaves(sample):
    """What stands in a nest of tuples, lists and dicts, in order."""
    if isinstance(sample, dict):
        sample = list(sample.values())
    if not isinstance(sample, list | tuple):
        return [sample]
    return [leaf for part in sample for leaf in leaves(part)]


def rebuilt(sample, new):
    """The same nest with the leaves that the iterator `new` gives."""
    if isinstance(sample, dict):
        return type(sample)((key, rebuilt(part, new)) for key, part in sample.items())
    if isinstance(sample, list | tuple):
        parts = [rebuilt(part, new) for part in sample]
        return type(sample)(*parts) if hasattr(sample, "_fields") else type(sample)(parts)
    return next(new)


class Transform(Module):
    """A subclass says what becomes of one image, mask or boxes: transform(inpt, params), with the random numbers that
    make_params(inputs) drew. https://docs.pytorch.org/vision/stable/auto_examples/transforms/plot_custom_transforms.html
    """

    takes = (Tensor, PIL.Image.Image)  # the types that it changes

    def make_params(self, flat_inputs):
        """The random numbers for a sample with these inputs: a dict."""
        return {}

    def transform(self, inpt, params):
        raise NotImplementedError

    def skips(self):
        """Whether this sample is left as it is."""
        return False

    def forward(self, *inputs):
        sample = inputs if len(inputs) > 1 else inputs[0]
        if self.skips():
            return sample
        flat = leaves(sample)
        chosen = self.chosen(flat)
        params = self.make_params([x for x, here in zip(flat, chosen, strict=True) if here])
        new = [self.transform(x, params) if here else x for x, here in zip(flat, chosen, strict=True)]
        return rebuilt(sample, iter(new))

    def chosen(self, flat):
        """For each leaf, whether it is to be transformed."""
        images = any(isinstance(x, Image | PIL.Image.Image) for x in flat)
        plain = [isinstance(x, Tensor) and not isinstance(x, TVTensor) for x in flat]
        first = plain.index(True) if any(plain) and not images else None
        return [isinstance(x, self.takes) and (not plain[i] or i == first) for i, x in enumerate(flat)]

    def extra_repr(self):
        shown = {k: v for k, v in vars(self).items() if not k.startswith("_") and k != "training"}
        kinds = bool | int | float | str | tuple | list | Enum
        return ", ".join(f"{k}={v}" for k, v in shown.items() if isinstance(v, kinds))


class ImageTransform(Transform):
    """One that changes the values of pixels: masks and boxes pass through."""

    def chosen(self, flat):
        return [c and not isinstance(x, Mask | BoundingBoxes) for c, x in zip(super().chosen(flat), flat, strict=True)]


class Sometimes(Transform):
    """A transform that a sample gets with probability p."""

    def __init__(self, p=0.5):
        if not 0 <= p <= 1:
            raise ValueError("`p` should be a floating point value in the interval [0.0, 1.0].")
        super().__init__()
        self.p = p

    def skips(self):
        return bool(rand(1) >= self.p)


def uniform(low, high):
    """A random number of [low, high)."""
    return empty(1).uniform_(low, high).item()


def size_of(flat_inputs):
    """(height, width) of what a sample shows. ValueError where its parts disagree."""
    sizes = {tuple(get_size(x)) for x in flat_inputs}
    if len(sizes) != 1:
        raise ValueError(f"the images, masks and boxes of a sample must have one height and width, but got {sizes}")
    return sizes.pop()


def height_and_width(size):
    """[n, n] of a number n, [h, w] of a pair."""
    size = [size] if isinstance(size, int) else list(size)
    if len(size) not in (1, 2):
        raise ValueError("Please provide only two dimensions (h, w) for size.")
    return (size * 2)[:2]


# -- of other transforms -----------------------------------------------------------------------------------------------


class Compose(Transform):
    """One transform after the other."""

    def __init__(self, transforms):
        super().__init__()
        if not transforms:
            raise ValueError("Pass at least one transform")
        self.transforms = transforms

    def forward(self, *inputs):
        for transform in self.transforms:
            outputs = transform(*inputs)
            inputs = outputs if len(inputs) > 1 else (outputs,)
        return outputs

    def extra_repr(self):
        return "\n".join(str(transform) for transform in self.transforms)


class RandomApply(Compose):
    """One transform after the other with probability p, else none of them."""

    def __init__(self, transforms, p=0.5):
        super().__init__(transforms)
        self.p = p

    def forward(self, *inputs):
        if rand(1) >= self.p:
            return inputs if len(inputs) > 1 else inputs[0]
        return super().forward(*inputs)


class RandomChoice(Compose):
    """One of the transforms, each with the same probability."""

    def forward(self, *inputs):
        return self.transforms[int(randint(len(self.transforms), (1,)))](*inputs)


class Lambda(Transform):
    """A function of yours, of what has one of these types (object: of everything)."""

    def __init__(self, lambd, *types):
        super().__init__()
        self.lambd, self.types = lambd, types or (object,)

    def chosen(self, flat):
        return [isinstance(x, self.types) for x in flat]

    def transform(self, inpt, params):
        return self.lambd(inpt)
