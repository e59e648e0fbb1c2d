"""Long work in pieces, one a thread: kernels/cpu/threads.py."""

import multiprocessing
import threading

import pytest

from kernels.cpu import threads


@pytest.fixture(params=[1, 2, 3])
def count(request):
    before = threads.get_num_threads()
    threads.set_num_threads(request.param)
    yield request.param
    threads.set_num_threads(before)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 1000])
def test_the_pieces_are_the_whole(count, n):
    seen, names = [], set()

    def run(start, stop):
        seen.extend(range(start, stop))
        names.add(threading.current_thread().name)

    threads.spread(run, n, threads.LONG)
    assert sorted(seen) == list(range(n))
    assert (len(names) > 1) <= (count > 1)


def test_short_work_stays_on_the_thread_that_asks():
    names = []
    threads.spread(lambda start, stop: names.append(threading.current_thread()), 100, threads.LONG - 1)
    assert names == [threading.current_thread()]


def test_the_error_of_any_piece_is_raised_and_the_next_work_goes_on(count):
    def last_fails(start, stop):
        if stop == 10:
            raise ValueError("this piece")

    with pytest.raises(ValueError, match="this piece"):
        threads.spread(last_fails, 10, threads.LONG)
    threads.spread(lambda start, stop: None, 10, threads.LONG)


def ten_in_pieces(queue):
    seen = []
    threads.spread(lambda start, stop: seen.append(stop - start), 10, threads.LONG)
    queue.put(sum(seen))


def test_a_forked_process_starts_threads_of_its_own(count):
    threads.spread(lambda start, stop: None, 10, threads.LONG)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    process = context.Process(target=ten_in_pieces, args=(queue,))
    process.start()
    assert queue.get(timeout=30) == 10
    process.join()
