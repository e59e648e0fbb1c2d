"""Text: from a file to tokens, from tokens to numbers, and back from a model's numbers to text.

tokens.py     text -> tokens: characters, words, byte pairs (BytePair)
vocab.py      tokens <-> numbers
ngrams.py     counts of n-grams, the smoothed model made of them, perplexity, stop words
batches.py    numbers -> minibatches: a corpus cut in pieces, sentences padded to one length
search.py     the likeliest sequence of a model: greedy and beam search
bleu.py       how near a translation comes to its references
word2vec.py   training pairs of word vectors, subsampling, negative sampling
huffman.py    the hierarchical softmax, on a Huffman tree
nearest.py    what word vectors know: neighbours and analogies
datasets.py   where text comes from

A masked loss needs nothing of its own: give padding the number of cross_entropy's ignore_index. Masked attention is
nn.functional.masked_softmax and what is built on it (nn/attention.py).
"""

from minitorch.text import datasets
from minitorch.text.batches import build_array, seq_data_iter_random, seq_data_iter_sequential, truncate_pad
from minitorch.text.bleu import bleu, bleu_score
from minitorch.text.huffman import HierarchicalSoftmax, huffman_codes
from minitorch.text.nearest import analogy, nearest
from minitorch.text.ngrams import STOP_WORDS, LaplaceModel, ngrams, perplexity
from minitorch.text.search import Hypothesis, beam_search, greedy_search
from minitorch.text.tokens import BytePair, characters, words
from minitorch.text.vocab import Vocab
from minitorch.text.word2vec import NegativeSampling, cbow, skip_gram, subsample
