"""vision.ops and vision.detection beside plain loops over boxes, and beside numbers by hand and of the book."""

import functools
import itertools
import math
import operator
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minitorch
from minitorch import tensor
from minitorch.vision import ops
from minitorch.vision.detection import (
    assign_anchor_to_bbox,
    multibox_detection,
    multibox_prior,
    multibox_target,
    multiscale_anchors,
    offset_boxes,
    offset_inverse,
)

sides = st.tuples(*[st.integers(0, 12)] * 2).filter(lambda side: side[0] != side[1]).map(sorted)
box = st.tuples(sides, sides).map(lambda xy: (xy[0][0], xy[1][0], xy[0][1], xy[1][1]))
boxes = st.lists(box, min_size=1, max_size=8)


def cells(box):
    """The unit squares in a box of whole numbers: sets of them have intersections and unions."""
    x1, y1, x2, y2 = box
    return {(x, y) for x in range(x1, x2) for y in range(y1, y2)}


def iou(a, b):
    return len(cells(a) & cells(b)) / len(cells(a) | cells(b))


# -- ops ---------------------------------------------------------------------------------------------------------------


@given(boxes, boxes)
def test_areas_and_overlaps_are_counts_of_squares(first, second):
    a, b = tensor(first), tensor(second)
    assert ops.box_area(a).tolist() == [len(cells(box)) for box in first]
    expected = [[iou(p, q) for q in second] for p in first]
    np.testing.assert_allclose(ops.box_iou(a, b).numpy(), expected, rtol=1e-6)
    np.testing.assert_allclose(ops.box_iou(a.double(), b.double()).numpy(), expected, rtol=1e-14)
    lost = np.zeros((len(first), len(second)))
    for (i, p), (j, q) in itertools.product(enumerate(first), enumerate(second)):
        hull = cells((*np.minimum(p, q)[:2], *np.maximum(p, q)[2:]))
        lost[i, j] = len(hull - cells(p) - cells(q)) / len(hull)
    giou = ops.generalized_box_iou(a, b)
    np.testing.assert_allclose(giou.numpy(), np.subtract(expected, lost), rtol=1e-5, atol=1e-6)


def test_areas_in_dtypes_without_room():
    assert ops.box_area(tensor([[0, 0, 200, 200]], dtype=minitorch.uint8)).tolist() == [40_000]
    assert ops.box_area(tensor([[0.0, 0, 1000, 1000]], dtype=minitorch.float16)).tolist() == [1e6]
    assert math.isnan(ops.box_iou(tensor([[1.0, 1, 1, 1]]), tensor([[1.0, 1, 1, 1]])).item())


@given(boxes, st.permutations(["xyxy", "xywh", "cxcywh"]))
def test_convert_goes_round(given, formats):
    corners = tensor(given, dtype=minitorch.float64)
    first, second, third = formats
    start = ops.box_convert(corners, "xyxy", first)
    there = ops.box_convert(ops.box_convert(start, first, second), second, third)
    assert ops.box_convert(there, third, "xyxy").tolist() == corners.tolist()
    assert ops.box_convert(corners, "xyxy", "xywh").tolist() == [[a, b, c - a, d - b] for a, b, c, d in given]
    centres = [[(a + c) / 2, (b + d) / 2, c - a, d - b] for a, b, c, d in given]
    assert ops.box_convert(corners, "xyxy", "cxcywh").tolist() == centres


def test_convert_refuses_other_forms():
    with pytest.raises(ValueError, match=r"'xyxy', 'xywh', 'cxcywh'.*'yxyx'"):
        ops.box_convert(minitorch.zeros(1, 4), "yxyx", "xyxy")


def test_clip():
    clipped = ops.clip_boxes_to_image(tensor([[[-3.0, -1, 5, 99], [1, 2, 3, 4]]]), (10, 4))
    assert clipped.tolist() == [[[0, 0, 4, 10], [1, 2, 3, 4]]]


def greedy(boxes, scores, threshold):
    """Which to keep, as a loop: each that none of those kept before it overlaps too much."""
    kept = []
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        if all(iou(boxes[i], boxes[j]) <= threshold for j in kept):
            kept.append(i)
    return kept


