"""Style transfer: a pagoda painted with petals, by content, style and total-variation losses.

python examples/style_transfer.py        paints, draws style_transfer.png

Only the picture is trained: its features in a frozen network stay near the content's, the products of its features,
averaged over all places (Gram matrices), come near the style's, and neighbouring pixels stay near each other.

    content  mean (F(x) - F(content))^2                F: features after a block, (C, H W)
    style    mean (G(x) - G(style))^2 for each block   G = F F^T / (C H W): which features go together, not where
    TV       mean |x[i, j + 1] - x[i, j]| + mean |x[i + 1, j] - x[i, j]|

Gatys et al. (https://arxiv.org/abs/1508.06576) take the features of a VGG that was trained on ImageNet. To do without a
download, these are random ones, of blocks like VGG's: they know no objects, but carry colours and textures well (He et
al., https://arxiv.org/abs/1606.04801). scikit-learn ships both photographs.
"""

from _program import options, plt
from rich.progress import track
from sklearn.datasets import load_sample_image

import minitorch
from minitorch import nn, optim
from minitorch.vision.transforms import functional as F

CONTENT = 2  # the block whose features are compared; of the style, those of all blocks are
WEIGHTS = {"content": 0.05, "style": 1, "total variation": 0.02}


def photograph(name, height, part=slice(None)):
    """A photograph, or a part of it, of that height: (1, 3, H, W) from 0 to 1."""
    return F.resize(F.to_tensor(load_sample_image(name)[part]), height)[None]


class Features(nn.Module):
    """The features after each block: (1, C, H, W), the next ones of half the height and width."""

    def __init__(self, widths=(32, 64, 64, 64)):
        super().__init__()
        self.blocks = nn.ModuleList()
        for n, m in zip((3, *widths), widths, strict=False):
            conv = nn.Conv2d(n, m, 3, padding=1, padding_mode="reflect")
            nn.init.kaiming_normal_(conv.weight)
            nn.init.zeros_(conv.bias)
            self.blocks.append(nn.Sequential(nn.AvgPool2d(2) if n > 3 else nn.Identity(), conv, nn.ReLU()))
        self.requires_grad_(False)

    def forward(self, x):
        x, found = (x - 0.45) / 0.25, []
        for block in self.blocks:
            x = block(x)
            found.append(x)
        return found


def gram(x):
    """(1, C, H, W) -> (C, C)."""
    flat = x.flatten(2)[0]  # -> (C, H W)
    return flat @ flat.T / flat.numel()


def paint(features, content, style, steps):
    """(the picture, what it was after a tenth of the steps, {loss: its values})."""
    wanted = features(content)[CONTENT]
    grams = [gram(x) for x in features(style)]
    far = [(gram(x) - g).square().mean() for x, g in zip(features(content), grams, strict=True)]
    picture = content.clone().requires_grad_()
    optimizer, curves = optim.Adam([picture], lr=0.03), {name: [] for name in WEIGHTS}
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for step in track(range(steps), "painting"):
        optimizer.zero_grad()
        found = features(picture)
        losses = {
            "content": (found[CONTENT] - wanted).square().mean() / wanted.var(),
            "style": sum((gram(x) - g).square().mean() / d for x, g, d in zip(found, grams, far, strict=True)) / 4,
            "total variation": picture.diff(dim=-1).abs().mean() + picture.diff(dim=-2).abs().mean(),
        }
        sum(WEIGHTS[name] * loss for name, loss in losses.items()).backward()
        optimizer.step()
        schedule.step()
        picture.data.clamp_(0, 1)
        for name, loss in losses.items():
            curves[name].append(loss.item())
        if step == steps // 10:
            early = picture.detach().clone()
    return picture.detach(), early, curves


def main():
    arguments = options(__doc__, "style_transfer.png")
    steps, height = (3, 48) if arguments.quick else (100, 180)
    minitorch.manual_seed(0)
    features, content = Features(), photograph("china.jpg", height)
    style = photograph("flower.jpg", height, (slice(100, 340), slice(190, 425)))
    picture, early, curves = paint(features, content, style, steps)

    figure, grid = plt.subplots(2, 4, figsize=(16, 6.4))
    end = f"after {steps} steps"
    shown = {"content": content, "style": style, f"after {steps // 10} steps": early, end: picture}
    for axes, (name, image) in zip(grid[0], shown.items(), strict=True):
        axes.imshow(image[0].permute(1, 2, 0).clamp(0, 1).numpy())
        axes.set(title=name, xticks=[], yticks=[])
    for axes, name in zip(grid[1], ("content", "style", end), strict=False):
        axes.imshow(gram(features(shown[name])[1]).sqrt().numpy(), cmap="magma")
        axes.set(title=f"Gram matrix: {name}", xticks=[], yticks=[])
    for name, curve in curves.items():
        print(f"{name:16} {curve[0]:8.4f} -> {curve[-1]:.4f}")
        grid[1, 3].semilogy(curve, label=name)
    grid[1, 3].set(xlabel="step", title="losses", ylim=(1e-3, 30))
    grid[1, 3].legend(loc="upper right")
    figure.savefig(arguments.picture)
    print(f"picture: {arguments.picture}")


if __name__ == "__main__":
    main()
