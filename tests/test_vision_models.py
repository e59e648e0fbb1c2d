"""vision.models: torchvision's names and sizes, blocks beside torch's functions, training, and trained weights."""

import hashlib

import numpy as np
import PIL.Image
import pytest
import torch
import torch.nn.functional as TF

import minitorch
from minitorch import nn
from minitorch.vision import models
from minitorch.vision.models import weights as weights_module
from minitorch.vision.models.googlenet import normalised_by_halves

# From torchvision 0.28: the number of parameters, and the hash of all lines "name shape" of the state_dict.
TORCHVISION = {
    "alexnet": (61_100_840, "23c3b8d4a3e86dc8"),
    "vgg11": (132_863_336, "ddb4b3f56e9755a6"),
    "vgg11_bn": (132_868_840, "dc54d45fed4bc7b4"),
    "vgg13": (133_047_848, "08687bab35dc8767"),
    "vgg13_bn": (133_053_736, "057b00c1243905f9"),
    "vgg16": (138_357_544, "8a41c838cadbc3e0"),
    "vgg16_bn": (138_365_992, "ae5d7d87f5e61a76"),
    "vgg19": (143_667_240, "5319ee52249b66d1"),
    "vgg19_bn": (143_678_248, "555ec1b35ce917df"),
    "googlenet": (13_004_888, "e4f1217523f861c4"),
    "resnet18": (11_689_512, "66b04efc1dfd4b80"),
    "resnet34": (21_797_672, "4aa3e2bbbdc5e2fd"),
    "resnet50": (25_557_032, "614cd53ddf849669"),
    "densenet121": (7_978_856, "08ed4bd108558638"),
}


@pytest.fixture
def no_first_values(monkeypatch):
    """Parameters stay as memory was: nobody has to draw a hundred million numbers."""
    for name in ("uniform_", "normal_", "kaiming_uniform_", "kaiming_normal_", "trunc_normal_", "zeros_"):
        monkeypatch.setattr(nn.init, name, lambda tensor, *args, **kwargs: tensor)


@pytest.mark.parametrize("name", TORCHVISION)
def test_names_shapes_and_counts_are_torchvisions(name, no_first_values):
    net = getattr(models, name)()
    lines = "\n".join(f"{key} {list(x.shape)}" for key, x in net.state_dict().items())
    digest = hashlib.sha256(lines.encode()).hexdigest()[:16]
    assert (sum(p.numel() for p in net.parameters()), digest) == TORCHVISION[name]


def test_networks_that_torchvision_does_not_have(no_first_values):
    assert sum(p.numel() for p in models.LeNet().parameters()) == 61_706  # 156 + 2,416 + 48,120 + 10,164 + 850
    blocks = {(1, 96, 11), (96, 256, 5), (256, 384, 3), (384, 10, 3)}
    by_hand = sum(c * o * k * k + o + 2 * (o * o + o) for c, o, k in blocks)
    assert sum(p.numel() for p in models.NiN(num_classes=10, in_channels=1).parameters()) == by_hand
    assert sum(p.numel() for p in models.googlenet(aux_logits=False).parameters()) == 6_624_904


# -- blocks beside torch -----------------------------------------------------------------------------------------------


def beside_torch(net, reference, shape):
    """Output and gradient of the input are those of reference(state, x), in torch's functions, in training mode."""
    minitorch.manual_seed(3)
    for parameter in net.parameters():  # scales and shifts other than 1 and 0, too
        nn.init.uniform_(parameter, -0.5, 0.5)
    image = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    x, y = minitorch.tensor(image, requires_grad=True), torch.tensor(image, requires_grad=True)
    state = {name: torch.tensor(value.numpy()) for name, value in net.state_dict().items()}
    ours, theirs = net(x * 1), reference(state, y * 1)
    (ours**2).mean().backward()
    (theirs**2).mean().backward()
    np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(x.grad.numpy(), y.grad.numpy(), rtol=1e-3, atol=1e-5)


def conv(state, name, x, **settings):
    return TF.conv2d(x, state[f"{name}.weight"], state.get(f"{name}.bias"), **settings)


def norm(state, name, x, eps=1e-5):
    return TF.batch_norm(x, None, None, state[f"{name}.weight"], state[f"{name}.bias"], training=True, eps=eps)


