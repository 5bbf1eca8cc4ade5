"""What the network answers about a batch, and how far that is from the gold labels or from a teacher's answers.

Distillation (Hinton, Vinyals and Dean 2015): the student's distributions are drawn to its teacher's, for words also its
vectors, through a linear map.
"""

from collections.abc import Iterable, Mapping

from torch import Tensor, nn
from torch.nn import functional as F

from nlpclaims.training.batches import Batch
from nlpclaims.training.network import Network, dropout
from nlpclaims.training.windows import MISSING

Scores = dict[str, Tensor]

# Lemmas are learned beside the rest for the encoder's sake: `training.export` has no use for their head.
# What has few labels in a batch has a small weight: it would drown the rest, whose means are of many.
HARD: Mapping[str, float] = {
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
    "claims": 0.75,
    "sentiment": 0.5,
    "party": 0.2,
    "action": 0.1,
    "commitment": 0.1,
}
"""The weights of the losses by gold labels."""
SOFT: Mapping[str, float] = {
    "cue": 4.0,
    "role": 1.0,
    "pair": 4.0,
    "tag": 1.0,
    "senter": 1.0,
    "arc": 2.0,
    "dep": 2.0,
    "ner": 4.0,
    "link": 1.0,
    "stance": 3.0,
    "claims": 1.5,
    "sentiment": 0.5,
    "vector": 1.0,
}
"""The weights of the losses by a teacher's answers."""
EVERYWHERE = ("cue", "role", "tag", "senter", "ner")
"""The layers that a teacher labels in any text."""


def pair_layer(batch: Batch) -> str:
    """What pairs of mentions are learned as: "stance", beside other layers "claims"."""
    return "claims" if batch.labels else "stance"


def answers(network: Network, batch: Batch, ids: Tensor, layers: Iterable[str]) -> Scores:
    """The scores of each of the *layers* of words and of all that the batch asks else, and "vector", those of words.

    All have the shape ``(n, n_classes)``.
    """
    words = network.words(ids, batch.marks, batch.mask, batch.place, batch.word, batch.counts)
    found = {"vector": words}
    words = dropout(words, 0.1, network.training)
    found |= {layer: network.linear[layer](words).float() for layer in layers}
    trees = batch.trees
    if trees is not None:
        found["arc"] = network.parser.arcs(words, trees.sentences).flatten(0, 1)[trees.place]
        found["dep"] = network.parser.labels(words, trees.dependent, trees.head)
    if batch.cues is not None:
        found["pair"] = network.roles(words, batch.cues)
    if batch.links is not None:
        found["link"] = network.antecedents(words, batch.links.anaphor, batch.links.candidates, batch.links.distances)
    if batch.pairs is not None:
        found[pair_layer(batch)] = network.stance(words, batch.pairs)
    return found


def hard_losses(found: Scores, batch: Batch, stance_weights: Tensor) -> dict[str, Tensor]:
    """The mean loss by gold labels of each layer that has any; *stance_weights* are those of DSE's classes."""
    gold = {layer: labels for layer, labels in batch.labels.items() if layer in found}
    losses = {}
    if batch.trees is not None:
        losses["arc"] = F.cross_entropy(found["arc"], batch.trees.gold)
        gold["dep"] = batch.labels["dep"][batch.trees.dependent]
    if batch.roles is not None:
        gold["pair"] = batch.roles
    losses |= {layer: F.cross_entropy(found[layer], labels, ignore_index=MISSING) for layer, labels in gold.items()}
    if batch.links is not None and batch.links.right is not None:
        scores = found["link"]
        right = scores.masked_fill(~batch.links.right, -1e9)
        losses["link"] = (scores.logsumexp(1) - right.logsumexp(1)).mean()
    if batch.stance is not None:
        layer = pair_layer(batch)
        losses[layer] = F.cross_entropy(found[layer], batch.stance, stance_weights)
    return losses


def soft_losses(found: Scores, teacher: Scores, batch: Batch, project: nn.Linear) -> dict[str, Tensor]:
    """The mean divergence from the *teacher*'s answers of each layer; *project* maps vectors to the teacher's."""
    ours, theirs = project(found["vector"]), teacher["vector"]
    width = theirs.shape[-1:]
    losses = {"vector": F.mse_loss(F.layer_norm(ours.float(), width), F.layer_norm(theirs.float(), width))}
    for layer, scores in teacher.items():
        if layer == "vector":
            continue
        rows = F.kl_div(found[layer].log_softmax(-1), scores.log_softmax(-1), log_target=True, reduction="none").sum(-1)
        if layer == "pair" and batch.roles is not None:  # the words of the cue itself have no role
            known = batch.roles.ne(MISSING).float()
            losses[layer] = (rows * known).sum() / known.sum().clamp(1)
        else:
            losses[layer] = rows.mean()
    return losses
