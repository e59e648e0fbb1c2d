"""minitorch.text beside computations of its own: by hand, by counting, by trying all."""

import heapq
import itertools
import math
import subprocess
import sys
import zipfile
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch
from minitorch import text

CORPUS = text.words("the cat sat on the mat and the dog sat on the cat")


def test_import_minitorch_leaves_text_alone():
    program = "import sys, minitorch; sys.exit('minitorch.text' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


# -- tokens, vocabulary ------------------------------------------------------------------------------------------------


def test_words_and_characters():
    assert text.words("Don't stop, _it_ runs!") == ["don't", "stop", "it", "runs"]
    assert text.words("Don't stop, _it_!", punctuation=True) == ["don't", "stop", ",", "_", "it", "_", "!"]
    assert text.words("Ça va à 10 h ?", punctuation=True) == ["ça", "va", "à", "10", "h", "?"]
    assert text.characters("ab c") == ["a", "b", " ", "c"]


def test_byte_pairs_of_the_textbook_example():
    tokeniser = text.BytePair().train("aaabdaaabac", 259)  # Wikipedia's: Z = aa, Y = ab, X = ZY
    assert tokeniser.merges == [(97, 97), (97, 98), (256, 257)]
    assert [tokeniser.pieces[t] for t in tokeniser.encode("aaabdaaabac")] == [b"aaab", b"d", b"aaab", b"a", b"c"]


def test_byte_pairs_of_the_paper():
    """Sennrich et al., section 3.2: es, est, lo, low come first."""
    counts = {"low": 5, "lower": 2, "newest": 6, "widest": 3}
    tokeniser = text.BytePair().train("\n".join("\n".join([word] * n) for word, n in counts.items()), 260)
    assert tokeniser.pieces[256:] == [b"es", b"est", b"lo", b"low"]


def test_byte_pairs_count_as_a_naive_trainer_counts():
    corpus = "\n".join(text.datasets.docs().values())[:700]
    tokeniser = text.BytePair().train(corpus, 300)
    pieces = [[bytes([b]) for b in piece.encode()] for piece in text.tokens.PIECE.findall(corpus)]
    for left, right in tokeniser.merges:  # the same merges on the whole text: each pair is a most frequent one
        pairs = Counter(pair for piece in pieces for pair in itertools.pairwise(piece))
        a, b = tokeniser.pieces[left], tokeniser.pieces[right]
        assert pairs[a, b] == max(pairs.values())
        for piece in pieces:
            place = 0
            while place < len(piece) - 1:
                if (piece[place], piece[place + 1]) == (a, b):
                    piece[place : place + 2] = [a + b]
                place += 1
    assert [tokeniser.pieces[t] for t in tokeniser.encode(corpus)] == list(itertools.chain(*pieces))


@given(st.text())
def test_byte_pairs_lose_nothing(string):
    tokeniser = text.BytePair([(32, 116), (256, 104), (195, 169), (97, 97)])
    assert tokeniser.decode(tokeniser.encode(string)) == string
    assert text.BytePair(tokeniser.merges).encode(string) == tokeniser.encode(string)


def test_byte_pairs_stop_where_nothing_comes_twice_and_mend_broken_characters():
    assert len(text.BytePair().train("abcd", 1000)) == 256
    assert text.BytePair().decode([0xC3]) == "\ufffd"


def test_vocab():
    vocab = text.Vocab(CORPUS, min_freq=2, reserved_tokens=["<pad>", "<eos>"])
    assert vocab.idx_to_token == ["<unk>", "<pad>", "<eos>", "the", "cat", "sat", "on"]
    assert len(vocab) == 7 and "dog" not in vocab and "cat" in vocab
    assert vocab["the"] == 3 and vocab[["cat", "dog"]] == [4, 0] and vocab[[["on"], []]] == [[6], []]
    assert vocab.to_tokens(3) == "the" and vocab.to_tokens(minitorch.tensor([[4, 0]])) == [["cat", "<unk>"]]
    assert vocab.to_tokens(minitorch.tensor(4)) == "cat"
    assert vocab.token_freqs[:2] == [("the", 4), ("cat", 2)] and vocab.unk == 0
    assert vocab.counts == [3, 0, 0, 4, 2, 2, 2]  # and, mat, dog are unknown
    assert text.Vocab([["a", "b"], ["a"]]).token_freqs == [("a", 2), ("b", 1)]
    assert len(text.Vocab([])) == 1
    with pytest.raises(IndexError, match="no token -1"):
        vocab.to_tokens(-1)


# -- counts ------------------------------------------------------------------------------------------------------------


