"""``python -m nlpclaims.training.encoder MATERIAL OUTPUT --stage STAGE [--start NETWORK.pt] [--teacher NETWORK.pt]``.

Fine-tunes the encoder on what ``training.prepare`` wrote to MATERIAL. Each step is one batch of one kind: attributions
with actions, commitments and coreference (PolNeAR), syntax with entities and coreference (EWT, GUM), entities alone,
silver tags with entities, stances (DSE, sentences of our own), those in claims, sentiment (NewsMTSC), or raw text,
which a teacher labels. A run that was stopped goes on from its last checkpoint in OUTPUT. Needs the ``train`` extra.
"""

import argparse
import itertools
import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from nlpclaims.training import losses, pretrained
from nlpclaims.training.batches import Batch, collate, to_tensors
from nlpclaims.training.material import Material, load
from nlpclaims.training.network import MINILM, MPNET, Network, Sizes
from nlpclaims.training.pretrained import Pretrained
from nlpclaims.training.rough_scores import rough_scores
from nlpclaims.training.windows import Part, Source, Specials, batches


@dataclass(frozen=True)
class Kind:
    """How one kind of example is learned.

    Attributes:
        epochs: how often it is read; a run that has time for fewer steps keeps the proportions of the kinds.
        encoder_rate: the encoder's highest learning rate.
    """

    epochs: float
    encoder_rate: float


@dataclass(frozen=True)
class Stage:
    """A part of the training: its kinds of examples, what learns, and the word pieces of a batch with padding."""

    kinds: Mapping[str, Kind]
    sizes: Sizes = MINILM
    batch: int = 3072


STAGES: Mapping[str, Stage] = {
    "syntax": Stage({"syntax": Kind(8.0, 2e-4), "names": Kind(4.0, 2e-4), "silver": Kind(2.0, 2e-4)}),
    "alone": Stage(
        {
            "attribution": Kind(14.0, 2e-4),
            "syntax": Kind(11.0, 2e-4),
            "names": Kind(7.0, 1e-4),
            "silver": Kind(1.5, 1e-4),
            "stance": Kind(6.0, 1e-4),
            "claims": Kind(8.0, 1e-4),
            "sentiment": Kind(1.5, 5e-5),
        }
    ),
    "teacher": Stage(
        {
            "attribution": Kind(8.5, 1e-4),
            "syntax": Kind(8.5, 1e-4),
            "names": Kind(5.7, 6e-5),
            "silver": Kind(1.0, 6e-5),
            "stance": Kind(5.5, 6e-5),
            "claims": Kind(3.0, 6e-5),
            "sentiment": Kind(1.4, 4e-5),
        },
        MPNET,
        9216,
    ),
    "student": Stage(
        {
            "attribution": Kind(12.0, 3e-4),
            "syntax": Kind(12.0, 3e-4),
            "names": Kind(8.0, 1.5e-4),
            "stance": Kind(8.0, 1.5e-4),
            "claims": Kind(5.0, 1.5e-4),
            "sentiment": Kind(1.1, 1e-4),
            "raw": Kind(3.5, 3e-4),
        },
        batch=12288,
    ),
    "finish": Stage(
        {
            "attribution": Kind(3.0, 8e-5),
            "syntax": Kind(6.0, 1.2e-4),
            "names": Kind(2.5, 6e-5),
            "stance": Kind(2.0, 8e-5),
            "claims": Kind(1.2, 8e-5),
        },
        batch=3072,
    ),
}
"""The parts of the training: "syntax"; then "alone", or "teacher", "student" and "finish"."""
HEAD_RATE = 1e-3
GOLD_SHARE = 0.5
"""How much gold labels count beside a teacher's."""
WARMUP = 0.06
HIDE = 0.04
CHECKPOINT_EVERY = 300.0
"""Seconds between checkpoints."""
REPORT_EVERY, SCORE_EVERY = 50, 3000
"""Steps between lines of losses, and between scores on the development sets."""
WORKERS = 12
"""Processes that gather batches for a GPU."""


def plan(train: Mapping[str, Source], stage: Stage, rng: random.Random) -> list[tuple[str, list[Part]]]:
    """Which parts each step reads: kinds by their share, each shuffled anew when it is through."""
    queues: dict[str, list[list[Part]]] = {}
    for kind, how in stage.kinds.items():
        queue = queues[kind] = []
        for time_through in itertools.count():
            epoch = batches(train[kind].parts(time_through, rng), stage.batch, rng)
            wanted = round(how.epochs * len(epoch)) - len(queue)
            queue += epoch[: max(wanted, 0)]
            if wanted <= len(epoch):
                break
    order = [kind for kind, queue in queues.items() for _ in queue]
    rng.shuffle(order)
    return [(kind, queues[kind].pop()) for kind in order]


