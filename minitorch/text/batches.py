"""Numbers of tokens -> minibatches: a long corpus cut into pieces, or sentences padded to one length."""

from minitorch.creation import tensor
from minitorch.dtype import int64
from minitorch.ops.join import stack
from minitorch.random import randint, randperm


def seq_data_iter_random(corpus, batch_size, num_steps, generator=None):
    """Batches X, Y (batch_size, num_steps) of pieces from anywhere; Y is X one token later (d2l.ai, random sampling).

    corpus: a list or an int64 tensor (N,). The first piece begins at a random place below num_steps, so that an epoch
    cuts elsewhere than the last; pieces do not overlap, and come in random order. A state that a network carries from
    batch to batch means nothing here.
    """
    corpus = corpus_of(corpus, num_steps + 1, num_steps)
    corpus = corpus[randint(0, num_steps, (1,), generator=generator).item() :]
    pieces = (len(corpus) - 1) // num_steps  # -1: the last token has no successor
    starts = (randperm(pieces, generator=generator) * num_steps).tolist()
    for first in range(0, pieces - batch_size + 1, batch_size):
        batch = starts[first : first + batch_size]
        yield tuple(stack([corpus[start + d : start + d + num_steps] for start in batch]) for d in (0, 1))


def seq_data_iter_sequential(corpus, batch_size, num_steps, generator=None):
    """Batches X, Y (batch_size, num_steps) in reading order: row i of a batch goes on where row i of the last ended.

    So the state of a recurrent network can be carried from batch to batch; detach it, or backward goes through all the
    batches before. (Detached, the gradient is that of the last num_steps steps only: an approximation.) The first row
    begins at a random place up to num_steps.
    """
    corpus = corpus_of(corpus, batch_size * num_steps + 1, num_steps)
    offset = randint(0, num_steps + 1, (1,), generator=generator).item()
    rows = (len(corpus) - offset - 1) // batch_size
    X, Y = (corpus[start : start + rows * batch_size].reshape(batch_size, -1) for start in (offset, offset + 1))
    for start in range(0, rows - num_steps + 1, num_steps):  # X, Y: (batch_size * rows) -> (batch_size, rows)
        yield X[:, start : start + num_steps], Y[:, start : start + num_steps]


def corpus_of(corpus, least, num_steps):
    """The corpus as a tensor, if it gives one batch from any offset up to num_steps; else ValueError."""
    if len(corpus) < least + num_steps:
        raise ValueError(f"a corpus of {len(corpus)} tokens is too short: such batches need {least + num_steps}")
    return tensor(corpus, dtype=int64) if isinstance(corpus, (list, tuple)) else corpus


def truncate_pad(line, num_steps, padding_token):
    """The first num_steps tokens, and padding behind them where there are fewer."""
    return [*line[:num_steps], *[padding_token] * (num_steps - len(line))]


def build_array(lines, vocab, num_steps):
    """Lists of tokens -> their numbers (N, num_steps) and how many count (N,): d2l.ai's build_array_nmt.

    "<eos>" follows each line, then "<pad>"; both must be reserved in the vocabulary. A line that is cut has no "<eos>":
    it does not end there.
    """
    for token in ("<eos>", "<pad>"):
        if token not in vocab:
            raise ValueError(f"build_array: the vocabulary has no {token}; give it to Vocab's reserved_tokens")
    lines = [[*vocab[line], vocab["<eos>"]] for line in lines]
    array = tensor([truncate_pad(line, num_steps, vocab["<pad>"]) for line in lines], dtype=int64)
    return array, tensor([min(len(line), num_steps) for line in lines], dtype=int64)