def test_ngrams():
    assert text.ngrams("abcd", 2) == [("a", "b"), ("b", "c"), ("c", "d")]
    assert text.ngrams([1, 2], 3) == [] and text.ngrams([1, 2], 1) == [(1,), (2,)]


def test_laplace_model_by_hand():
    tokens = [0, 1, 0, 1, 2]  # of a vocabulary of 4
    p = lambda n, **settings: text.LaplaceModel(tokens, 4, n, **settings).prob
    assert p(1)(0) == pytest.approx((2 + 1 / 4) / (5 + 1))
    assert p(1, strength=4)(3) == pytest.approx(1 / (5 + 4))  # strength m is the rule "add one"
    assert p(2)(1, [0]) == pytest.approx((2 + (2.25 / 6)) / (2 + 1))
    assert p(2)(2, [1]) == pytest.approx((1 + (1.25 / 6)) / (2 + 1))
    assert p(2)(1, [3]) == pytest.approx(2.25 / 6)  # nothing is known of 3
    assert p(3)(2, [0, 1]) == pytest.approx((1 + (1 + 1.25 / 6) / 3) / (2 + 1))
    assert p(2)(1, [2, 2, 0]) == p(2)(1, [0])


@given(st.lists(st.integers(0, 4), max_size=30), st.integers(1, 4), st.lists(st.integers(0, 5), max_size=5))
def test_laplace_models_probabilities_sum_to_one(tokens, n, context):
    model = text.LaplaceModel(tokens, 6, n, strength=0.7)
    assert math.fsum(model.prob(x, context) for x in range(6)) == pytest.approx(1)


def test_perplexity():
    assert text.perplexity([math.log(1 / 8)] * 5) == pytest.approx(8)
    assert text.perplexity([math.log(0.5), math.log(0.125)]) == pytest.approx(4)  # geometric: harmonic were 3.2
    assert text.perplexity([0.0]) == 1 and math.isnan(text.perplexity([]))
    assert text.perplexity([-math.inf]) == math.inf
    tokens = [0, 1, 0, 2, 2]
    model = text.LaplaceModel(tokens, 3)
    ps = [model.prob(0), model.prob(1, [0]), model.prob(0, [1]), model.prob(2, [0]), model.prob(2, [2])]
    assert model.perplexity(tokens) == pytest.approx(math.prod(ps) ** (-1 / 5))
    with pytest.raises(ValueError, match="vocab_size - 1 = 1"):
        text.LaplaceModel(tokens, 2)


# -- batches -----------------------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(st.integers(1, 4), st.integers(1, 6), st.integers(0, 60), st.integers(0, 99))
def test_partitions_cut_the_corpus_as_they_say(batch_size, num_steps, more, seed):
    length = (batch_size + 1) * num_steps + 1 + more
    generator = minitorch.Generator().manual_seed(seed)
    for partition in (text.seq_data_iter_random, text.seq_data_iter_sequential):
        batches = list(partition(list(range(length)), batch_size, num_steps, generator))
        assert batches and all(X.shape == Y.shape == (batch_size, num_steps) for X, Y in batches)
        assert all((Y == X + 1).all() for X, Y in batches)  # the corpus counts up
        rows = np.concatenate([X.numpy() for X, _ in batches])
        assert (np.diff(rows) == 1).all()
        assert len(np.unique(rows)) == rows.size  # no overlap
        if partition is text.seq_data_iter_random:
            starts = np.sort(rows[:, 0])
            assert 0 <= starts[0] % num_steps == starts[-1] % num_steps
            assert len(rows) > (length - 1 - num_steps) // num_steps - batch_size
        else:
            assert all((X2[:, 0] == X1[:, -1] + 1).all() for (X1, _), (X2, _) in itertools.pairwise(batches))
            assert 0 <= rows[0, 0] <= num_steps


def test_partition_refuses_what_is_too_short():
    with pytest.raises(ValueError, match="need 9"):
        list(text.seq_data_iter_sequential(list(range(8)), 1, 4))


def test_padding():
    assert text.truncate_pad([1, 2], 4, 0) == [1, 2, 0, 0] and text.truncate_pad([1, 2, 3], 2, 0) == [1, 2]
    vocab = text.Vocab(["go", "on"], reserved_tokens=["<pad>", "<bos>", "<eos>"])
    array, lengths = text.build_array([["go"], ["go", "on", "go"]], vocab, 3)
    assert array.tolist() == [[4, 3, 1], [4, 5, 4]] and lengths.tolist() == [2, 3]
    with pytest.raises(ValueError, match="<eos>"):
        text.build_array([["go"]], text.Vocab(["go"]), 3)


