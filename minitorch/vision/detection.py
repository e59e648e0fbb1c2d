"""Detection by anchor boxes, as in Dive into Deep Learning (https://d2l.ai, 14.4), with its names.

1. `multibox_prior` puts boxes of several sizes and shapes around every pixel of a feature map: the anchors.
2. `multibox_target` says what each anchor is to learn: the class of the true box that is assigned to it, or background,
   and by which offsets it becomes that box.
3. `multibox_detection` makes boxes of predicted classes and offsets, and keeps one of those that overlap.

Boxes are (x1, y1, x2, y2) over the width and height of the image: from 0 to 1. A is the number of anchors.
"""

from minitorch import arange, cat, full, int64, stack, tensor, where, zeros
from minitorch.vision.ops import box_convert, box_iou, nms

# -- anchors -----------------------------------------------------------------------------------------------------------


def multibox_prior(data, sizes, ratios):
    """Anchors around each pixel of `data` (..., H, W): (1, H W (n + m - 1), 4), pixel by pixel, row by row.

    Of n sizes s and m ratios r only the pairs with s1 or r1 are taken, n + m - 1 instead of n m:

        (s1, r1), (s2, r1), ..., (sn, r1), (s1, r2), ..., (s1, rm)

    The size is relative to the image's height, the ratio is width over height in pixels: an anchor is s sqrt(r) image
    heights wide and s / sqrt(r) high. (The book's text says s sqrt(r) widths; its code does this.)
    """
    height, width = data.shape[-2:]
    pairs = [(s, ratios[0]) for s in sizes] + [(sizes[0], r) for r in ratios[1:]]
    # over the width of the image, of which the feature map has the shape, not over its height
    halves = tensor([(s * r**0.5 * height / width / 2, s / r**0.5 / 2) for s, r in pairs], device=data.device)
    x = (arange(width, device=data.device) + 0.5) / width
    y = (arange(height, device=data.device) + 0.5) / height
    centres = stack([x.expand(height, width), y[:, None].expand(height, width)], -1)  # (H, W, 2)
    centres, halves = centres.reshape(-1, 1, 2), halves[None]  # (H, W, 2) -> (H W, 1, 2);  (1, n + m - 1, 2)
    corners = cat([centres - halves, centres + halves], -1)  # (H W, n + m - 1, 4)
    return corners.reshape(1, -1, 4)  # (H W, n + m - 1, 4) -> (1, A, 4)


def multiscale_anchors(maps, sizes, ratios):
    """The anchors of several feature maps, (1, A, 4): small ones for large maps, whose pixels see little of the image.

    sizes, ratios: those of each map.
    """
    return cat([multibox_prior(*each) for each in zip(maps, sizes, ratios, strict=True)], 1)


# -- what they are to learn --------------------------------------------------------------------------------------------


def assign_anchor_to_bbox(ground_truth, anchors, iou_threshold=0.5):
    """For each of A anchors the number of the true box (M, 4) that it is to find, or -1: (A), int64.

    Every true box gets an anchor, the one of the largest IoU first, as long as there are any. Of the other anchors each
    gets the true box that it overlaps most, if by iou_threshold at least.
    """
    assigned = full((len(anchors),), -1, dtype=int64, device=anchors.device)
    if len(ground_truth) == 0:
        return assigned
    iou = box_iou(anchors, ground_truth)  # (A, M)
    most, which = iou.max(1)
    assigned = where(most >= iou_threshold, which, assigned)
    for _ in range(min(iou.shape)):
        anchor, box = divmod(iou.argmax().item(), iou.shape[1])
        assigned[anchor] = box
        iou[anchor, :] = -1  # both are taken
        iou[:, box] = -1
    return assigned


