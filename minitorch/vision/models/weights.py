"""Trained parameters: where the file of each network is, and which images it expects.

    net = resnet18(weights=ResNet18_Weights.DEFAULT)     # or weights="DEFAULT"; None: fresh ones
    scores = net.eval()(ResNet18_Weights.DEFAULT.transforms()(image)[None])

The files are torchvision's, with its names. They are downloaded once, and checked by the hash in their names
(minitorch/hub.py). https://docs.pytorch.org/vision/stable/models.html
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial

from minitorch import float32
from minitorch.hub import load_state_dict_from_url
from minitorch.vision.transforms import CenterCrop, Compose, Normalize, Resize, ToDtype, ToImage


@dataclass(frozen=True)
class Weights:
    """The parameters in a file. transforms(): what makes of an image, a PIL one or a tensor, what they expect;
    meta: what else is known of them, such as their number and how often they are right."""

    url: str
    transforms: Callable
    meta: dict


class WeightsEnum(Enum):
    """The trained parameters there are for one network; a network's enum is a subclass with some Weights."""

    @classmethod
    def verify(cls, weights):
        """The member that is meant by itself, by its name, or by None (none).

        KeyError for an unknown name, TypeError for another network's weights.
        """
        if isinstance(weights, str):
            name = weights.removeprefix(f"{cls.__name__}.")
            if name not in cls.__members__:
                raise KeyError(f"{cls.__name__} has {', '.join(cls.__members__)}, but not {name!r}")
            return cls[name]
        if weights is not None and not isinstance(weights, cls):
            raise TypeError(
                f"Invalid Weight class provided; expected {cls.__name__} but received {type(weights).__name__}."
            )
        return weights

    @property
    def url(self):
        return self.value.url

    @property
    def transforms(self):
        return self.value.transforms

    @property
    def meta(self):
        return self.value.meta

    def get_state_dict(self, *args, **kwargs):
        """The parameters and buffers by their names; the arguments are those of hub.load_state_dict_from_url."""
        return load_state_dict_from_url(self.url, *args, **kwargs)

    def __repr__(self):
        return f"{type(self).__name__}.{self.name}"


def image_classification(crop_size=224, resize_size=256):
    """The middle of an image whose shorter side was made resize_size long, normalised as ImageNet is."""
    normalise = Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])
    to_tensor = [ToImage(), ToDtype(float32, scale=True)]
    return Compose([Resize(resize_size), CenterCrop(crop_size), *to_tensor, normalise])


def imagenet(file, num_params, acc1, acc5, resize_size=256):
    """Weights that were trained on ImageNet's 1,000 classes; acc1, acc5: how often the right one is first, or among the
    first five, in %. (torchvision's meta also has the names of the classes.)"""
    metrics = {"ImageNet-1K": {"acc@1": acc1, "acc@5": acc5}}
    meta = {"num_classes": 1000, "num_params": num_params, "_metrics": metrics}
    transforms = partial(image_classification, resize_size=resize_size)
    return Weights(f"https://download.pytorch.org/models/{file}", transforms, meta)


def with_weights(network, weights, progress, kwargs):
    """network(**kwargs), with these weights where they are not None.

    ValueError where num_classes is not theirs: replace the last layer afterwards.
    """
    if weights is None:
        return network(**kwargs)
    classes = weights.meta["num_classes"]
    if kwargs.setdefault("num_classes", classes) != classes:
        raise ValueError(
            f"The parameter 'num_classes' expected value {classes} but got {kwargs['num_classes']} instead: so many "
            f"classes has {weights!r}. Leave it out, and replace the last layer of the network"
        )
    net = network(**kwargs)
    net.load_state_dict(weights.get_state_dict(progress=progress, check_hash=True))
    return net
