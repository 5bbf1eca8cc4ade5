"""Dependencies: for each sentence the best tree of biaffine scores (Dozat and Manning, ICLR 2017).

The component needs sentence boundaries and a ``tok2vec`` that sees beyond the word, such as a transformer; spaCy's own
``parser``, which finds sentences too, suits a small encoder better.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import registry
from thinc.api import Config, Model, Optimizer, set_dropout_rate
from thinc.initializers import glorot_uniform_init, zero_init

from nlpclaims.components.decoding import Floats, log_softmax
from nlpclaims.components.labelled import DEFAULT_TOK2VEC, LabelledPipe, over_tok2vec
from nlpclaims.components.trees import best_tree

Ints = NDArray[np.int64]

LONGEST_SENTENCE = 400
"""Words; a longer stretch without a boundary is cut, since the scores of a sentence grow with its square."""

DEFAULT_MODEL = Config().from_str(
    """
[model]
@architectures = "nlpclaims.BiaffineParser.v1"
arc_width = 128
relation_width = 64

"""
    + DEFAULT_TOK2VEC
)["model"]


@registry.architectures("nlpclaims.BiaffineParser.v1")
def build_biaffine_parser(
    tok2vec: Model[list[Doc], list[Floats]],
    arc_width: int = 256,
    relation_width: int = 96,
    n_relations: int | None = None,
) -> Model[list[Doc], list[Floats]]:
    """Build the layers that the component calls by name: ``tok2vec``, ``arcs`` and ``relations``.

    Args:
        arc_width, relation_width: how long the vectors are that heads and relations are scored from.
        n_relations: how many relations there are; set when the component is initialised.
    """
    width = tok2vec.get_dim("nO")
    arcs = _biaffine("arcs", width, arc_width, 1, root=True)
    relations = _biaffine("relations", width, relation_width, n_relations, root=False)
    layers = {"tok2vec": tok2vec, "arcs": arcs, "relations": relations}
    return over_tok2vec("biaffine_parser", layers)


Pairing = tuple[Floats, Ints, Ints]
"""Word vectors ``(n_words, width)``, and the pairs of a dependent and a head to score, -1 for the root."""


def _biaffine(name: str, width: int, hidden: int, n_out: int | None, root: bool) -> Model[Any, Any]:
    """Scores ``(n_pairs, nO)`` of a ``Pairing``: a bilinear form with biases over two views of each word."""
    params = dict.fromkeys(("project", "bias", "bilinear", *(["root"] if root else [])))
    dims = {"nI": width, "nH": hidden, "nO": n_out}
    return Model(name, _biaffine_forward, init=_initialize_biaffine, params=params, dims=dims)


def _initialize_biaffine(model: Model[Any, Any], X: object = None, Y: object = None) -> None:  # noqa: ARG001
    width, hidden, n_out = (model.get_dim(name) for name in ("nI", "nH", "nO"))
    model.set_param("project", glorot_uniform_init(model.ops, (2 * hidden, width)))
    model.set_param("bias", zero_init(model.ops, (2 * hidden,)))
    inner = hidden if "root" in model.param_names else hidden + 1
    model.set_param("bilinear", zero_init(model.ops, (hidden + 1, n_out * inner)))
    if "root" in model.param_names:
        model.set_param("root", zero_init(model.ops, (hidden,)))


def views(model: Model[Any, Any], vectors: Floats) -> tuple[Floats, Floats]:
    """Each word as a dependent, with a one for the bias, and as a head: ``(n_words, nH + 1)`` and ``(n_words, nH)``."""
    ops = model.ops
    both = ops.gemm(vectors, model.get_param("project"), trans2=True) + model.get_param("bias")
    np.maximum(both, 0.0, out=both)
    low, high = both[:, : model.get_dim("nH")], both[:, model.get_dim("nH") :]
    views: tuple[Floats, Floats] = _with_one(low), high
    return views


def _with_one(rows: Floats) -> Floats:
    return np.concatenate([rows, np.ones((len(rows), 1), dtype=np.float32)], axis=1)


def _heads_of(model: Model[Any, Any], high: Floats, heads: Ints) -> Floats:
    """The view of each pair's head: that of the root is a vector of its own, or zeros."""
    chosen: Floats = high[np.maximum(heads, 0)]
    chosen[heads < 0] = model.get_param("root") if "root" in model.param_names else 0.0
    return chosen if "root" in model.param_names else _with_one(chosen)


