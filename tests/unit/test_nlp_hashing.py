"""Words have the same numbers however they are hashed; what is asked for is found, and nothing else."""

import numpy as np

from nlp.hashing import HashTable, code_points, hash_spans, hash_tokens, hash_words

WORDS = ["路灯", "a", "A", "加装电梯", "的", "b" * 63, "c" * 64, "\n", "𠮷野家", "路灯"]


def test_a_word_has_one_number_wherever_it_stands() -> None:
    alone = [int(hash_words([word])[0]) for word in WORDS]
    assert hash_words(WORDS).tolist() == alone
    assert alone[0] == alone[-1]
    assert len(set(alone)) == len(WORDS) - 1
    # the numbers are those that learnt models know: they never change
    assert alone[:2] == [16662808742601782371, 15327012211196711407]
    long, many = ["d" * 65, "e" * 300], ["路"] * (1 << 18)
    for more in (long, many):  # beside words so long, or so many, another way is taken
        assert hash_words([*WORDS, *more]).tolist()[: len(WORDS)] == alone
    assert (
        hash_words(long).tolist()
        == [int(hash_words([word])[0]) for word in long]
        == [1286487761868765910, 9323045370469842171]
    )


def test_tokens_and_spans_agree() -> None:
    codes = code_points("".join(WORDS))
    lengths = np.array(list(map(len, WORDS)))
    starts = np.cumsum(lengths) - lengths
    assert hash_tokens(codes, starts).tolist() == hash_spans(codes, starts, lengths).tolist()
    assert hash_tokens(codes[2:], starts[1:] - 2).tolist() == hash_tokens(codes, starts)[1:].tolist()
    assert not len(hash_words([]))


def test_a_table_finds_what_it_has_and_nothing_else() -> None:
    hashes = hash_words([f"词{number}" for number in range(3000)])
    table = HashTable(np.append(hashes, hashes[:5]))
    assert table.find(hashes).tolist() == list(range(3000))
    assert set(table.find(hash_words([f"字{number}" for number in range(500)])).tolist()) == {-1}
    edges = np.array([0, 2**64 - 1], dtype=np.uint64)
    assert table.find(edges).tolist() == [-1, -1]
    assert HashTable(edges).find(edges).tolist()[0] == 0
