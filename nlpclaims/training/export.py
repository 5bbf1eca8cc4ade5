"""``python -m nlpclaims.training.export TRAINED LEMMATIZER CONFIG OUTPUT``: the fine-tuned network as a spaCy pipeline.

The encoder becomes an ONNX graph with int8 weights; each head's weights go into the component that computes it. Needs
the ``train`` extra. TRAINED is what ``training.encoder`` wrote; the lemmatizer is a component trained by itself.
"""

import copy
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from spacy import util
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Model
from torch import Tensor, nn

from nlpclaims.components.encoder import OnnxShim
from nlpclaims.components.stance import set_pair
from nlpclaims.components.wordpieces import PieceReader
from nlpclaims.training.network import Acts, Encoder, Maxout, Network, Stance
from nlpclaims.training.pretrained import minilm_vocabulary
from nlpclaims.training.tokenizer import split_as_ud

LARGE = 4
"""How many inputs of a layer stay out of the int8 ones."""
TEXT = """The minister of finance, Ana Ruiz, said on Monday that "the budget will not be cut", although two of her
colleagues had asked for it. Prices rose by 4.2% in May; nobody at the Central Bank expected that.

"We told them so," Mr. Okafor wrote. He accused the government of hiding the figures."""
"""A text that shows which inputs are large; they are the same in others."""
Weight: TypeAlias = tuple[Model[Any, Any], str, Tensor]
"""A layer of thinc's, the name of a weight there, and PyTorch's weight, in the shape of the former."""


class Split(nn.Module):
    """A linear layer that multiplies its *large* inputs, which are given by index, apart from the others.

    One scale makes all inputs int8. The few that are ten times as large as the others would leave these a tenth of the
    steps (Dettmers et al., NeurIPS 2022).
    """

    def __init__(self, linear: nn.Linear, large: Tensor) -> None:
        super().__init__()
        self.large = large
        weight = linear.weight.detach().T.clone()
        self.apart = nn.Parameter(weight[large])
        weight[large] = 0
        self.weight, self.bias = nn.Parameter(weight), linear.bias
        self.others = torch.ones(len(weight)).index_fill(0, large, 0)

    def forward(self, x: Tensor) -> Tensor:
        return torch.matmul(x * self.others, self.weight) + torch.matmul(x[..., self.large], self.apart) + self.bias


def split_large(encoder: Encoder, ids: Tensor, marks: Tensor) -> Encoder:
    """The encoder with the linear layers between its attentions split, by how large their inputs are in a text."""
    encoder = copy.deepcopy(encoder).eval()
    linears = [(layer, name, getattr(layer, name)) for layer in encoder.layers for name in ("up", "down")]
    inputs: dict[nn.Module, Tensor] = {}
    for _, _, linear in linears:
        linear.register_forward_pre_hook(lambda linear, x: inputs.update({linear: x[0]}))
    with torch.no_grad():
        encoder(ids, marks)
    for layer, name, linear in linears:
        setattr(layer, name, Split(linear, inputs[linear].abs().amax((0, 1)).topk(LARGE).indices))
    return encoder