def _biaffine_forward(
    model: Model[Any, Any],
    inputs: Pairing,
    is_train: bool,  # noqa: ARG001
) -> tuple[Floats, Callable[[Floats], Floats]]:
    vectors, dependents, heads = inputs
    ops, n_out = model.ops, model.get_dim("nO")
    low, high = views(model, vectors)
    bilinear = model.get_param("bilinear")
    chosen_low, chosen_high = low[dependents], _heads_of(model, high, heads)
    mixed = ops.gemm(chosen_low, bilinear).reshape(len(dependents), n_out, -1)
    scores: Floats = np.matmul(mixed, chosen_high[:, :, None])[:, :, 0]

    def backprop(d_scores: Floats) -> Floats:
        hidden = model.get_dim("nH")
        d_mixed = (d_scores[:, :, None] * chosen_high[:, None, :]).reshape(len(dependents), -1)
        model.inc_grad("bilinear", ops.gemm(chosen_low, d_mixed, trans1=True))
        d_both: Floats = ops.alloc2f(len(vectors), 2 * hidden)
        d_low = ops.gemm(d_mixed, bilinear, trans2=True)[:, :hidden]
        d_high = np.matmul(d_scores[:, None, :], mixed)[:, 0, :hidden]
        rooted = heads < 0
        if "root" in model.param_names:
            model.inc_grad("root", d_high[rooted].sum(axis=0))
        np.add.at(d_both[:, :hidden], dependents, d_low)
        np.add.at(d_both[:, hidden:], heads[~rooted], d_high[~rooted])
        d_both *= np.concatenate([low[:, :hidden], high], axis=1) > 0
        model.inc_grad("project", ops.gemm(d_both, vectors, trans1=True))
        model.inc_grad("bias", d_both.sum(axis=0))
        d_vectors: Floats = ops.gemm(d_both, model.get_param("project"))
        return d_vectors

    return scores, backprop


class Parse(NamedTuple):
    """The head (relative, as spaCy counts it) and the relation's hash of each token of a document."""

    heads: Ints
    relations: NDArray[np.uint64]


@Language.factory(
    "nlpclaims_parser",
    assigns=["token.dep", "token.head", "token.is_sent_start", "doc.sents"],
    requires=["token.is_sent_start"],
    default_config={"model": DEFAULT_MODEL, "scorer": {"@scorers": "spacy.parser_scorer.v1"}},
    default_score_weights={"dep_uas": 0.5, "dep_las": 0.5, "dep_las_per_type": None},
)
def make_parser(
    nlp: Language, name: str, model: Model[list[Doc], list[Floats]], scorer: Callable[..., dict[str, Any]] | None
) -> "BiaffineParser":
    return BiaffineParser(nlp, model, name, scorer=scorer)