@given(
    st.lists(st.tuples(box, st.integers(0, 5), st.integers(0, 2)), max_size=12), st.sampled_from([0.0, 0.25, 0.5, 1.0])
)
def test_nms_beside_a_loop(items, threshold):
    given, scores, classes = zip(*items, strict=True) if items else ((), (), ())
    t_boxes, t_scores = tensor(given, dtype=minitorch.float64).reshape(-1, 4), tensor(scores, dtype=minitorch.float64)
    kept = ops.nms(t_boxes, t_scores, threshold)
    assert kept.dtype is minitorch.int64 and kept.tolist() == greedy(given, scores, threshold)

    of_class = [[i for i, c in enumerate(classes) if c == wanted] for wanted in range(3)]
    each = [[members[k] for k in greedy([given[i] for i in members], [scores[i] for i in members], threshold)]
            for members in of_class]  # fmt: skip
    kept = ops.batched_nms(t_boxes, t_scores, tensor(classes, dtype=minitorch.int64), threshold).tolist()
    assert sorted(kept) == sorted(functools.reduce(operator.iadd, each, []))
    assert [scores[i] for i in kept] == sorted((scores[i] for i in kept), reverse=True)


# -- anchors -----------------------------------------------------------------------------------------------------------


@given(st.integers(1, 4), st.integers(1, 4), st.lists(st.floats(0.1, 1), min_size=1, max_size=3),
       st.lists(st.floats(0.25, 4), min_size=1, max_size=3))  # fmt: skip
def test_anchors_beside_a_loop(height, width, sizes, ratios):
    expected = []
    for i in range(height):
        for j in range(width):
            for s, r in [(s, ratios[0]) for s in sizes] + [(sizes[0], r) for r in ratios[1:]]:
                x, y, w, h = (j + 0.5) / width, (i + 0.5) / height, s * math.sqrt(r) * height / width, s / math.sqrt(r)
                expected.append([x - w / 2, y - h / 2, x + w / 2, y + h / 2])
    anchors = multibox_prior(minitorch.zeros(2, 7, height, width), sizes, ratios)
    np.testing.assert_allclose(anchors[0].numpy(), expected, rtol=1e-5, atol=1e-5)


def test_anchors_of_the_book():
    anchors = multibox_prior(minitorch.zeros(1, 3, 561, 728), sizes=[0.75, 0.5, 0.25], ratios=[1, 2, 0.5])
    assert anchors.shape == (1, 2_042_040, 4)
    assert anchors.reshape(561, 728, 5, 4)[250, 250, 0].round(decimals=2).tolist() == pytest.approx(
        [0.06, 0.07, 0.63, 0.82]
    )


def test_anchors_of_several_maps():
    maps = [minitorch.zeros(1, 8, 4, 4), minitorch.zeros(1, 8, 2, 2)]
    anchors = multiscale_anchors(maps, [[0.2, 0.3], [0.6]], [[1, 2], [1, 2, 0.5]])
    assert anchors.shape == (1, 4 * 4 * 3 + 2 * 2 * 3, 4)
    assert minitorch.equal(anchors[:, 48:], multibox_prior(maps[1], [0.6], [1, 2, 0.5]))


# -- labels ------------------------------------------------------------------------------------------------------------


@given(boxes, boxes, st.sampled_from([0.3, 0.5]))
def test_assignment_beside_a_loop(anchors, truth, threshold):
    assigned = assign_anchor_to_bbox(tensor(truth).double(), tensor(anchors).double(), threshold).tolist()
    overlap = {(a, t): iou(anchor, box) for a, anchor in enumerate(anchors) for t, box in enumerate(truth)}
    expected = [-1] * len(anchors)
    for a in range(len(anchors)):
        best = max(range(len(truth)), key=lambda t: overlap[a, t])
        expected[a] = best if overlap[a, best] >= threshold else -1
    while overlap:
        a, t = max(overlap, key=overlap.get)
        expected[a] = t
        overlap = {pair: value for pair, value in overlap.items() if pair[0] != a and pair[1] != t}
    assert assigned == expected