# -- search, BLEU ------------------------------------------------------------------------------------------------------


def table_model(seed, vocab=4):
    """A model whose state is all it has read: each context has its own random distribution."""

    def step(token, state):
        state = (*state, token)
        scores = np.random.default_rng([seed, *state]).normal(size=vocab) * 2
        return minitorch.tensor(scores).log_softmax(0), state

    return step


def every_sequence(step, eos, max_steps, vocab=4):
    """(tokens, log P) of all sequences that end in eos or have max_steps tokens."""
    for length in range(1, max_steps + 1):
        for tokens in itertools.product(range(vocab), repeat=length):
            if eos not in tokens[:-1] and (tokens[-1] == eos or length == max_steps):
                state, total, last = (), 0.0, 9
                for token in tokens:
                    log_probs, state = step(last, state)
                    total, last = total + log_probs[token].item(), token
                yield list(tokens), total


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("alpha", [0, 0.75, 1])
def test_a_wide_beam_finds_what_trying_all_sequences_finds(seed, alpha):
    step = table_model(seed)
    found = text.beam_search(step, (), bos=9, eos=0, max_steps=3, beam_size=64, alpha=alpha)
    everything = sorted(every_sequence(step, 0, 3), key=lambda pair: -pair[1] / len(pair[0]) ** alpha)
    assert [h.tokens for h in found] == [tokens for tokens, _ in everything]
    assert [h.log_prob for h in found] == pytest.approx([total for _, total in everything])
    assert found[0].score == pytest.approx(found[0].log_prob / len(found[0].tokens) ** alpha)


def test_a_beam_sees_what_greed_misses():
    """d2l.ai, figures 10.8.1 and 2: A B C <eos> by greed has 0.048, A C B <eos> 0.054 (0: <eos>, 1 to 3: A to C)."""
    table = {
        (): [0.1, 0.5, 0.2, 0.2], (1,): [0.2, 0.1, 0.4, 0.3], (1, 2): [0.2, 0.2, 0.2, 0.4],
        (1, 2, 3): [0.6, 0.2, 0.2, 0.0], (1, 3): [0.2, 0.1, 0.6, 0.1], (1, 3, 2): [0.6, 0.1, 0.2, 0.1],
    }  # fmt: skip

    def step(token, state):
        read = (*state, token)[1:]
        with np.errstate(divide="ignore"):
            return np.log(table.get(read, [0.25] * 4)), (*state, token)

    greedy = text.greedy_search(step, (), 9, 0, 4)
    assert greedy.tokens == [1, 2, 3, 0] and math.exp(greedy.log_prob) == pytest.approx(0.048)
    best = text.beam_search(step, (), 9, 0, 4, beam_size=3)[0]
    assert best.tokens == [1, 3, 2, 0] and math.exp(best.log_prob) == pytest.approx(0.054)
    with pytest.raises(ValueError, match="at least 1"):
        text.beam_search(step, (), 9, 0, 0)


def test_bleu_by_hand():
    assert text.bleu("A B B C D", "A B C D E F", 2) == pytest.approx(math.exp(-0.2) * (4 / 5) ** 0.5 * (3 / 4) ** 0.25)
    assert text.bleu("il est calme .", "il est calme .", 4) == 1 and text.bleu("va !", "va !", 4) == 1
    assert text.bleu("", "a", 2) == 0 and text.bleu("b", "a", 1) == 0
    assert text.bleu(["a", "b", "c"], ["a", "b"], 1) == pytest.approx((2 / 3) ** 0.5)  # longer: no penalty
    assert text.bleu("the the the the the the the", "the cat is on the mat", 1) == pytest.approx((2 / 7) ** 0.5)


def test_bleu_score_by_hand():
    """The example in torchtext's documentation, and the paper's: 'the' counts twice at most."""
    candidates = [["My", "full", "pytorch", "test"], ["Another", "Sentence"]]
    references = [[["My", "full", "pytorch", "test"], ["Completely", "Different"]], [["No", "Match"]]]
    assert text.bleu_score(candidates, references) == pytest.approx(0.8408964276313782, rel=1e-7)
    the = [["the"] * 7], [[line.split() for line in ("the cat is on the mat", "there is a cat on the mat")]]
    assert text.bleu_score(*the, max_n=1) == pytest.approx(2 / 7)
    assert text.bleu_score([["a", "b"]], [[["a", "b", "c", "d"], ["a"]]], 2) == 1  # c = 2, r = 1: the nearer is shorter
    assert text.bleu_score([["a", "b"]], [[["a", "b", "c"]]], 2) == pytest.approx(math.exp(-0.5))
    assert text.bleu_score([["a"]], [[["b"]]]) == 0 and text.bleu_score([[]], [[["b"]]]) == 0
    with pytest.raises(ValueError, match="1 candidates"):
        text.bleu_score([["a"]], [])


