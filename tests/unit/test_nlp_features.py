"""Features of a batch: counted right, the same alone as among others, and only what training has seen."""

import numpy as np
import pytest

from nlp.ngrams import characters, lay_out
from nlp.topics.features import BLOCKS, CHUNK, Block, find, learn, vectors, weigh
from tests.unit.nlp_documents import make_document


def test_runs_of_characters_are_those_of_the_text() -> None:
    """Against the plain loop; nothing runs across white space, title and body, or two documents."""
    documents = [make_document("乙丙 丁", title="甲乙"), make_document("乙丙")]
    found = characters(lay_out(documents), (1, 2, 3))
    expected = [
        (row, part[start : start + size])
        for row, document in enumerate(documents)
        for part in document.text.split()
        for start in range(len(part))
        for size in (1, 2, 3)
        if start + size <= len(part)
    ]
    assert found.rows.tolist() == [row for row, _ in expected]
    by_run: dict[str, set[int]] = {}
    for (_, run), number in zip(expected, found.hashes.tolist(), strict=True):
        by_run.setdefault(run, set()).add(number)
    assert all(len(numbers) == 1 for numbers in by_run.values()), "one run, one number"
    assert len({min(numbers) for numbers in by_run.values()}) == len(by_run), "two runs, two numbers"


def test_words_are_those_of_the_segmenter() -> None:
    document = make_document("小区电梯坏了，物业不管 电梯", title="电梯")
    found = lay_out([document]).words
    tokens = [*document.title_words, "\n", *document.body_words, "\n"]
    spoken = [tokens[position] for position in found.positions]
    assert spoken == [token for token in tokens if not token.isspace()]
    numbers = [h for token, h in zip(spoken, found.hashes.tolist(), strict=True) if token == "电梯"]
    assert len(numbers) == 3
    assert len(set(numbers)) == 1
    assert found.in_title.tolist() == [True] + [False] * (len(spoken) - 1)


def test_case_of_ascii_makes_no_difference() -> None:
    small, capital = (find([make_document(text)])["characters"].hashes for text in ("ktv很吵", "KTV很吵"))
    assert small.tolist() == capital.tolist()


def test_only_features_of_two_letters_are_kept() -> None:
    blocks = learn([make_document("电梯坏了"), make_document("电梯停了"), make_document("噪声")])
    matrix = vectors([make_document("电梯噪声")], blocks)["characters"]
    assert matrix.nnz == 3, "电, 梯, 电梯"


def test_weights_are_sublinear_counts_times_rarity_with_length_one() -> None:
    documents = [make_document("电电梯"), make_document("电梯"), make_document("电")]
    blocks = learn(documents)
    row = vectors([make_document("电电")], {**blocks})["characters"].toarray()[0]
    values = row[row > 0]
    idf = {3: np.log(4 / 4) + 1}  # 电 stands in all three; 电电 in one only, so it is not kept
    assert values == pytest.approx([(1 + np.log(2)) * idf[3] / ((1 + np.log(2)) * idf[3])])
    two = vectors([make_document("电梯")], blocks)["characters"].toarray()[0]
    assert sorted(two[two > 0].tolist()) == pytest.approx(
        sorted(w / np.sqrt(1 + 2 * (np.log(4 / 3) + 1) ** 2) for w in (1, np.log(4 / 3) + 1, np.log(4 / 3) + 1))
    )


def test_neighbours_make_no_difference_to_a_row() -> None:
    documents = [make_document(f"第{i}号楼的电梯坏了{'很久' * (i % 7)}", title="电梯") for i in range(CHUNK + 3)]
    blocks = learn(documents)
    together = vectors(documents, blocks)
    for index in (0, 5, CHUNK - 1, CHUNK, CHUNK + 2):
        alone = vectors([documents[index]], blocks)
        assert all((alone[name] != together[name][index]).nnz == 0 for name in BLOCKS)


@pytest.mark.parametrize("body", ["", " \n ", "😡", "1", "a"])
def test_texts_without_known_features_are_empty_rows(body: str) -> None:
    blocks = learn([make_document("电梯坏了"), make_document("电梯停了")])
    rows = vectors([make_document(body)], blocks)
    assert all(matrix.shape[0] == 1 and matrix.nnz == 0 for matrix in rows.values())


def test_a_block_without_any_feature_works() -> None:
    empty = Block.of(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32))
    assert weigh([make_document("电梯")], {"words": empty})["words"].nnz == 0
