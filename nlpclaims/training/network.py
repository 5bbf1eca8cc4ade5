"""The network that is fine-tuned in PyTorch: a pretrained encoder and one head for each layer of annotation.

What it learns is written out by ``training.export`` for the components that run without PyTorch; each head here
computes what its component does. Encoder: BERT (Devlin et al., NAACL 2019) as distilled by Wang et al. (NeurIPS 2020)
into MiniLM, with a learned embedding of each word's shape added to its input; or, for the teacher, MPNet (Song et al.,
NeurIPS 2020), which looks at relative positions, too. Parser: Dozat and Manning (ICLR 2017).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nlpclaims.components.act_model import FEATURE_ROWS as ACT_FEATURES
from nlpclaims.components.act_model import LAYERS
from nlpclaims.components.attribution_model import CUE_LABELS, ROLE_LABELS
from nlpclaims.components.cue_features import TABLE_ROWS
from nlpclaims.components.stance_model import FEATURE_ROWS, SCORES
from nlpclaims.components.wordpieces import N_MARKS


@dataclass(frozen=True)
class Sizes:
    """How large the network is; the first four are MiniLM-L6's."""

    vocabulary: int = 30522
    width: int = 384
    layers: int = 6
    heads: int = 12
    positions: int = 512
    arc: int = 256
    relation: int = 96
    pair: int = 128
    pair_depth: int = 2
    stance: int = 96
    stance_depth: int = 1
    act: int = 64
    act_depth: int = 1
    link: int = 96
    buckets: int = 0
    """Distances between word pieces that attention tells apart; without any it knows their places alone."""
    epsilon: float = 1e-12


MINILM = Sizes()
MPNET = Sizes(width=768, layers=12, buckets=32, epsilon=1e-5)
DISTANCES = 32
"""Distances between mentions that are told apart."""

_random = np.random.default_rng(0)


def dropout(x: Tensor, p: float, training: bool) -> Tensor:
    """Dropout.

    On a CPU it is *p* to within 1/256, by NumPy's random bytes: PyTorch draws on one core, for a third of a step.
    """
    if not training or not p:
        return x
    if x.is_cuda:
        return F.dropout(x, p)
    dropped = round(p * 256)
    kept = torch.from_numpy(_random.integers(0, 256, x.shape, np.uint8)) >= dropped
    return x * kept.to(x.dtype).mul_(256 / (256 - dropped))