@given(boxes.flatmap(lambda given: st.tuples(st.just(given), st.lists(box, min_size=len(given), max_size=len(given)))))
def test_offsets_beside_a_loop_and_their_inverse(pairs):
    anchors, targets = (tensor(each).double() for each in pairs)
    expected = []
    for (ax1, ay1, ax2, ay2), (bx1, by1, bx2, by2) in zip(*pairs, strict=True):
        wa, ha = ax2 - ax1, ay2 - ay1
        dx, dy = (bx1 + bx2 - ax1 - ax2) / 2, (by1 + by2 - ay1 - ay2) / 2
        expected.append(
            [dx / wa / 0.1, dy / ha / 0.1, math.log((bx2 - bx1) / wa) / 0.2, math.log((by2 - by1) / ha) / 0.2]
        )
    offsets = offset_boxes(anchors, targets)
    np.testing.assert_allclose(offsets.numpy(), expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(offset_inverse(anchors, offsets).numpy(), targets.numpy(), rtol=1e-12, atol=1e-12)


ANCHORS = tensor([[0, 0.1, 0.2, 0.3], [0.15, 0.2, 0.4, 0.4], [0.63, 0.05, 0.88, 0.98], [0.66, 0.45, 0.8, 0.8],
                  [0.57, 0.3, 0.92, 0.9]])  # fmt: skip


def test_targets_of_the_book():
    """A dog and a cat (14.4.3.4); a row of class -1 fills up, an image without boxes is all background."""
    dog_and_cat = [[0, 0.1, 0.08, 0.52, 0.92], [1, 0.55, 0.2, 0.9, 0.88], [-1, 0, 0, 0, 0]]
    nothing = [[-1.0, 0, 0, 0, 0]] * 3
    offsets, mask, classes = multibox_target(ANCHORS[None], tensor([dog_and_cat, nothing]))
    assert classes.tolist() == [[0, 1, 2, 0, 2], [0] * 5]
    assert mask.tolist() == [[0.0] * 4 + [1.0] * 8 + [0.0] * 4 + [1.0] * 4, [0.0] * 20]
    expected = [[0] * 4, [1.4, 10, 2.594, 7.1754], [-1.2, 0.2688, 1.6824, -1.5655], [0] * 4, [-0.5714, -1, 0, 0.6258]]
    np.testing.assert_allclose(offsets[0].reshape(5, 4).numpy(), expected, atol=1e-4)
    assert offsets[1].count_nonzero() == 0


def test_a_true_box_without_area_is_refused():
    with pytest.raises(ValueError, match="x1 < x2"):
        multibox_target(ANCHORS[None], tensor([[[0, 0.5, 0.1, 0.5, 0.2]]]))


# -- predictions -------------------------------------------------------------------------------------------------------


def test_detection_of_the_book():
    """Four anchors, no offsets: a dog three times, of which one is kept, and a cat (14.4.4)."""
    anchors = tensor(
        [[[0.1, 0.08, 0.52, 0.92], [0.08, 0.2, 0.56, 0.95], [0.15, 0.3, 0.62, 0.91], [0.55, 0.2, 0.9, 0.88]]]
    )
    probabilities = tensor([[[0.0, 0, 0, 0], [0.9, 0.8, 0.7, 0.1], [0.1, 0.2, 0.3, 0.9]]])
    found = multibox_detection(probabilities, minitorch.zeros(1, 16), anchors, nms_threshold=0.5)
    expected = [
        [0, 0.9, *anchors[0, 0]],
        [1, 0.9, *anchors[0, 3]],
        [-1, 0.8, *anchors[0, 1]],
        [-1, 0.7, *anchors[0, 2]],
    ]
    np.testing.assert_allclose(found[0].numpy(), np.array(expected, dtype=float), atol=1e-6)
    doubtful = multibox_detection(probabilities, minitorch.zeros(1, 16), anchors, pos_threshold=0.85)[0, :, :2]
    np.testing.assert_allclose(doubtful.numpy(), [[0, 0.9], [1, 0.9], [-1, 0.2], [-1, 0.3]], atol=1e-6)


def test_what_targets_say_is_what_detection_finds():
    """A network that predicts its targets finds the true boxes."""
    truth = tensor([[[2, 0.1, 0.2, 0.4, 0.6], [0, 0.5, 0.5, 0.9, 0.8]]])
    anchors = multibox_prior(minitorch.zeros(1, 1, 5, 5), [0.3, 0.5], [1, 2])
    offsets, _, classes = multibox_target(anchors, truth)
    probabilities = minitorch.nn.functional.one_hot(classes, 4).float().transpose(1, 2)  # (1, A, 4) -> (1, 4, A)
    found = multibox_detection(probabilities, offsets, anchors)[0]
    found = found[found[:, 0] >= 0]
    np.testing.assert_allclose(sorted(found[:, [0, 2, 3, 4, 5]].tolist()), sorted(truth[0].tolist()), atol=1e-6)


def test_importing_minitorch_does_not_import_vision():
    check = "import sys, minitorch; sys.exit('minitorch.vision' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check]).returncode == 0