def graph_of(encoder: Encoder) -> bytes:
    """The encoder as an ONNX graph with fused operations, its weights int8 with a scale for each output.

    Those for inputs that are larger than others (see ``split_large``) stay as they are.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers.optimizer import optimize_model

    with tempfile.TemporaryDirectory() as folder:
        plain, fused, small = (Path(folder, f"{name}.onnx") for name in ("plain", "fused", "small"))
        example = torch.ones(1, 16, dtype=torch.long)
        torch.onnx.export(
            encoder.eval(),
            (example, example),
            str(plain),
            input_names=["ids", "marks"],
            output_names=["vectors"],
            dynamic_axes={"ids": {1: "length"}, "marks": {1: "length"}, "vectors": {1: "length"}},
            opset_version=17,
            dynamo=False,
        )
        heads, width = encoder.layers[0].heads, encoder.pieces.weight.shape[1]
        optimised = optimize_model(str(plain), model_type="bert", num_heads=heads, hidden_size=width)
        optimised.save_model_to_file(str(fused))
        nodes = optimised.model.graph.node
        apart = [node.name for node in nodes if any(name.endswith(".apart") for name in node.input)]
        print(optimised.get_fused_operator_statistics(), file=sys.stderr)
        options = {"DefaultTensorType": onnx.TensorProto.FLOAT}
        quantize_dynamic(
            fused,
            small,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=apart,
            extra_options=options,
        )
        return small.read_bytes()


def export(trained: Path, lemmatizer: Path, config: Path, output: Path) -> None:
    known = json.loads((trained / "labels.json").read_text(encoding="utf-8"))
    counts = {layer: len(known[layer]) for layer in ("tag", "dep", "ner")} | {"lemma": len(known["lemma"]["labels"])}
    network = Network(counts)
    network.load_state_dict(torch.load(trained / "network.pt", weights_only=True))
    nlp = build(config, lemmatizer, known)
    encoder: Any = nlp.get_pipe("encoder")
    shim = encoder.model.shims[0]
    assert isinstance(shim, OnnxShim)
    vocabulary = minilm_vocabulary()
    pieces = PieceReader(vocabulary)(nlp.make_doc(TEXT))
    ids, marks = torch.from_numpy(pieces.ids)[None], torch.from_numpy(pieces.marks)[None]
    shim.load(graph_of(split_large(network.encoder, ids, marks)), vocabulary)
    fill(nlp, network)
    nlp.to_disk(output)


def build(config: Path, lemmatizer: Path, known: dict[str, Any]) -> Language:
    """The pipeline of *config* with the labels of each component and weights that mean nothing yet."""
    nlp = split_as_ud(_from_config(config, lemmatizer))
    words = Doc(
        nlp.vocab, ["Words", "."], tags=["NNS", "."], lemmas=["word", "."], heads=[0, 0], deps=["ROOT", "punct"]
    )
    set_pair(words, words[:1], words[1:], label=0)
    examples = [Example(Doc(nlp.vocab, ["Words", "."]), words)]
    kinds = [label[2:] for label in known["ner"] if label.startswith("B-")]
    labels = {"tagger": known["tag"], "parser": known["dep"], "ner": kinds}
    encoder: Any = nlp.get_pipe("encoder")
    encoder.initialize(lambda: examples, nlp=nlp)
    for name, component in nlp.pipeline:
        pipe: Any = component
        if name in labels:
            pipe.initialize(lambda: examples, nlp=nlp, labels=labels[name])
        elif name in ("senter", "attribution", "acts", "stance"):
            pipe.initialize(lambda: examples, nlp=nlp)
    return nlp


def _from_config(config: Path, lemmatizer: Path) -> Language:
    overrides = {"paths.lemmatizer": str(lemmatizer)}
    return util.load_model_from_config(util.load_config(config, overrides=overrides), auto_fill=True)


def fill(nlp: Language, network: Network) -> None:
    """Give each component the weights of its head."""
    models: dict[str, Any] = {name: getattr(pipe, "model", None) for name, pipe in nlp.pipeline}
    for component, layer in (("tagger", "tag"), ("ner", "ner"), ("senter", "senter")):
        fill_linear(softmax_of(models[component]), network.linear[layer])
    parser = network.parser
    for name, projection, bilinear in (
        ("arcs", parser.arc, parser.arc_weights),
        ("relations", parser.relation, parser.relation_weights),
    ):
        layer = models["parser"].get_ref(name)
        _set(layer, project=projection.weight, bias=projection.bias, bilinear=bilinear)
    _set(models["parser"].get_ref("arcs"), root=parser.root)
    attribution, roles = models["attribution"], network.roles
    for name in ("cue", "role"):
        fill_linear(attribution.get_ref(name), network.linear[name])
    pair = {"token": roles.token.weight, "cue": roles.cue.weight, "bias": roles.cue.bias}
    _set(attribution.get_ref("pair"), **pair, features=roles.features.weight)
    fill_linear(attribution.get_ref("output"), roles.output)
    _fill(_maxouts(attribution.get_ref("context"), [roles.context.first, *roles.context.mixing]))
    fill_stance(models["stance"], network.stance)


def fill_stance(stance: Model[Any, Any], pairs: Stance) -> None:
    """Give the component's model the weights of its head."""
    _fill(_stance_weights(stance, pairs))


