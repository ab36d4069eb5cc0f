"""The artist embedder: shapes, gradients, and what a graph network must and must not depend on."""

import numpy as np
import pytest
import torch
from torch_geometric.nn import SimpleConv

from core.errors import ConfigError
from core.models import CLASSES, UNSEEN, Embedder, MessageGraph, columns_of, make_model
from core.models.backbones import BACKBONES
from core.runs.config import BACKBONE_TITLES, MODELS, ModelConfig

N, COLUMNS = 12, 7
LAYERS = (0, 1, 2, 4)
READERS = [name for name in MODELS if name != "lightgcn"]
"""Models that read features; the other one learns a vector per artist."""
LOCAL = [name for name in READERS if name != "gps"]
"""Backbones whose artists hear their neighbours only; a graph transformer attends to everybody."""


def test_every_backbone_has_a_title_and_nothing_else_has() -> None:
    """The titles stand apart from the classes, so that the names can be listed without loading torch."""
    assert set(CLASSES) == set(BACKBONE_TITLES)
    assert set(BACKBONES) < set(CLASSES)


@pytest.fixture
def features() -> torch.Tensor:
    return torch.randn(N, COLUMNS, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def messages() -> np.ndarray:
    # Artist 11 is isolated.
    pairs = np.random.default_rng(0).integers(0, N - 1, (30, 2))
    pairs = np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0)
    return np.concatenate([pairs, pairs[:, ::-1]]).T


def make(backbone: str, layers: int) -> Embedder:
    torch.manual_seed(0)
    return make_model(COLUMNS, ModelConfig(backbone, layers, hidden=16, embedding=5))


