"""What programs that see are made of, by torchvision's names (https://docs.pytorch.org/vision/stable).

`import minitorch` does not import it: `from minitorch.vision import models`. Images are Pillow's
(`pip install "minitorch[vision]"`).
"""

from minitorch.vision import datasets, detection, models, ops, transforms, tv_tensors