class Steps(Dataset[Batch]):
    """The batches of a plan; which pieces are hidden depends on the step alone."""

    def __init__(self, planned: Sequence[tuple[str, list[Part]]], specials: Specials, seed: int) -> None:
        self.planned, self.specials, self.seed = planned, specials, seed

    def __len__(self) -> int:
        return len(self.planned)

    def __getitem__(self, step: int) -> Batch:
        return collate(self.planned[step][1], self.specials, HIDE, random.Random(f"{self.seed} {step}"))


def train(
    material: Material,
    output: Path,
    stage: Stage,
    weights: Pretrained,
    start: Path | None = None,
    teacher: Network | None = None,
    hours: float = 3.0,
    seed: int = 0,
    device: str = "cpu",
) -> Network:
    """Train on the kinds of one stage, from the pretrained encoder or from the network in *start*."""
    torch.manual_seed(seed)
    torch.backends.cuda.enable_cudnn_sdp(False)  # it plans anew, for a third of a second, for each shape of a batch
    output.mkdir(parents=True, exist_ok=True)
    (output / "labels.json").write_text(json.dumps(material.known, ensure_ascii=False), encoding="utf-8")
    planned = plan(material.train, stage, random.Random(seed))
    network = Network(material.labels.counts(), stage.sizes)
    if stage.sizes.buckets:
        network.encoder.load_mpnet(weights.weights, weights.vocabulary, material.vocabulary)
    else:
        network.encoder.load_bert(weights.weights)
    if start is not None:
        network.load_state_dict(torch.load(start, weights_only=True))
    learner = _Learner(network.to(device), stage, teacher, torch.tensor(material.stance_weights), device)
    checkpoint = output / "checkpoint.pt"
    step, spent = learner.resume(checkpoint) if checkpoint.exists() else (0, 0.0)

    def report() -> None:
        scores = {
            kind: rough_scores(network, w, material.specials, material.labels) for kind, w in material.dev.items()
        }
        print(step, scores, flush=True)

    print(f"{len(planned)} steps; {network.sizes}; at step {step}", flush=True)
    began = saved = time.time()
    began -= spent
    loader = DataLoader(
        Steps(planned, material.specials, seed),
        batch_size=None,
        sampler=range(step, len(planned)),
        num_workers=0 if device == "cpu" else WORKERS,
        collate_fn=_as_it_is,
    )
    for (kind, _), batch in zip(planned[step:], loader, strict=True):
        # How far through: by steps, or by time where that runs out first.
        done = max(step / len(planned), (time.time() - began) / (hours * 3600))
        if done >= 1:
            break
        learner.step(kind, batch, min(step / (WARMUP * len(planned)), 1.0) * min(1.0, (1 - done) / (1 - WARMUP)))
        step += 1
        if step % REPORT_EVERY == 0:
            print(f"{step} {done:.3f} {time.time() - began:.0f}s {learner.recent()}", flush=True)
        if time.time() - saved > CHECKPOINT_EVERY:
            learner.save(checkpoint, step, time.time() - began)
            saved = time.time()
        if step % SCORE_EVERY == 0:
            report()
    torch.save(network.state_dict(), output / "network.pt")
    report()
    return network


def _as_it_is(batch: Batch) -> Batch:
    return batch