def read_stance(stance: Model[Any, Any], pairs: Stance) -> None:
    """Give the head the weights that the component's model has."""
    with torch.no_grad():
        for model, name, weight in _stance_weights(stance, pairs):
            weight.copy_(torch.from_numpy(np.array(model.get_param(name))))


def _fill(weights: Iterable[Weight]) -> None:
    for model, name, weight in weights:
        _set(model, **{name: weight})


def _stance_weights(stance: Model[Any, Any], pairs: Stance) -> Iterator[Weight]:
    pair = stance.get_ref("pair")
    yield from ((pair, name, getattr(pairs, name).weight) for name in ("token", "holder", "target", "features"))
    yield pair, "bias", pairs.target.bias
    yield from _gathering(stance, pairs)
    yield from _maxouts(stance.get_ref("head"), [pairs.hidden])
    output = next(node for node in stance.get_ref("head").walk() if node.name == "linear")
    yield from ((output, "W", pairs.output.weight), (output, "b", pairs.output.bias))


def fill_acts(acts: Model[Any, Any], head: Acts) -> None:
    """Give the component's model the weights of its head."""
    pair = acts.get_ref("pair")
    _set(pair, token=head.token.weight, cue=head.cue.weight, bias=head.cue.bias, features=head.features.weight)
    _fill(_gathering(acts, head))
    _fill(_maxouts(acts.get_ref("hidden"), [head.hidden]))
    for name, layer in head.outputs.items():
        fill_linear(acts.get_ref(name), layer)


def _gathering(model: Model[Any, Any], head: Stance | Acts) -> Iterator[Weight]:
    """The weights of the layers of ``components.pooling.gather``."""
    yield from _maxouts(model.get_ref("context"), [head.context.first, *head.context.mixing])
    attention = next(node for node in model.get_ref("pooled").walk() if node.has_param("Q"))
    yield attention, "Q", head.attention


def _maxouts(model: Model[Any, Any], sources: Sequence[Maxout]) -> Iterator[Weight]:
    """The weights of the normalised maxout layers in *model*, which are those of *sources*, in their order."""
    maxouts, norms = ([node for node in model.walk() if node.name == name] for name in ("maxout", "layernorm"))
    for maxout, norm, source in zip(maxouts, norms, sources, strict=True):
        shape = maxout.get_param("W").shape
        yield maxout, "W", source.linear.weight.view(*shape)
        yield maxout, "b", source.linear.bias.view(*shape[:2])
        yield norm, "G", source.norm.weight
        yield norm, "b", source.norm.bias


def softmax_of(model: Model[Any, Any]) -> Model[Any, Any]:
    """The layer of a tagger's model that gives the probabilities of its labels."""
    return next(node for node in model.walk() if node.has_param("W") and node.name.startswith("softmax"))


def fill_linear(model: Model[Any, Any], layer: Any) -> None:
    """Give a layer of thinc's the weights of a linear one of PyTorch's."""
    _set(model, W=layer.weight, b=layer.bias)


def _set(model: Model[Any, Any], **weights: Tensor) -> None:
    for name, value in weights.items():
        array = np.ascontiguousarray(value.detach().float().numpy())
        if array.shape != model.get_param(name).shape:
            raise ValueError(f"{model.name}: {name} is {model.get_param(name).shape}, the network's {array.shape}")
        model.set_param(name, array)


if __name__ == "__main__":
    export(*map(Path, sys.argv[1:5]))