def test_basic_block():
    beside_torch(
        models.BasicBlock(4, 4),
        lambda s, x: TF.relu(
            x + norm(s, "bn2", conv(s, "conv2", TF.relu(norm(s, "bn1", conv(s, "conv1", x, padding=1))), padding=1))
        ),
        (2, 4, 6, 6),
    )


def test_bottleneck_with_stride_and_another_way_for_the_input():
    def reference(s, x):
        f = TF.relu(norm(s, "bn1", conv(s, "conv1", x)))
        f = TF.relu(norm(s, "bn2", conv(s, "conv2", f, stride=2, padding=1)))
        return TF.relu(
            norm(s, "bn3", conv(s, "conv3", f)) + norm(s, "downsample.1", conv(s, "downsample.0", x, stride=2))
        )

    downsample = nn.Sequential(nn.Conv2d(6, 16, 1, stride=2, bias=False), nn.BatchNorm2d(16))
    beside_torch(models.Bottleneck(6, 4, stride=2, downsample=downsample), reference, (2, 6, 7, 7))


def test_inception():
    def reference(s, x):
        def way(name, x, **settings):
            return TF.relu(norm(s, f"{name}.bn", conv(s, f"{name}.conv", x, **settings), eps=1e-3))

        pooled = TF.max_pool2d(x, 3, stride=1, padding=1)
        second = way("branch2.1", way("branch2.0", x), padding=1)
        third = way("branch3.1", way("branch3.0", x), padding=1)
        return torch.cat([way("branch1", x), second, third, way("branch4.1", pooled)], 1)

    beside_torch(models.Inception(5, 4, 3, 6, 2, 4, 3), reference, (2, 5, 6, 6))


def test_dense_block_and_transition():
    def reference(s, x):
        for i in (1, 2, 3):
            layer = f"0.denselayer{i}"
            new = conv(s, f"{layer}.conv1", TF.relu(norm(s, f"{layer}.norm1", x)))
            x = torch.cat([x, conv(s, f"{layer}.conv2", TF.relu(norm(s, f"{layer}.norm2", new)), padding=1)], 1)
        return TF.avg_pool2d(conv(s, "1.conv", TF.relu(norm(s, "1.norm", x))), 2)

    beside_torch(nn.Sequential(models.DenseBlock(3, 4, 2), models.Transition(10, 5)), reference, (2, 4, 6, 6))


def test_nin_block():
    def reference(s, x):
        x = TF.relu(conv(s, "0", x, stride=2, padding=1))
        return TF.relu(conv(s, "4", TF.relu(conv(s, "2", x))))

    beside_torch(models.NiNBlock(3, 5, kernel_size=3, stride=2, padding=1), reference, (2, 3, 7, 7))


# -- training ----------------------------------------------------------------------------------------------------------