# -- word vectors ------------------------------------------------------------------------------------------------------


def test_windows_hold_every_near_pair():
    minitorch.manual_seed(0)
    centers, contexts = text.skip_gram([[1, 2, 3], [4], [5, 6]], window=1)  # a window of 1 is not random
    pairs = sorted(zip(centers.tolist(), contexts.tolist(), strict=True))
    assert pairs == [(1, 2), (2, 1), (2, 3), (3, 2), (5, 6), (6, 5)]
    contexts, centers = text.cbow([[1, 2, 3], [4]], window=1, padding=0)
    assert contexts.tolist() == [[2, 0], [1, 3], [2, 0]] and centers.tolist() == [1, 2, 3]
    sentence = list(range(400))
    centers, contexts = text.skip_gram([sentence], window=4)
    widths = (contexts - centers).abs()
    shares = [((widths == d).sum() / 2 / 400).item() for d in (1, 2, 3, 4)]
    assert shares == pytest.approx([1, 0.75, 0.5, 0.25], abs=0.08)


def test_subsampling_keeps_the_share_that_the_paper_says():
    minitorch.manual_seed(0)
    kept = Counter(itertools.chain(*text.subsample([[0] * 9000, [1] * 900 + [2] * 100], threshold=0.02)))
    assert kept[2] == 100 and kept[1] == pytest.approx(900 * (0.02 / 0.09) ** 0.5, abs=50)
    assert kept[0] == pytest.approx(9000 * (0.02 / 0.9) ** 0.5, abs=130)


def test_negative_sampling():
    minitorch.manual_seed(0)
    loss = text.NegativeSampling([16, 1, 81, 0], embedding_dim=2, k=2)
    assert loss(minitorch.ones(3, 2), minitorch.tensor([0, 1, 2])).item() == pytest.approx(3 * math.log(2))
    drawn = loss.draw(minitorch.full((8000,), 1)).flatten().bincount(minlength=4) / 16000
    assert drawn.tolist() == pytest.approx([8 / 35, 0, 27 / 35, 0], abs=0.02)  # 16 ** 0.75 = 8, 81 ** 0.75 = 27
    loss = text.NegativeSampling([1, 1], 1, k=1)  # the negative can only be the other word
    loss.output.weight.data[:, 0] = minitorch.tensor([2.0, 3.0])
    sigmoid = lambda x: 1 / (1 + math.exp(-x))
    expected = -math.log(sigmoid(2 * 0.5)) - math.log(sigmoid(-3 * 0.5))
    assert loss(minitorch.tensor([[0.5]]), minitorch.tensor([0])).item() == pytest.approx(expected)
    with pytest.raises(ValueError, match="at least two"):
        text.NegativeSampling([5, 0], 2)


def test_huffman_code_of_the_textbook():
    """Cormen et al., Introduction to Algorithms, section 15.3: a 0, c 100, b 101, f 1100, e 1101, d 111; cost 224."""
    counts = {"a": 45, "b": 13, "c": 12, "d": 16, "e": 9, "f": 5}
    codes = text.huffman_codes(list(counts.values()))
    bits = {x: "".join(str(bit) for _, bit in code) for x, code in zip(counts, codes, strict=True)}
    assert bits == {"a": "0", "b": "101", "c": "100", "d": "111", "e": "1101", "f": "1100"}
    assert [node for node, _ in codes[4]] == [0, 1, 2, 4]  # of weight 100, 55, 30, 14; 3 is the one of 25


def cheapest(counts):
    """The cost of the best binary tree, by trying all ways to split the words in two."""
    if len(counts) == 1:
        return 0
    first, *rest = counts
    ways = [way for size in range(1, len(counts)) for way in itertools.combinations(rest, size)]
    splits = [(way, [first, *(Counter(rest) - Counter(way)).elements()]) for way in ways]
    return sum(counts) + min(cheapest(one) + cheapest(other) for one, other in splits)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 20), min_size=2, max_size=5))
def test_no_tree_is_cheaper_than_huffmans(counts):
    codes = text.huffman_codes(counts)
    assert sum(count * len(code) for count, code in zip(counts, codes, strict=True)) == cheapest(counts)
    bits = sorted("".join(str(bit) for _, bit in code) for code in codes)
    assert not any(b.startswith(a) for a, b in itertools.pairwise(bits))  # no code begins with another