class BiaffineParser(LabelledPipe):
    """A trainable pipe that gives each sentence a dependency tree; white space hangs on the word before it."""

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,  # noqa: ARG002
        labels: Sequence[str] | None = None,
    ) -> None:
        """Collect the relations, or take *labels*, and set up the weights."""
        if labels is None:
            seen = {t.dep_ for eg in get_examples() for t in eg.reference if t.dep_ and not t.is_space}
            labels = sorted(seen)
        for label in labels:
            self.add_label(label)
        if not self.labels:
            raise ValueError("training needs documents with dependencies")
        self.model.get_ref("relations").set_dim("nO", len(self.labels))
        self.model.initialize(X=[example.predicted for example in islice(get_examples(), 10)])

    def predict(self, docs: Iterable[Doc]) -> list[Parse]:
        docs = list(docs)
        filled = [doc for doc in docs if len(doc)]
        vectors = iter(self.model.get_ref("tok2vec").predict(filled) if filled else [])
        return [self._parse(doc, next(vectors)) if len(doc) else _empty() for doc in docs]

    def _parse(self, doc: Doc, vectors: Floats) -> Parse:
        arcs = self.model.get_ref("arcs")
        low, high = views(arcs, vectors)
        mixed = arcs.ops.gemm(low, arcs.get_param("bilinear"))
        heads = np.full(len(doc), -1, dtype=np.int64)
        words, starts = _words(doc)
        for start, end in pairwise([*starts, len(words)]):
            here = words[start:end]
            rows = mixed[here]
            scores = np.concatenate([(rows @ arcs.get_param("root"))[:, None], rows @ high[here].T], axis=1)
            tree = best_tree(scores)
            heads[here] = np.where(tree < 0, -1, here[tree])
        relations = self.model.get_ref("relations").predict((vectors, words, heads[words])) if len(words) else None
        hashes = [self.vocab.strings[label] for label in ("ROOT", "dep", *self.labels)]
        root, loose, *known = hashes
        deps = np.full(len(doc), loose, dtype=np.uint64)
        if relations is not None:
            # Only a root is one, whatever scores best.
            if "ROOT" in self.labels:
                relations[:, self.labels.index("ROOT")] = -np.inf
            deps[words] = np.array(known, dtype=np.uint64)[relations.argmax(axis=1)]
            deps[words[heads[words] < 0]] = root
        return Parse(_relative(heads, words), deps)

    def set_annotations(self, docs: Iterable[Doc], scores: Sequence[Parse]) -> None:
        for doc, parse in zip(docs, scores, strict=True):
            if len(doc):
                doc.from_array(["HEAD", "DEP"], np.stack([parse.heads.view(np.uint64), parse.relations], axis=1))

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """One step of cross-entropy on heads among the sentence's words, and on the relations of gold arcs."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        examples = [eg for eg in examples if len(eg.predicted) and eg.reference.has_annotation("DEP")]
        if not examples:
            return losses
        set_dropout_rate(self.model, drop)
        vectors, back_vectors = self.model.get_ref("tok2vec").begin_update([eg.predicted for eg in examples])
        gradients = []
        for example, rows in zip(examples, vectors, strict=True):
            gradient, loss = self._learn(example, rows)
            gradients.append(gradient)
            losses[self.name] += loss
        back_vectors(gradients)
        if sgd is not None:
            self.finish_update(sgd)
        return losses

    def _learn(self, example: Example, vectors: Floats) -> tuple[Floats, float]:
        heads, deps = example.get_aligned_parse(projectivize=False)  # type: ignore[no-untyped-call]
        gold = [
            (i, -1 if head == i else head, self.labels.index(dep))
            for i, (head, dep) in enumerate(zip(heads, deps, strict=True))
            if head is not None and dep in self.labels and not example.predicted[i].is_space
        ]
        if not gold:
            return np.zeros_like(vectors), 0.0
        sentences = _gold_sentences(example.predicted, heads)
        d_vectors, loss = np.zeros_like(vectors), 0.0
        # A row of candidates for each word: the root and the words of its sentence.
        candidates = [np.concatenate([[-1], sentences[i]]) for i, _, _ in gold]
        dependents = np.repeat([i for i, _, _ in gold], [len(c) for c in candidates])
        scores, back = self.model.get_ref("arcs").begin_update((vectors, dependents, np.concatenate(candidates)))
        d_scores = np.zeros_like(scores)
        bounds = np.cumsum([0, *(len(c) for c in candidates)])
        for (_, head, _), own, (a, b) in zip(gold, candidates, pairwise(bounds), strict=True):
            place = np.flatnonzero(own == head)
            if len(place):
                logs = log_softmax(scores[a:b, 0])
                d_scores[a:b, 0] = np.exp(logs)
                d_scores[a + place[0], 0] -= 1
                loss -= float(logs[place[0]])
        d_vectors += back(d_scores)
        arcs = np.array(gold)
        scores, back = self.model.get_ref("relations").begin_update((vectors, arcs[:, 0], arcs[:, 1]))
        logs = log_softmax(scores)
        every = np.arange(len(arcs))
        loss -= float(logs[every, arcs[:, 2]].sum())
        d_scores = np.exp(logs)
        d_scores[every, arcs[:, 2]] -= 1
        return d_vectors + back(d_scores), loss


def _empty() -> Parse:
    return Parse(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64))


def _words(doc: Doc) -> tuple[Ints, Ints]:
    """The tokens that are words, and which of them begin a sentence, as indices into the words."""
    columns = doc.to_array(["SENT_START", "IS_SPACE"])
    words = np.flatnonzero(columns[:, 1] == 0)
    starts = np.flatnonzero(columns[words, 0] == 1)
    starts = np.union1d([0], starts) if len(words) else starts
    cuts = [np.arange(a, b, LONGEST_SENTENCE) for a, b in pairwise([*starts, len(words)])]
    return words, np.concatenate(cuts).astype(np.int64) if cuts else starts


def _relative(heads: Ints, words: Ints) -> Ints:
    """Heads as offsets, 0 for a root; white space hangs on the word before it, before the first word on that one."""
    every = np.arange(len(heads))
    if not len(words):
        return np.where(every > 0, -every, 0)
    nearest = words[np.maximum(np.searchsorted(words, every, "right") - 1, 0)]
    absolute = np.where(nearest == every, np.where(heads < 0, every, heads), nearest)
    return absolute - every


def _gold_sentences(doc: Doc, heads: Sequence[int | None]) -> list[Ints]:
    """For each token the words of its gold tree, in order."""
    roots = []
    for i in range(len(heads)):
        node, steps = i, 0
        while (head := heads[node]) is not None and head != node and steps < len(heads):
            node, steps = head, steps + 1
        roots.append(node)
    members: dict[int, list[int]] = {}
    for i, root in enumerate(roots):
        if not doc[i].is_space:
            members.setdefault(root, []).append(i)
    return [np.array(members.get(root, [i])) for i, root in enumerate(roots)]
