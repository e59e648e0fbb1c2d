"""Boxes: their area, how much two overlap, and which of many overlapping ones to keep.

A box is (x1, y1, x2, y2), its left upper and right lower corner; boxes are (N, 4). As in torchvision, whose roi_align
and the like are not here. https://docs.pytorch.org/vision/stable/ops.html
"""

from minitorch import bfloat16, cat, empty, float16, int8, int16, int64, maximum, minimum, stack, uint8

FORMATS = ("xyxy", "xywh", "cxcywh")


def box_convert(boxes, in_fmt, out_fmt):
    """Boxes (..., 4) in another form: "xyxy", two corners; "xywh", a corner and the size; "cxcywh", centre and size.

    ValueError for other forms.
    """
    for fmt in (in_fmt, out_fmt):
        if fmt not in FORMATS:
            raise ValueError(f"box_convert: expected in_fmt and out_fmt to be one of {FORMATS}, but got {fmt!r}")
    if in_fmt == out_fmt:
        return boxes.clone()
    a, b, c, d = boxes.unbind(-1)
    if in_fmt == "xywh":
        a, b, c, d = a, b, a + c, b + d
    elif in_fmt == "cxcywh":
        a, b, c, d = a - 0.5 * c, b - 0.5 * d, a + 0.5 * c, b + 0.5 * d
    if out_fmt == "xywh":
        a, b, c, d = a, b, c - a, d - b
    elif out_fmt == "cxcywh":
        a, b, c, d = (a + c) / 2, (b + d) / 2, c - a, d - b
    return stack([a, b, c, d], -1)


def clip_boxes_to_image(boxes, size):
    """Boxes (..., 4) with what is outside of an image of size (height, width) cut off."""
    height, width = size
    x, y = boxes[..., 0::2].clamp(0, width), boxes[..., 1::2].clamp(0, height)  # (..., 2) each
    return stack([x, y], -1).reshape(boxes.shape)  # (..., 2, 2) -> (..., 4)


def box_area(boxes):
    """(x2 - x1) (y2 - y1): (N, 4) -> (N)."""
    x1, y1, x2, y2 = with_room(boxes).unbind(-1)
    return (x2 - x1) * (y2 - y1)


def box_iou(boxes1, boxes2):
    """Intersection over union of each of N boxes with each of M: |A and B| / |A or B|, from 0 to 1, (N, M).

    nan where both have no area.
    """
    intersection, union = intersection_and_union(boxes1, boxes2)
    return intersection / union


def generalized_box_iou(boxes1, boxes2):
    """IoU - |hull without A or B| / |hull|, from -1 to 1, (N, M): it tells apart how far off boxes without overlap are.

    The hull is the smallest box around both. Rezatofighi et al., https://arxiv.org/abs/1902.09630
    """
    intersection, union = intersection_and_union(boxes1, boxes2)
    a, b = with_room(boxes1)[:, None], with_room(boxes2)[None]  # (N, 1, 4), (1, M, 4)
    sides = maximum(a[..., 2:], b[..., 2:]) - minimum(a[..., :2], b[..., :2])  # (N, M, 2)
    hull = sides[..., 0] * sides[..., 1]
    return intersection / union - (hull - union) / hull


def intersection_and_union(boxes1, boxes2):
    """The areas |A and B| and |A or B|, (N, M) each."""
    a, b = with_room(boxes1)[:, None], with_room(boxes2)[None]  # (N, 1, 4), (1, M, 4)
    sides = (minimum(a[..., 2:], b[..., 2:]) - maximum(a[..., :2], b[..., :2])).clamp(min=0)  # (N, M, 2)
    intersection = sides[..., 0] * sides[..., 1]
    return intersection, box_area(boxes1)[:, None] + box_area(boxes2) - intersection


def with_room(boxes):
    """Boxes in a dtype whose range areas do not leave: float32 for halves, int32 for smaller integers."""
    if boxes.dtype in (float16, bfloat16):
        return boxes.float()
    return boxes.int() if boxes.dtype in (uint8, int8, int16) else boxes


def nms(boxes, scores, iou_threshold):
    """Non-maximum suppression: the places (int64) of the boxes to keep, those of higher scores first.

    Take the box with the highest score; drop all that overlap it by more than iou_threshold; repeat with what is left.
    """
    boxes = boxes.detach()
    left, kept = scores.detach().argsort(descending=True, stable=True), []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(best)
        overlap = box_iou(boxes[best][None], boxes[left])[0]
        left = left[~(overlap > iou_threshold)]  # which keeps nan: a box without area overlaps nothing
    return stack(kept) if kept else empty(0, dtype=int64, device=boxes.device)


def batched_nms(boxes, scores, idxs, iou_threshold):
    """nms among the boxes of each class by itself; idxs (N): their classes. The places of all that are kept."""
    keep = [empty(0, dtype=int64, device=boxes.device)]
    for label in idxs.unique():
        members = (idxs == label).nonzero()[:, 0]
        keep.append(members[nms(boxes[members], scores[members], iou_threshold)])
    keep = cat(keep)
    return keep[scores.detach()[keep].argsort(descending=True, stable=True)]
