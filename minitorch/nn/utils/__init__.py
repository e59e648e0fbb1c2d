"""What is done to parameters, gradients and sequences around a network.

https://docs.pytorch.org/docs/stable/nn.html#utilities
"""

from minitorch.nn.utils import parametrizations, parametrize, rnn
from minitorch.nn.utils.clip_grad import clip_grad_norm_, clip_grad_value_, clip_grads_with_norm_, get_total_norm
from minitorch.nn.utils.convert_parameters import parameters_to_vector, vector_to_parameters
from minitorch.nn.utils.norm_hooks import remove_spectral_norm, remove_weight_norm, spectral_norm, weight_norm