class _Learner:
    """The network in training, with an optimizer for each kind.

    With one for all, Adam would scale each step by the gradients of the noisiest kind, and what is learned of few
    examples would slow all the rest.
    """

    def __init__(
        self, network: Network, stage: Stage, teacher: Network | None, stance_weights: Tensor, device: str
    ) -> None:
        self.network, self.teacher, self.device = network, teacher, device
        # Other CPUs compute in bfloat16 ten times as slowly as in float32.
        self.is_half = device != "cpu" or torch.backends.cpu.get_cpu_capability().startswith(("AVX512", "AMX"))
        self.project = nn.Linear(network.sizes.width, teacher.sizes.width if teacher else 1).to(device)
        self.stance_weights = stance_weights.to(device)
        self.optimizers = {name: self._optimizer(kind) for name, kind in stage.kinds.items()}
        self.seen: dict[str, list[Tensor]] = {}
        network.train()

    def _optimizer(self, kind: Kind) -> torch.optim.Optimizer:
        """AdamW with a rate for the encoder and one for the heads, and no decay of biases and norms."""
        groups: list[dict[str, Any]] = []
        encoder = {id(p) for p in self.network.encoder.parameters()}
        named = [*self.network.named_parameters(), *self.project.named_parameters()]
        for is_encoder, rate in ((True, kind.encoder_rate), (False, HEAD_RATE)):
            own = [(n, p) for n, p in named if (id(p) in encoder) is is_encoder]
            for decay in (0.0, 0.01):
                bare = decay == 0.0
                params = [p for name, p in own if (p.ndim < 2 or "norm" in name) is bare]
                groups.append({"params": params, "lr": rate, "peak": rate, "weight_decay": decay})
        return torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)

    def step(self, kind: str, gathered: Batch, factor: float) -> None:
        """Learn from one batch, at a *factor* of the highest rates."""
        batch = to_tensors(gathered, self.device)
        with torch.autocast(self.device, torch.bfloat16, enabled=self.is_half):
            found = self._losses(batch)
        if not found:
            return
        optimizer = self.optimizers[kind]
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * factor
        torch.stack(list(found.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        for layer, value in found.items():
            self.seen.setdefault(layer, []).append(value.detach())

    def _losses(self, batch: Batch) -> dict[str, Tensor]:
        """The weighted losses of all that the batch has labels for, and of what the teacher says."""
        layers = [layer for layer in batch.labels if layer in self.network.linear and batch.is_gold]
        asked = [] if self.teacher is None else [*losses.EVERYWHERE, *(s for s in layers if s == "sentiment")]
        found = losses.answers(self.network, batch, batch.ids, dict.fromkeys([*layers, *asked]))
        weighted = {}
        if batch.is_gold:
            share = GOLD_SHARE if self.teacher else 1.0
            for layer, value in losses.hard_losses(found, batch, self.stance_weights).items():
                weighted[layer] = share * losses.HARD[layer] * value
        if self.teacher is not None:
            with torch.no_grad():
                theirs = losses.answers(self.teacher, batch, batch.whole, asked)
            for layer, value in losses.soft_losses(found, theirs, batch, self.project).items():
                weighted[f"{layer}'"] = losses.SOFT[layer] * value
        return weighted

    def recent(self) -> dict[str, float]:
        """The mean of each loss since the last call."""
        means = {layer: round(torch.stack(values).mean().item(), 3) for layer, values in self.seen.items()}
        self.seen.clear()
        return means

    def save(self, path: Path, step: int, spent: float) -> None:
        if any(p.isnan().any() for p in self.network.parameters()):
            raise SystemExit(f"step {step}: the weights are not numbers any more")
        learned = {name: optimizer.state_dict() for name, optimizer in self.optimizers.items()}
        network, project = self.network.state_dict(), self.project.state_dict()
        state = {"network": network, "project": project, "optimizers": learned, "step": step, "spent": spent}
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def resume(self, path: Path) -> tuple[int, float]:
        """Take over what was saved: the step, and the seconds that were spent."""
        saved = torch.load(path, weights_only=True)
        self.network.load_state_dict(saved["network"])
        self.project.load_state_dict(saved["project"])
        for name, optimizer in self.optimizers.items():
            optimizer.load_state_dict(saved["optimizers"][name])
        return saved["step"], saved["spent"]


def load_teacher(path: Path, labels: Mapping[str, int], device: str) -> Network:
    """The network that the stage "teacher" wrote, as it is used."""
    network = Network(labels, STAGES["teacher"].sizes)
    network.load_state_dict(torch.load(path, weights_only=True))
    network.to(device)
    network.eval()
    return network


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("material", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--stage", choices=STAGES, required=True)
    parser.add_argument("--start", type=Path, help="the network.pt that the stage before wrote")
    parser.add_argument("--teacher", type=Path, help="the network.pt that the stage `teacher` wrote")
    parser.add_argument("--hours", type=float, default=3.0, help="an upper bound on the training time")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    material, stage = load(options.material), STAGES[options.stage]
    train(
        material,
        options.output,
        stage,
        pretrained.mpnet() if stage.sizes.buckets else pretrained.minilm(),
        options.start,
        options.teacher and load_teacher(options.teacher, material.labels.counts(), options.device),
        options.hours,
        options.seed,
        options.device,
    )
