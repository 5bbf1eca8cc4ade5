"""The network of the attribution component: find the cues, then read each cue's source and content round it.

Cue-conditioned labelling is semantic role labelling with the cue as its predicate (He et al., ACL 2017), over features
of the dependency path between cue and token. Any spaCy ``tok2vec`` layer can be the encoder.
"""

from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import Linear, Model

from nlpclaims.components.cue_features import TABLE_ROWS
from nlpclaims.components.decoding import Floats
from nlpclaims.components.labelled import over_tok2vec
from nlpclaims.components.pair_layer import build_pair_layer
from nlpclaims.components.pooling import build_mixing

CUE_LABELS = ("O", "B-cue", "I-cue")
ROLE_LABELS = ("O", "B-source", "I-source", "B-content", "I-content")


@registry.architectures("nlpclaims.AttributionModel.v1")
def build_attribution_model(
    tok2vec: Model[list[Doc], list[Floats]], hidden_width: int = 64, depth: int = 2
) -> Model[list[Doc], list[Floats]]:
    """Build the layers that the component calls by name (``model.get_ref``).

    ``tok2vec`` gives each document's token vectors; ``cue`` scores ``CUE_LABELS`` for each token and ``role`` scores
    ``ROLE_LABELS`` (only in training, where it helps the encoder); ``pair`` turns (token, cue) pairs into vectors,
    ``context`` mixes the vectors of neighbouring tokens of a cue, and ``output`` scores ``ROLE_LABELS`` for each pair.
    """
    width = tok2vec.get_dim("nO")
    cue = Linear(len(CUE_LABELS), width)
    role = Linear(len(ROLE_LABELS), width)
    pair = build_pair_layer(hidden_width, width, sum(TABLE_ROWS))
    context = build_mixing(hidden_width, depth)
    output = Linear(len(ROLE_LABELS), hidden_width)
    layers = {"tok2vec": tok2vec, "cue": cue, "role": role, "pair": pair, "context": context, "output": output}
    return over_tok2vec("attribution", layers, prepare=_few_cues)


def _few_cues(model: Model[list[Doc], list[Floats]]) -> None:
    """Few tokens are cues; without this an untrained model pairs every token with every other."""
    cue = model.get_ref("cue")
    cue.set_param("b", model.ops.asarray1f([4.0, 0.0, 0.0]))
    cue.set_param("W", model.ops.alloc2f(*cue.get_param("W").shape))