@given(st.lists(st.integers(0, 9), min_size=2, max_size=40), st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_hierarchical_softmax_sums_to_one_and_its_loss_is_minus_log_p(counts, seed):
    minitorch.manual_seed(seed)
    layer, h = text.HierarchicalSoftmax(counts, 3), minitorch.randn(len(counts), 3)
    lengths = minitorch.tensor([float(len(code)) for code in text.huffman_codes(counts)])
    assert minitorch.allclose(layer.log_probs(h), -math.log(2) * lengths)  # before training, 2 ** -length
    minitorch.nn.init.normal_(layer.output.weight)
    log_probs = layer.log_probs(h)
    assert minitorch.allclose(log_probs.exp().sum(1), minitorch.ones(len(counts)), atol=1e-5)
    expected = minitorch.nn.functional.nll_loss(log_probs, minitorch.arange(len(counts)))
    assert layer(h, minitorch.arange(len(counts))).item() == pytest.approx(expected.item(), rel=1e-4)


def test_huffman_costs_what_merged_heaps_weigh():
    counts = np.random.default_rng(0).integers(1, 1000, 300).tolist()
    heap, cost = sorted(counts), 0
    while len(heap) > 1:
        both = heapq.heappop(heap) + heapq.heappop(heap)
        heapq.heappush(heap, both)
        cost += both
    assert sum(c * len(code) for c, code in zip(counts, text.huffman_codes(counts), strict=True)) == cost


def test_neighbours_and_analogies():
    vocab = text.Vocab(["king", "queen", "man", "woman", "apple"])
    vectors = minitorch.tensor([[0, 0, 0], [2, 0, 0], [1, 1, 0], [1, 0, 0.5], [0.5, 1, 0.5], [0, 0, 1.0]])
    assert [word for word, _ in text.nearest("king", 2, vocab, vectors)] == ["man", "queen"]
    assert text.nearest("king", 1, vocab, vectors)[0][1] == pytest.approx(1 / 1.25**0.5)
    assert text.analogy("man", "king", "woman", 1, vocab, vectors)[0][0] == "queen"
    with pytest.raises(KeyError, match="pear"):
        text.nearest("pear", 1, vocab, vectors)


# -- files -------------------------------------------------------------------------------------------------------------


def test_files_are_read_and_damaged_ones_refused(tmp_path, monkeypatch):
    file = tmp_path / "pairs.txt"
    file.write_text("Go.\tVa !\tCC-BY\nHi.\tSalut !\n", encoding="utf-8-sig")
    assert text.datasets.read_pairs(file) == [("Go.", "Va !"), ("Hi.", "Salut !")]
    with pytest.raises(RuntimeError, match="invalid hash"):
        text.datasets.read_pairs(file, sha256="00")
    file.write_text("Go.\tVa !\nHi.\n")
    with pytest.raises(ValueError, match="line 2: expected a source, a tab and a target, got 'Hi"):
        text.datasets.read_pairs(file)
    file.write_bytes(b"abc\xff")
    with pytest.raises(ValueError, match="byte 3"):
        text.datasets.read_text(file)
    with pytest.raises(FileNotFoundError, match="download=True"):
        text.datasets.time_machine(tmp_path)
    (tmp_path / "timemachine.txt").write_text("not that book")
    with pytest.raises(RuntimeError, match="invalid hash"):
        text.datasets.time_machine(tmp_path)


def test_the_books_files_are_downloaded_once(tmp_path, monkeypatch):
    served = []

    def serve(url, path, sha1, hash_name):
        served.append((url, hash_name))
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("fra-eng/fra.txt", "Go.\tVa !\n")

    monkeypatch.setattr(text.datasets, "download_url_to_file", serve)
    monkeypatch.setattr(text.datasets, "check_hash_of", lambda *_: None)
    for _ in range(2):
        assert text.datasets.fra_eng(tmp_path / "new", download=True) == [("Go.", "Va !")]
    assert served == [("http://d2l-data.s3-accelerate.amazonaws.com/fra-eng.zip", "sha1")]


def test_docs_are_in_every_installation():
    docs = text.datasets.docs()
    everything = "\n".join(docs.values())
    assert len(docs) > 50 and 'The "if" statement' in everything and len(text.words(everything)) > 40_000
    topics_of = Counter(p for topic in docs.values() for p in set(topic.split("\n\n")))
    assert set(topics_of.values()) == {1}
