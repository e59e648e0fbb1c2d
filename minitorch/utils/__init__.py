"""Helpers around training: minitorch.utils.data, minitorch.utils.checkpoint."""

from minitorch.utils import checkpoint, data

__all__ = ["checkpoint", "data"]
