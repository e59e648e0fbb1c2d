"""What is done to parameters, gradients and sequences around a network.

https://docs.pytorch.org/docs/stable/nn.html#utilities
"""

from minitorch.nn.utils import rnn