NETWORKS = {  # name -> (network of 2 classes, shape of its images)
    "LeNet": (lambda: models.LeNet(2, activation=nn.Tanh), (1, 28, 28)),
    "AlexNet": (lambda: models.AlexNet(2, dropout=0, hidden=32), (3, 63, 63)),
    "VGG": (lambda: models.vgg11_bn(num_classes=2, dropout=0, hidden=32), (3, 32, 32)),
    "NiN": (lambda: models.NiN(2, dropout=0), (3, 67, 67)),
    "GoogLeNet": (lambda: models.googlenet(num_classes=2, dropout=0, dropout_aux=0), (3, 32, 32)),
    "ResNet": (lambda: models.resnet18(num_classes=2), (3, 32, 32)),
    "ResNet of bottlenecks": (lambda: models.ResNet(models.Bottleneck, [1, 1, 1, 1], num_classes=2), (3, 32, 32)),
    "DenseNet": (lambda: models.DenseNet(8, (2, 2, 2, 2), 16, num_classes=2), (3, 32, 32)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_few_steps_bring_the_loss_down(name):
    make, shape = NETWORKS[name]
    minitorch.manual_seed(0)
    net, labels = make(), minitorch.tensor([0, 1] * 4)
    images = minitorch.randn(8, *shape) + labels.reshape(8, 1, 1, 1)  # the second class is brighter
    optimizer = minitorch.optim.Adam(net.parameters(), lr=1e-4 if name == "NiN" else 1e-3)  # NiN has ReLU at its end
    losses = []
    for _ in range(6):
        optimizer.zero_grad()
        scores = net(images)
        scores = scores if isinstance(scores, tuple) else (scores,)  # GoogLeNet's: three
        loss = sum(nn.functional.cross_entropy(each, labels) for each in scores) / len(scores)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.95 * losses[0], losses
    assert net.eval()(images).shape == (8, 2)


# -- trained weights ---------------------------------------------------------------------------------------------------


def test_weights_from_a_file_that_torch_has_written(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    trained = torch.nn.Linear(2, 3)
    file = tmp_path / "hub" / "checkpoints" / "tiny.pth"
    file.parent.mkdir(parents=True)
    torch.save(trained.state_dict(), file)
    name = f"tiny-{hashlib.sha256(file.read_bytes()).hexdigest()[:8]}.pth"
    file.rename(file.with_name(name))

    class Tiny_Weights(models.WeightsEnum):
        V1 = models.Weights(f"https://nowhere.invalid/{name}", lambda: None, {"num_classes": 3})

    def tiny(num_classes):
        return nn.Linear(2, num_classes)

    net = weights_module.with_weights(tiny, Tiny_Weights.verify("V1"), False, {})
    assert net.weight.tolist() == trained.weight.tolist()
    with pytest.raises(ValueError, match=r"num_classes.*3 but got 5.*replace the last layer"):
        weights_module.with_weights(tiny, Tiny_Weights.V1, False, {"num_classes": 5})
    file.with_name(name).write_bytes(file.with_name(name).read_bytes() + b"damaged")
    with pytest.raises(RuntimeError, match="hash"):
        weights_module.with_weights(tiny, Tiny_Weights.V1, False, {})


def test_names_of_weights():
    enum = models.ResNet18_Weights
    assert enum.DEFAULT is enum.IMAGENET1K_V1 is enum.verify("DEFAULT") is enum.verify("ResNet18_Weights.IMAGENET1K_V1")
    assert enum.verify(None) is None and repr(enum.DEFAULT) == "ResNet18_Weights.IMAGENET1K_V1"
    assert enum.DEFAULT.url == "https://download.pytorch.org/models/resnet18-f37072fd.pth"
    assert models.ResNet50_Weights.DEFAULT is models.ResNet50_Weights.IMAGENET1K_V2
    image = PIL.Image.fromarray(np.full((300, 400, 3), [0, 128, 255], dtype=np.uint8))
    ready = models.ResNet50_Weights.DEFAULT.transforms()(image)
    assert ready.shape == (3, 224, 224) and ready.dtype is minitorch.float32
    np.testing.assert_allclose(
        ready[:, 0, 0].numpy(), [-0.485 / 0.229, (128 / 255 - 0.456) / 0.224, 0.594 / 0.225], rtol=1e-5
    )
    with pytest.raises(KeyError, match="has IMAGENET1K_V1, DEFAULT, but not 'V3'"):
        models.resnet18(weights="V3")
    with pytest.raises(TypeError, match="expected ResNet18_Weights but received ResNet34_Weights"):
        models.resnet18(weights=models.ResNet34_Weights.DEFAULT)


def test_files_that_differ_from_the_network(monkeypatch, no_first_values):
    """densenet121's has names of old, googlenet's the auxiliary classifiers and images of its own normalisation."""
    file = models.densenet121().state_dict()
    old = {name.replace("norm1.", "norm.1.").replace("conv2.", "conv.2."): x for name, x in file.items()}
    assert "features.denseblock4.denselayer16.norm.1.weight" in old
    monkeypatch.setattr(weights_module, "load_state_dict_from_url", lambda url, **settings: old)
    net = models.densenet121(weights="DEFAULT")
    assert all(minitorch.equal(x, file[name]) for name, x in net.state_dict().items() if "conv" in name)

    file = models.googlenet().state_dict()
    monkeypatch.setattr(weights_module, "load_state_dict_from_url", lambda url, **settings: file)
    net = models.googlenet(weights="DEFAULT")
    assert net.transform_input and net.aux1 is None and not any("aux" in name for name in net.state_dict())
    assert models.googlenet(weights="DEFAULT", aux_logits=True).aux2 is not None


def test_transform_input_changes_the_normalisation():
    pixels = minitorch.rand(2, 3, 4, 4)
    mean, std = minitorch.tensor([0.485, 0.456, 0.406]), minitorch.tensor([0.229, 0.224, 0.225])
    images = (pixels - mean.reshape(3, 1, 1)) / std.reshape(3, 1, 1)
    expected = (pixels - 0.5) / 0.5
    assert minitorch.allclose(normalised_by_halves(images), expected, atol=1e-6)
