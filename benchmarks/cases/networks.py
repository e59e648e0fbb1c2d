"""The networks that are trained: a function of the library builds each one."""


def mlp(nn):
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


def lenet(nn):
    """LeCun et al., 1998, as it is mostly written today, for images of 28 by 28."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10),
    )  # fmt: skip


def vgg(nn):
    """3x3 convolutions and pooling, as of Simonyan and Zisserman (arXiv 1409.1556), small, for 32 by 32."""
    layers, channels = [], 3
    for width, last in ((32, True), (64, True), (128, False), (128, True)):
        layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()] + ([nn.MaxPool2d(2)] if last else [])
        channels = width
    head = [nn.Flatten(), nn.Linear(128 * 4 * 4, 256), nn.ReLU(), nn.Dropout(0.5), nn.Linear(256, 10)]
    return nn.Sequential(*layers, *head)


def resnet(nn):
    """ResNet-20 for CIFAR (He et al., arXiv 1512.03385): three stages of three blocks, 16, 32 and 64 wide."""

    def convolution(channels, width, kernel, stride):
        return nn.Conv2d(channels, width, kernel, stride, padding=kernel // 2, bias=False)

    class Block(nn.Module):
        """relu(f(x) + x): f is two convolutions; where the width grows, x goes through a 1x1 convolution."""

        def __init__(self, channels, width, stride):
            super().__init__()
            self.f = nn.Sequential(
                convolution(channels, width, 3, stride), nn.BatchNorm2d(width), nn.ReLU(),
                convolution(width, width, 3, 1), nn.BatchNorm2d(width),
            )  # fmt: skip
            self.shortcut = nn.Identity() if channels == width else convolution(channels, width, 1, stride)
            self.relu = nn.ReLU()

        def forward(self, x):
            return self.relu(self.f(x) + self.shortcut(x))

    blocks, channels = [], 16
    for width in (16, 32, 64):
        for _ in range(3):
            blocks.append(Block(channels, width, 1 if channels == width else 2))
            channels = width
    stem = [convolution(3, 16, 3, 1), nn.BatchNorm2d(16), nn.ReLU()]
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def characters(nn, kind, vocabulary, width, hidden):
    """The next character's scores from all before: kind is nn.RNN, nn.LSTM or nn.GRU."""

    class Characters(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(vocabulary, width)
            self.layer = kind(width, hidden, batch_first=True)
            self.head = nn.Linear(hidden, vocabulary)

        def forward(self, tokens):
            return self.head(self.layer(self.embedding(tokens))[0])  # (B, T) -> (B, T, vocabulary)

    return Characters()


def gpt(lib, vocabulary, length, width, heads, depth):
    """GPT-2's form (Radford et al., 2019): norm first, GELU, learned positions."""
    nn = lib.nn

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
            self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

        def forward(self, x):
            x = x + self.attend(self.norm1(x))
            return x + self.mlp(self.norm2(x))

        def attend(self, x):
            batch, time, _ = x.shape
            # (B, T, 3 C) -> three of (B, heads, T, C / heads)
            q, k, v = (
                part.view(batch, time, heads, width // heads).transpose(1, 2) for part in self.qkv(x).split(width, 2)
            )
            y = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            return self.out(y.transpose(1, 2).reshape(batch, time, width))  # (B, heads, T, C / heads) -> (B, T, C)

    class GPT(nn.Module):
        def __init__(self):
            super().__init__()
            self.tokens, self.places = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
            self.blocks = nn.Sequential(*[Block() for _ in range(depth)])
            self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)

        def forward(self, tokens):
            places = lib.arange(tokens.shape[1], device=tokens.device)
            return self.head(self.norm(self.blocks(self.tokens(tokens) + self.places(places))))

    return GPT()


def skip_gram(nn, vocabulary, width):
    """Two vectors a word: as a centre, as a neighbour (Mikolov et al., arXiv 1310.4546)."""

    class SkipGram(nn.Module):
        def __init__(self):
            super().__init__()
            self.centre, self.around = nn.Embedding(vocabulary, width), nn.Embedding(vocabulary, width)

        def forward(self, centres, others):
            """How well each of the others, (B, K), goes with its centre, (B)."""
            scores = self.around(others) @ self.centre(centres).unsqueeze(2)  # (B, K, D) @ (B, D, 1)
            return scores.squeeze(2)  # (B, K, 1) -> (B, K)

    return SkipGram()