def offset_boxes(anchors, assigned_bb):
    """By which numbers anchors (A, 4) become the boxes (A, 4) that are assigned to them: (A, 4).

        (xb - xa) / wa / 0.1    (yb - ya) / ha / 0.1    log(wb / wa) / 0.2    log(hb / ha) / 0.2

    of centres x, y, widths w and heights h. 0.1 and 0.2 are about the deviations: the labels then vary by about 1.
    """
    xy_a, wh_a = box_convert(anchors, "xyxy", "cxcywh").split(2, -1)
    xy_b, wh_b = box_convert(assigned_bb, "xyxy", "cxcywh").split(2, -1)
    return cat([(xy_b - xy_a) / wh_a / 0.1, (wh_b / wh_a).log() / 0.2], -1)


def offset_inverse(anchors, offset_preds):
    """The boxes (A, 4) that anchors (A, 4) become by offsets (A, 4): the inverse of offset_boxes."""
    xy_a, wh_a = box_convert(anchors, "xyxy", "cxcywh").split(2, -1)
    xy, wh = offset_preds.split(2, -1)
    return box_convert(cat([xy * 0.1 * wh_a + xy_a, (wh * 0.2).exp() * wh_a], -1), "cxcywh", "xyxy")


def multibox_target(anchors, labels):
    """What A anchors are to learn from the true boxes of N images: (offsets (N, 4 A), mask (N, 4 A), classes (N, A)).

    anchors (1, A, 4); labels (N, M, 5): class and box; rows with a negative class fill up images with fewer boxes.
    classes: 0 for background, else the class + 1. mask: 1 for the offsets that count, those of anchors with a box.
    ValueError for a true box without area.
    """
    anchors, targets = anchors[0], []
    for label in labels:
        classes, boxes = label[label[:, 0] >= 0].split([1, 4], 1)
        if not (boxes[:, 2:] > boxes[:, :2]).all():
            raise ValueError("multibox_target: a true box must have x1 < x2 and y1 < y2")
        assigned = assign_anchor_to_bbox(boxes, anchors)
        found = assigned >= 0
        offsets, classes_of = zeros(anchors.shape, device=anchors.device), zeros(len(anchors), dtype=int64)
        offsets[found] = offset_boxes(anchors[found], boxes[assigned[found]])
        classes_of[found] = classes[assigned[found], 0].long() + 1
        mask = found[:, None].expand(-1, 4).float()  # (A) -> (A, 4)
        targets.append((offsets.flatten(), mask.flatten(), classes_of))
    return tuple(stack(each) for each in zip(*targets, strict=True))


# -- what they have found ----------------------------------------------------------------------------------------------


def multibox_detection(cls_probs, offset_preds, anchors, nms_threshold=0.5, pos_threshold=0.009999999):
    """The boxes that A anchors have found in N images: (N, A, 6), rows (class, confidence, x1, y1, x2, y2).

    cls_probs (N, C + 1, A), background first; offset_preds (N, 4 A); anchors (1, A, 4). First come the boxes that nms
    keeps (among all classes: a place is taken once), the most confident first. The others have class -1, as those less
    confident than pos_threshold, whose confidence is that of being background.
    """
    found, offset_preds = [], offset_preds.reshape(len(cls_probs), -1, 4)  # (N, 4 A) -> (N, A, 4)
    for probabilities, offsets in zip(cls_probs, offset_preds, strict=True):
        confidence, classes = probabilities[1:].max(0)
        boxes = offset_inverse(anchors[0], offsets)
        keep = nms(boxes, confidence, nms_threshold)
        dropped = full((len(boxes),), True)
        dropped[keep] = False
        order = cat([keep, dropped.nonzero()[:, 0]])
        classes = where(dropped, -1, classes)[order].to(boxes.dtype)
        confidence, boxes = confidence[order], boxes[order]
        doubtful = confidence < pos_threshold
        classes = where(doubtful, -1, classes)
        confidence = where(doubtful, 1 - confidence, confidence)
        found.append(cat([stack([classes, confidence], 1), boxes], 1))  # (A, 2), (A, 4) -> (A, 6)
    return stack(found)
