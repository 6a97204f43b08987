"""The memory: causal, and the same whether it reads at once, in pieces, or a token at a time."""

import pytest
import torch

from clonotate.models.memory import Memory, buckets


@pytest.mark.parametrize("pieces", [[7], [3, 4], [1] * 7])
def test_pieces_with_a_cache_equal_the_whole(pieces):
    torch.manual_seed(0)
    memory, tokens = Memory(64, 2, 2).eval(), torch.randn(1, 7, 64)
    cache, found = (), []
    for piece in tokens.split(pieces, 1):
        out, cache = memory(piece, cache)
        found.append(out)
    torch.testing.assert_close(torch.cat(found, 1), memory(tokens)[0], rtol=1e-4, atol=1e-5)


def test_it_reads_far_longer_episodes_than_any_limit():
    with torch.no_grad():
        out, _ = Memory(64, 2, 2)(torch.randn(1, 1500, 64))
    assert out.isfinite().all()


def test_episodes_read_together_are_of_about_one_length():
    lengths = [40, 100, 90, 41, 250, 1]
    assert buckets(lengths) == [[4], [1, 2], [3, 0], [5]]
    torch.manual_seed(0)
    memory, tokens = Memory(64, 2, 2).eval(), torch.randn(sum(lengths), 64)
    with torch.no_grad():
        alone = torch.cat([memory(episode[None])[0][0] for episode in tokens.split(lengths)])
        torch.testing.assert_close(memory.whole(tokens, lengths), alone, rtol=1e-4, atol=1e-5)