@pytest.mark.parametrize("backbone", READERS)
@pytest.mark.parametrize("layers", LAYERS)
class TestEveryBackbone:
    def test_embeddings_are_unit_vectors(
        self, backbone: str, layers: int, features: torch.Tensor, messages: np.ndarray
    ) -> None:
        embeddings = make(backbone, layers).embed(features, MessageGraph.from_messages(messages, N))
        assert embeddings.shape == (N, 5)
        torch.testing.assert_close(embeddings.norm(dim=1), torch.ones(N))

    def test_every_parameter_gets_a_gradient(
        self, backbone: str, layers: int, features: torch.Tensor, messages: np.ndarray
    ) -> None:
        model = make(backbone, layers)
        (model(features, MessageGraph.from_messages(messages, N)) * torch.randn(N, 5)).sum().backward()
        without = [name for name, weight in model.named_parameters() if weight.grad is None]
        assert without == []

    def test_some_rows_alone_are_rows_of_all(
        self, backbone: str, layers: int, features: torch.Tensor, messages: np.ndarray
    ) -> None:
        model, graph, rows = (
            make(backbone, layers).eval(),
            MessageGraph.from_messages(messages, N),
            torch.tensor([3, 7]),
        )
        torch.testing.assert_close(model(features, graph, rows), model(features, graph)[rows])

    def test_saved_weights_tell_their_columns(
        self, backbone: str, layers: int, features: torch.Tensor, messages: np.ndarray
    ) -> None:
        assert columns_of(make(backbone, layers).state_dict(), ModelConfig(backbone, layers)) == COLUMNS

    def test_renaming_artists_renames_embeddings(
        self, backbone: str, layers: int, features: torch.Tensor, messages: np.ndarray
    ) -> None:
        model = make(backbone, layers)
        order = np.random.default_rng(2).permutation(N)
        place = np.argsort(order)
        straight = model.embed(features, MessageGraph.from_messages(messages, N))
        renamed = model.embed(features[order], MessageGraph.from_messages(place[messages], N))
        torch.testing.assert_close(renamed, straight[order], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("backbone", LOCAL)
@pytest.mark.parametrize("layers", LAYERS)
class TestEveryLocalBackbone:
    def test_an_isolated_artist_depends_on_itself_alone(
        self, backbone: str, layers: int, features: torch.Tensor, messages: np.ndarray
    ) -> None:
        model = make(backbone, layers)
        graph = MessageGraph.from_messages(messages, N)
        other = features.clone()
        other[:-1] += 3
        assert torch.isfinite(model.embed(features, graph)).all()
        torch.testing.assert_close(model.embed(features, graph)[-1], model.embed(other, graph)[-1])

    def test_a_change_reaches_as_many_hops_as_there_are_layers(
        self, backbone: str, layers: int, features: torch.Tensor, messages: np.ndarray
    ) -> None:
        line = np.array([range(N - 1), range(1, N)])
        model = make(backbone, layers)
        graph = MessageGraph.from_messages(line, N)
        other = features.clone()
        other[0] += 3
        moved = (model.embed(features, graph) - model.embed(other, graph)).abs().sum(dim=1) > 1e-7
        assert not moved[layers + 1 :].any()
        assert moved[0]
        assert moved[: layers + 1].all() or layers > 2


@pytest.fixture
def places() -> torch.Tensor:
    """Artists 0 to 8 have a learned vector, the others none."""
    return torch.tensor([*range(9), *[UNSEEN] * 3])[:, None]


class TestLearnedVectors:
    def model(self, layers: int = 2) -> Embedder:
        torch.manual_seed(0)
        return make_model(9, ModelConfig("lightgcn", layers, embedding=5))

    def test_an_artist_is_what_arrives(self, places: torch.Tensor) -> None:
        # 0 -> 1 -> 2: after two hops artist 1 has heard artist 0, artist 2 artists 1 and 0, artist 0 nobody.
        model = self.model()
        heard = model.embed(places, MessageGraph.from_messages(np.array([[0, 1], [1, 2]]), N))
        table = model.state_dict()["table"]
        torch.testing.assert_close(heard[1], torch.nn.functional.normalize(table[0], dim=0))
        torch.testing.assert_close(heard[2], torch.nn.functional.normalize(table[1] + table[0], dim=0))
        assert not heard[0].any()

    def test_artists_never_learned_get_vectors_too(self, places: torch.Tensor) -> None:
        heard = self.model().embed(places, MessageGraph.from_messages(np.array([[0], [11]]), N))
        torch.testing.assert_close(heard[11].norm(), torch.tensor(1.0))

    def test_every_vector_that_is_heard_gets_a_gradient(self, places: torch.Tensor, messages: np.ndarray) -> None:
        model = self.model()
        (model(places, MessageGraph.from_messages(messages, N)) * torch.randn(N, 5)).sum().backward()
        assert (model.get_parameter("table").grad.abs().sum(dim=1) > 0).sum() == len(
            np.intersect1d(np.unique(messages[0]), range(9))
        )

    def test_without_hops_there_is_nothing_to_hear(self) -> None:
        with pytest.raises(ConfigError, match="between 1 and"):
            ModelConfig("lightgcn", 0)


def test_propagated_features_are_kept_while_the_graph_is_the_same(
    features: torch.Tensor, messages: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, graph = make("sign", 2), MessageGraph.from_messages(messages, N)
    calls: list[int] = []
    propagate = model.propagate
    monkeypatch.setattr(model, "propagate", lambda *inputs: calls.append(1) or propagate(*inputs))
    model(features, graph)
    model(features, graph, torch.tensor([1, 2, 3]))
    assert len(calls) == 1
    model(features, MessageGraph.from_messages(messages, N))
    assert len(calls) == 2


def test_no_layers_is_the_mlp_whatever_the_graph(features: torch.Tensor, messages: np.ndarray) -> None:
    model = make("sage", 0)
    empty = MessageGraph.from_messages(np.empty((2, 0), np.int64), N)
    torch.testing.assert_close(
        model.embed(features, MessageGraph.from_messages(messages, N)), model.embed(features, empty)
    )


def test_what_arrives_is_summed_and_averaged() -> None:
    graph = MessageGraph.from_messages(np.array([[0, 1, 0], [2, 2, 1]]), 3)
    x = torch.tensor([[1.0], [10.0], [100.0]])
    assert graph.sums(x)[:, 0].tolist() == [0.0, 1.0, 11.0]
    assert graph.means(x)[:, 0].tolist() == [0.0, 1.0, 5.5]


def test_gradients_flow_back_along_the_messages(messages: np.ndarray) -> None:
    graph = MessageGraph.from_messages(messages, N)
    x = torch.rand(N, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(graph.sums, x)


@pytest.mark.parametrize("aggregate", ["mean", "sum"])
def test_sums_agree_with_pyg(features: torch.Tensor, messages: np.ndarray, aggregate: str) -> None:
    graph = MessageGraph.from_messages(messages, N)
    by_message = SimpleConv(aggr=aggregate)(features, graph.edge_index)
    torch.testing.assert_close(graph.means(features) if aggregate == "mean" else graph.sums(features), by_message)


def test_sage_layer_by_hand() -> None:
    # One message 0 -> 1. Out = L2(ELU(W_l · mean(ReLU(P x_neighbours)) + W_r x)), PyG's order of the terms.
    layer = BACKBONES["sage"](2)
    conv = layer.conv
    with torch.no_grad():
        conv.lin.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, -1.0]]))
        conv.lin.bias.zero_()
        conv.lin_l.weight.copy_(torch.tensor([[2.0, 0.0], [0.0, 2.0]]))
        conv.lin_l.bias.zero_()
        conv.lin_r.weight.copy_(torch.eye(2))
    x = torch.tensor([[3.0, 5.0], [1.0, -1.0]])
    out = layer(x, MessageGraph.from_messages(np.array([[0], [1]]), 2))
    # Artist 1 hears ReLU(3, -5) = (3, 0), so W_l gives (6, 0); plus itself (7, -1); ELU (7, e^-1 - 1).
    expected = torch.tensor([7.0, float(np.exp(-1) - 1)])
    torch.testing.assert_close(out[1], expected / expected.norm())
    torch.testing.assert_close(out[0], x[0] / x[0].norm())


@pytest.mark.parametrize("settings", [{"backbone": "gru"}, {"layers": -1}, {"layers": 9}, {"hidden": 0}])
def test_impossible_shapes_are_refused(settings: dict) -> None:
    with pytest.raises(ConfigError):
        ModelConfig(**settings)