class Layer(nn.Module):
    """A transformer layer, normalised after each sublayer."""

    def __init__(self, sizes: Sizes, p: float) -> None:
        super().__init__()
        width, self.heads, self.p = sizes.width, sizes.heads, p
        self.qkv = nn.Linear(width, 3 * width)
        self.attended = nn.Linear(width, width)
        self.attended_norm = nn.LayerNorm(width, eps=sizes.epsilon)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.norm = nn.LayerNorm(width, eps=sizes.epsilon)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """*mask* is what is added to the scores, of a shape that expands to ``(batch, heads, length, length)``."""
        batch, length, width = x.shape
        if mask is None:  # written out, for the operations that onnxruntime knows how to fuse
            parts = zip(self.qkv.weight.chunk(3), self.qkv.bias.chunk(3), strict=True)
            q, k, v = (
                (torch.matmul(x, w.T) + b).view(batch, length, self.heads, -1).permute(0, 2, 1, 3) for w, b in parts
            )
            scores = torch.matmul(q, k.transpose(-1, -2)) / ((width // self.heads) ** 0.5)
            mixed = torch.matmul(scores.softmax(-1), v)
        elif x.is_cuda:
            q, k, v = self.qkv(x).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
            mixed = F.scaled_dot_product_attention(q, k, v, mask.to(q.dtype).expand(batch, self.heads, length, length))
        else:  # the gradients of scaled_dot_product_attention take five times as long on a CPU
            q, k, v = self.qkv(x).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4).flatten(1, 2)
            added = mask.to(q.dtype).expand(batch, self.heads, -1, length).flatten(0, 1)
            scores = torch.baddbmm(added, q, k.transpose(1, 2), alpha=(width // self.heads) ** -0.5)
            mixed = torch.bmm(scores.softmax(-1), v).unflatten(0, (batch, self.heads))
        mixed = self.attended(mixed.transpose(1, 2).reshape(batch, length, width))
        x = self.attended_norm(x + dropout(mixed, self.p, self.training))
        return self.norm(x + dropout(self.down(F.gelu(self.up(x))), self.p, self.training))


class Encoder(nn.Module):
    """Word pieces, marks and which of them are there, ``(batch, length)``, to vectors ``(batch, length, width)``."""

    def __init__(self, sizes: Sizes, p: float = 0.1) -> None:
        super().__init__()
        self.p = p
        self.pieces = nn.Embedding(sizes.vocabulary, sizes.width)
        self.positions = nn.Embedding(sizes.positions, sizes.width)
        self.marks = nn.Embedding(N_MARKS, sizes.width)
        nn.init.zeros_(self.marks.weight)
        self.norm = nn.LayerNorm(sizes.width, eps=sizes.epsilon)
        self.layers = nn.ModuleList([Layer(sizes, p) for _ in range(sizes.layers)])
        self.relative = nn.Embedding(sizes.buckets, sizes.heads) if sizes.buckets else None

    def forward(self, ids: Tensor, marks: Tensor, mask: Tensor | None = None) -> Tensor:
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.pieces(ids) + self.positions(places) + self.marks(marks))
        x = dropout(x, self.p, self.training)
        added = None if mask is None else torch.where(mask, 0.0, -1e4)[:, None, None]
        if added is not None and self.relative is not None:
            added = added + self.relative(_buckets(places, self.relative.num_embeddings)).permute(2, 0, 1)
        for layer in self.layers:
            x = layer(x, added)
        return x

    def load_bert(self, weights: Mapping[str, Tensor]) -> None:
        """Take the weights of a Hugging Face ``BertModel`` of the same sizes."""
        positions = weights["embeddings.position_embeddings.weight"]
        kinds = weights["embeddings.token_type_embeddings.weight"]
        attention = "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"
        own = {"pieces.weight": weights["embeddings.word_embeddings.weight"], "positions.weight": positions + kinds[0]}
        self._load(own, weights, attention, "attention.output.LayerNorm")

    def load_mpnet(self, weights: Mapping[str, Tensor], vocabulary: Sequence[str], pieces: Sequence[str]) -> None:
        """Take the weights of an ``MPNetModel`` with this *vocabulary*, for a reader that knows these *pieces*."""
        assert self.relative is not None
        number = {piece: i for i, piece in enumerate(vocabulary)}
        special = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>", "[MASK]": "<mask>", "[UNK]": "<unk>"}
        rows = [number.get(special.get(piece, piece), number["<unk>"]) for piece in pieces]
        attention = tuple(f"attention.attn.{part}" for part in "qkvo")
        own = {
            "pieces.weight": weights["embeddings.word_embeddings.weight"][rows],
            "positions.weight": weights["embeddings.position_embeddings.weight"][2:],
            "relative.weight": weights["encoder.relative_attention_bias.weight"],
        }
        self._load(own, weights, attention, "attention.LayerNorm")

    def _load(
        self, own: dict[str, Tensor], weights: Mapping[str, Tensor], attention: Sequence[str], attended_norm: str
    ) -> None:
        *inputs, attended = attention
        parts = {
            "attended": attended,
            "attended_norm": attended_norm,
            "up": "intermediate.dense",
            "down": "output.dense",
            "norm": "output.LayerNorm",
        }
        for kind in ("weight", "bias"):
            own[f"norm.{kind}"] = weights[f"embeddings.LayerNorm.{kind}"]
            for i in range(len(self.layers)):
                layer = f"encoder.layer.{i}"
                own |= {f"layers.{i}.{ours}.{kind}": weights[f"{layer}.{parts[ours]}.{kind}"] for ours in parts}
                own[f"layers.{i}.qkv.{kind}"] = torch.cat([weights[f"{layer}.{part}.{kind}"] for part in inputs])
        self.load_state_dict({"marks.weight": self.marks.weight.data, **own})


def _buckets(places: Tensor, count: int) -> Tensor:
    """How far each place is from each other, ``(length, length)``: half of the buckets for either side, of these half
    for single steps and half for ranges up to 128 (Raffel et al., JMLR 2020)."""
    distance = places[:, None] - places[None, :]
    side, single = count // 2, count // 4
    far = distance.abs().clamp(1).float()
    ranges = single + (torch.log(far / single) / math.log(128 / single) * (side - single)).long()
    bucket = torch.where(distance.abs() < single, distance.abs(), ranges.clamp(max=side - 1))
    return bucket + side * (distance < 0)


class Parser(nn.Module):
    """Biaffine scores of heads and relations within sentences."""

    def __init__(self, sizes: Sizes, relations: int, p: float = 0.33) -> None:
        super().__init__()
        self.p, self.relations = p, relations
        self.arc = nn.Linear(sizes.width, 2 * sizes.arc)
        self.relation = nn.Linear(sizes.width, 2 * sizes.relation)
        self.root = nn.Parameter(torch.zeros(sizes.arc))
        self.arc_weights = nn.Parameter(torch.zeros(sizes.arc + 1, sizes.arc))
        self.relation_weights = nn.Parameter(torch.zeros(sizes.relation + 1, relations * (sizes.relation + 1)))

    def arcs(self, words: Tensor, sentences: Tensor) -> Tensor:
        """Scores of each word's heads.

        Args:
            words: vectors ``(n_words, width)``.
            sentences: indices of each sentence's words, -1 beyond its end, ``(n_sentences, longest)``.

        Returns:
            ``(n_sentences, longest, 1 + longest)``: dependent, and head with the root first.
        """
        dependents, heads = dropout(F.relu(self.arc(words)), self.p, self.training).chunk(2, -1)
        there = sentences >= 0
        heads, dependents = heads[sentences.clamp(0)], dependents[sentences.clamp(0)]
        root = self.root.to(heads.dtype).expand(len(sentences), 1, -1)
        heads = torch.cat([root, heads], 1)
        dependents = F.pad(dependents, (0, 1), value=1.0)
        scores = dependents @ self.arc_weights.to(heads.dtype) @ heads.transpose(1, 2)
        return scores.float().masked_fill(~F.pad(there, (1, 0), value=True)[:, None], -1e4)

    def labels(self, words: Tensor, dependents: Tensor, heads: Tensor) -> Tensor:
        """Scores ``(n, relations)`` of pairs of words, given by index, shape ``(n,)``; a root's head is -1."""
        low, high = dropout(F.relu(self.relation(words)), self.p, self.training).chunk(2, -1)
        high = high[heads.clamp(0)] * (heads >= 0)[:, None]
        low, high = F.pad(low[dependents], (0, 1), value=1.0), F.pad(high, (0, 1), value=1.0)
        mixed = (low @ self.relation_weights.to(low.dtype)).view(len(low), self.relations, -1)
        return (mixed * high[:, None]).sum(-1).float()


class Maxout(nn.Module):
    """thinc's Maxout with three pieces and a normalised result."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.linear = nn.Linear(inputs, outputs * 3)
        nn.init.xavier_uniform_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)
        self.norm = nn.LayerNorm(outputs, eps=1e-8)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.linear(x).unflatten(-1, (-1, 3)).amax(-1).float())


class Context(nn.Module):
    """Vectors of sequences mixed with their neighbours': thinc's ``Maxout``, then residual windows of three."""

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        self.depth = depth
        self.first = Maxout(width, width)
        self.mixing = nn.ModuleList([Maxout(3 * width, width) for _ in range(depth)])

    def forward(self, hidden: Tensor, sequence: Tensor, count: int) -> Tensor:
        """Rows ``(n_rows, width)``, those of a sequence together; *sequence* is whose each is, of so many."""
        # As thinc pads sequences: `depth` rows of zeros before each of them, and after the last.
        rows = torch.arange(len(hidden), device=hidden.device) + self.depth * (sequence + 1)
        padded = hidden.new_zeros(len(hidden) + self.depth * (count + 1), hidden.shape[1])
        x = self.first(padded.index_copy(0, rows, hidden))
        for layer in self.mixing:
            x = x + layer(torch.cat([F.pad(x, (0, 0, 1, 0))[:-1], x, F.pad(x, (0, 0, 0, 1))[1:]], 1))
        return x[rows]


def feature_table(rows: Sequence[int], width: int) -> nn.Embedding:
    """Embeddings of the rows that ``components.cue_features.table_rows`` gives features of so many rows each."""
    table = nn.Embedding(sum(rows), width)
    nn.init.normal_(table.weight, std=0.05)
    return table


def pool(mixed: Tensor, rows: Tensor, attention: Tensor) -> Tensor:
    """One vector of those of each sequence, ``(n_sequences, 2 * width)``: by attention, and the maximum.

    *rows* are the rows of each, -1 beyond its end, shape ``(n_sequences, longest)``.
    """
    x = F.pad(mixed, (0, 0, 0, 1))[rows]  # -1 is the row of zeros at the end
    beyond = (rows < 0)[:, :, None]
    shares = (x @ attention.to(x.dtype))[:, :, None].float().masked_fill(beyond, -1e9).softmax(1)
    return torch.cat([(x * shares).sum(1), x.masked_fill(beyond, -1e9).amax(1)], 1)


class Roles(nn.Module):
    """The roles of tokens round their cues: the layers of ``AttributionModel.v1`` from ``pair`` to ``output``."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.token = nn.Linear(sizes.width, sizes.pair, bias=False)
        self.cue = nn.Linear(sizes.width, sizes.pair)
        self.features = feature_table(TABLE_ROWS, sizes.pair)
        self.context = Context(sizes.pair, sizes.pair_depth)
        self.output = nn.Linear(sizes.pair, len(ROLE_LABELS))

    def forward(self, words: Tensor, pairs: "CuePairs") -> Tensor:
        """Logits ``(n_pairs, n_roles)`` for pairs of a token and a cue."""
        hidden = self.token(words)[pairs.token] + self.cue(words)[pairs.cue] + self.features(pairs.features).sum(1)
        return self.output(self.context(hidden, pairs.sequence, pairs.count)).float()


@dataclass(frozen=True)
class CuePairs:
    """``components.cue_features.Pairs`` of a batch as tensors; ``sequence`` is whose of the ``count`` cues each is."""

    token: Tensor
    cue: Tensor
    features: Tensor
    sequence: Tensor
    count: int


class Stance(nn.Module):
    """The stances of pairs of mentions: the layers of ``DirectedPairModel.v1``, see there for what each does."""

    def __init__(self, sizes: Sizes, p: float = 0.2) -> None:
        super().__init__()
        self.p = p
        self.token = nn.Linear(sizes.width, sizes.stance, bias=False)
        self.holder = nn.Linear(sizes.width, sizes.stance, bias=False)
        self.target = nn.Linear(sizes.width, sizes.stance)
        self.features = feature_table(FEATURE_ROWS, sizes.stance)
        self.context = Context(sizes.stance, sizes.stance_depth)
        self.attention = nn.Parameter(torch.zeros(sizes.stance))
        self.hidden = Maxout(2 * sizes.stance, sizes.stance)
        self.output = nn.Linear(sizes.stance, len(SCORES))

    def forward(self, words: Tensor, pairs: "StancePairs") -> Tensor:
        """Logits ``(n_pairs, 5)`` over DSE's classes."""
        total = words.new_zeros(len(pairs.counts), words.shape[1]).index_add(0, pairs.mention, words[pairs.inside])
        means = total / pairs.counts[:, None]
        hidden = self.token(words)[pairs.token] + self.holder(means)[pairs.holder] + self.target(means)[pairs.target]
        hidden = dropout(hidden + self.features(pairs.features).sum(1), self.p, self.training)
        mixed = self.context(hidden, pairs.sequence, len(pairs.rows))
        pooled = pool(mixed, pairs.rows, self.attention)
        scores = self.output(dropout(self.hidden(pooled), self.p, self.training)).float()
        forth, back = scores[::2], scores[1::2]
        columns = [forth[:, 0] + back[:, 0], forth[:, 1], back[:, 1], forth[:, 2], back[:, 2]]
        return torch.stack(columns, 1)


@dataclass(frozen=True)
class StancePairs:
    """``components.stance_model.Views`` of a batch as tensors.

    ``inside`` is each token of a mention and ``mention`` whose it is; ``counts`` is how many tokens a mention has.
    ``sequence`` is the view of each row, and ``rows`` the rows of each view, -1 beyond its end, shape
    ``(n_views, longest)``.
    """

    inside: Tensor
    mention: Tensor
    counts: Tensor
    token: Tensor
    holder: Tensor
    target: Tensor
    features: Tensor
    sequence: Tensor
    rows: Tensor


class Acts(nn.Module):
    """The acts of attributions: the layers of ``ActModel.v2``, see there for what each does."""

    def __init__(self, sizes: Sizes, p: float = 0.2) -> None:
        super().__init__()
        self.p = p
        self.token = nn.Linear(sizes.width, sizes.act, bias=False)
        self.cue = nn.Linear(sizes.width, sizes.act)
        self.features = feature_table(ACT_FEATURES, sizes.act)
        self.context = Context(sizes.act, sizes.act_depth)
        self.attention = nn.Parameter(torch.zeros(sizes.act))
        self.hidden = Maxout(2 * sizes.act, sizes.act)
        self.outputs = nn.ModuleDict({name: nn.Linear(sizes.act + sizes.width, len(LAYERS[name])) for name in LAYERS})

    def forward(
        self, tokens: Tensor, cues: Tensor, features: Tensor, sequence: Tensor, rows: Tensor
    ) -> dict[str, Tensor]:
        """By layer the logits of each attribution's labels, ``(n_cues, n_labels)``.

        Args:
            tokens: vectors of what is read of attributions, ``(n_rows, width)``.
            cues: vectors of the cues' heads, ``(n_cues, width)``.
            features: see ``components.act_model.Views``.
            sequence, rows: whose each token is, and which are each one's, see ``batches.sequences``.
        """
        hidden = self.token(tokens) + self.cue(cues)[sequence] + self.features(features).sum(1)
        pooled = pool(self.context(hidden, sequence, len(cues)), rows, self.attention)
        inputs = torch.cat([dropout(self.hidden(pooled), self.p, self.training), cues], 1)
        return {name: layer(inputs) for name, layer in self.outputs.items()}


class Antecedents(nn.Module):
    """What anaphors refer to, of the mentions before them: learned for the encoder's sake alone."""

    def __init__(self, sizes: Sizes, p: float = 0.2) -> None:
        super().__init__()
        self.p = p
        self.anaphor = nn.Linear(sizes.width, sizes.link)
        self.candidate = nn.Linear(sizes.width, sizes.link)
        self.distance = nn.Embedding(DISTANCES, 1)
        self.none = nn.Linear(sizes.width, 1)

    def forward(self, words: Tensor, anaphors: Tensor, candidates: Tensor, distances: Tensor) -> Tensor:
        """Scores ``(n_anaphors, 1 + most_candidates)``, that of none first; *candidates* are -1 beyond their end."""
        low = dropout(self.anaphor(words), self.p, self.training)[anaphors]
        high = dropout(self.candidate(words), self.p, self.training)[candidates.clamp(0)]
        scores = (low[:, None] * high).sum(-1) / low.shape[-1] ** 0.5 + self.distance(distances)[..., 0]
        scores = scores.float().masked_fill(candidates < 0, -1e9)
        return torch.cat([self.none(words)[anaphors].float(), scores], 1)


class Network(nn.Module):
    """The encoder with all heads. Vectors of words are the means of their pieces' vectors."""

    def __init__(self, labels: Mapping[str, int], sizes: Sizes = MINILM) -> None:
        """*labels* is how many there are of "tag", "lemma", "dep" and "ner"."""
        super().__init__()
        self.sizes = sizes
        self.encoder = Encoder(sizes)
        counts = {k: labels[k] for k in ("tag", "lemma", "ner")}
        counts |= {"senter": 2, "cue": len(CUE_LABELS), "role": len(ROLE_LABELS), "sentiment": 3, "party": 2}
        counts |= {name: len(labels) for name, labels in LAYERS.items()}
        self.linear = nn.ModuleDict({name: nn.Linear(sizes.width, n) for name, n in counts.items()})
        self.parser = Parser(sizes, labels["dep"])
        self.roles = Roles(sizes)
        self.stance = Stance(sizes)
        self.antecedents = Antecedents(sizes)

    def words(self, ids: Tensor, marks: Tensor, mask: Tensor, place: Tensor, word: Tensor, counts: Tensor) -> Tensor:
        """Vectors ``(n_words, width)``.

        Args:
            ids, marks, mask: see ``Encoder``.
            place: where in the flattened batch each piece is, ``(n_pieces,)``.
            word: whose each piece is, ``(n_pieces,)``.
            counts: how many pieces each word has, at least one, ``(n_words,)``.
        """
        hidden = self.encoder(ids, marks, mask).float().flatten(0, 1)[place]
        total = hidden.new_zeros(len(counts), hidden.shape[1]).index_add(0, word, hidden)
        return total / counts[:, None]
