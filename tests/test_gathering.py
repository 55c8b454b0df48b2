"""What is gathered is taken in order, and nobody is woken twice or not at all."""

import threading

from appliances.gathering import Gathering


def test_whoever_is_awake_is_not_woken_until_nothing_was_left() -> None:
    line: Gathering[int] = Gathering()

    assert [line.put(1), line.put(2), line.put(3)] == [True, False, False]
    assert line.take(2) == [1, 2]
    assert not line.put(4)
    assert [line.take(2), line.take(2)] == [[3, 4], []]
    assert line.put(5)


def test_of_many_threads_everything_is_taken_once_and_in_each_ones_order() -> None:
    line: Gathering[tuple[int, int]] = Gathering()
    woken = threading.Semaphore(0)
    taken: list[tuple[int, int]] = []

    def bring(who: int) -> None:
        for n in range(500):
            if line.put((who, n)):
                woken.release()

    def serve() -> None:
        while len(taken) < 2000:
            assert woken.acquire(timeout=20)
            while batch := line.take(7):
                taken.extend(batch)

    threads = [threading.Thread(target=bring, args=(who,)) for who in range(4)] + [threading.Thread(target=serve)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)

    assert [n for who in range(4) for one, n in taken if one == who] == [*range(500)] * 4
