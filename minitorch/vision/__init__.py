"""What programs that see are made of, by torchvision's names (https://docs.pytorch.org/vision/stable).

`import minitorch` does not import it: `from minitorch.vision import models`.
"""

from minitorch.vision import detection, models, ops
