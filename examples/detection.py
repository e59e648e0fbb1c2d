"""Detection: a tiny single-shot detector finds digits, by anchor boxes of several scales, in images composed of them.

python examples/detection.py                     trains, prints what it finds, draws detection.png

Around every pixel of two feature maps, 8 x 8 and 4 x 4, stand anchors: boxes of some sizes and shapes. For each the
network says a class (or background) and the offsets by which it becomes the box. The anchor that overlaps a true box
most is to find it, as are all that overlap it by half. Of predicted boxes that overlap, the surest one is kept. A digit
counts as found where a box of its class overlaps it by half (IoU >= 0.5).

Most anchors are background: only the worst of them count in the loss, three for each with a digit, or "background" for
all would be a good answer. (Liu et al., SSD: single shot multibox detector, 2016; https://d2l.ai, 14.7.)
"""

from _program import COLOURS, options, plt
from _scenes import halving, scenes, stem
from rich.progress import track

import minitorch
from minitorch import cat, nn, optim
from minitorch.nn import functional as F
from minitorch.vision.detection import multibox_detection, multibox_target, multiscale_anchors
from minitorch.vision.ops import box_iou

SIZES, RATIOS = [[0.24, 0.33], [0.36, 0.45]], [[1.0, 0.5], [1.0, 0.5]]  # of each map; ratio: width over height
PER_PIXEL = 3  # n + m - 1


class TinySSD(nn.Module):
    """Images (N, 1, 64, 64) to anchors (1, A, 4), class scores (N, A, 11) and offsets (N, 4 A)."""

    def __init__(self):
        super().__init__()
        self.stages = nn.ModuleList([nn.Sequential(stem(), halving(16, 32), halving(32, 64)), halving(64, 64)])
        self.classes = nn.ModuleList([nn.Conv2d(64, PER_PIXEL * 11, 3, padding=1) for _ in self.stages])
        self.offsets = nn.ModuleList([nn.Conv2d(64, PER_PIXEL * 4, 3, padding=1) for _ in self.stages])

    def forward(self, x):
        maps, classes, offsets = [], [], []
        for stage, to_classes, to_offsets in zip(self.stages, self.classes, self.offsets, strict=True):
            x = stage(x)  # (N, 64, 8, 8), then (N, 64, 4, 4)
            maps.append(x)
            classes.append(to_classes(x).permute(0, 2, 3, 1).flatten(1))  # (N, 33, H, W) -> (N, H, W, 33) -> (N, HW33)
            offsets.append(to_offsets(x).permute(0, 2, 3, 1).flatten(1))
        anchors = multiscale_anchors(maps, SIZES, RATIOS)
        return anchors, cat(classes, 1).unflatten(1, (-1, 11)), cat(offsets, 1)


def loss_of(scores, offsets, targets):
    """Cross-entropy of classes, and distance of offsets where there is a digit, per anchor with a digit."""
    true_offsets, mask, true_classes = targets
    entropy = F.cross_entropy(scores.transpose(1, 2), true_classes, reduction="none")  # (N, A)
    found = true_classes > 0
    background = entropy.masked_fill(found, 0)
    rank = background.detach().argsort(1, descending=True).argsort(1)  # 0 for the worst of its image
    counted = found | (rank < 3 * found.sum(1, keepdim=True))
    return ((entropy * counted).sum() + F.smooth_l1_loss(offsets * mask, true_offsets, reduction="sum")) / found.sum()


def detect(net, images, confidence):
    """For each image the rows (class, confidence, box) of what is found."""
    with minitorch.no_grad():
        anchors, scores, offsets = net.eval()(images)
        found = multibox_detection(scores.softmax(2).transpose(1, 2), offsets, anchors, nms_threshold=0.3)
    return [rows[(rows[:, 0] >= 0) & (rows[:, 1] >= confidence)] for rows in found]


def score(detections, labels):
    """(precision, recall): of what was found the share that is right, of the digits the share that was found."""
    right, found, there = 0, sum(map(len, detections)), (labels[..., 0] >= 0).sum().item()
    for rows, label in zip(detections, labels, strict=True):
        match = (box_iou(label[:, 1:], rows[:, 2:]) >= 0.5) & (label[:, :1] == rows[:, 0])
        right += match.any(1).sum().item()
    return right / max(found, 1), right / there


def draw(images, labels, detections, path):
    figure, grid = plt.subplots(2, 4, figsize=(12, 6.4))
    for axes, image, label, rows in zip(grid.flat, images, labels, detections, strict=False):
        axes.imshow(image[0].numpy(), cmap="gray_r", extent=(0, 1, 1, 0), vmax=1.2)
        for x1, y1, x2, y2 in label[label[:, 0] >= 0, 1:].tolist():
            axes.add_patch(plt.Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, ls=":", color="black"))
        for digit, sure, x1, y1, x2, y2 in rows.tolist():
            axes.add_patch(plt.Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, color=COLOURS[1], lw=1.8))
            paper = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5}
            axes.text(x1, y1 - 0.02, f"{digit:.0f}  {sure:.0%}", color=COLOURS[1], fontsize=10, bbox=paper)
        axes.set_axis_off()
    figure.suptitle("Test images: what the detector finds, and how sure it is; dotted, the true boxes")
    figure.savefig(path)


def main():
    arguments = options(__doc__, "detection.png")
    count, steps = (64, 4) if arguments.quick else (2000, 500)
    minitorch.manual_seed(0)
    net, (images, labels, _) = TinySSD(), scenes(count)
    with minitorch.no_grad():
        anchors, _, _ = net(images[:1])
    targets = multibox_target(anchors, labels)
    print(f"{anchors.shape[1]} anchors an image; {(targets[2] > 0).float().mean().item():.1%} of them have a digit")
    optimizer = optim.Adam(net.parameters())
    schedule = optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    for _ in track(range(steps), "training"):
        batch = minitorch.randint(count, (32,))
        _, scores, offsets = net.train()(images[batch])
        optimizer.zero_grad()
        loss = loss_of(scores, offsets, [each[batch] for each in targets])
        loss.backward()
        optimizer.step()
        schedule.step()
    images, labels, _ = scenes(count // 10, test=True, seed=1)
    print(f"loss {loss.item():.3f}; on {len(images)} test images:")
    for confidence in (0.3, 0.5, 0.7):
        precision, recall = score(detect(net, images, confidence), labels)
        print(f"boxes surer than {confidence:.0%}: {precision:.1%} of them are right, {recall:.1%} of the digits found")
    draw(images, labels, detect(net, images[:8], 0.5), arguments.picture)
    print(f"boxes: {arguments.picture}")


if __name__ == "__main__":
    main()
