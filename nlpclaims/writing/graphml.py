"""GraphML: actors as nodes and their relations as directed edges, for Gephi, yEd, Cytoscape and igraph."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any, TextIO

from nlpclaims.console import printable
from nlpclaims.errors import NlpclaimsError
from nlpclaims.stances import Node, Relation

NETWORKX = "networkx>=3.4,<4"


class GraphmlWriter:
    """Writes one graph.

    A node has the ``label`` (its name), ``type``, ``represents`` where it stands for a country, ``named``, and where it
    is not, the number of its ``article``; an edge has the counts ``positive``, ``negative`` and ``neutral``, the mean
    ``polarity`` and the number of ``documents``.

    Raises:
        NlpclaimsError: networkx is not installed.
    """

    def __init__(self, stream: TextIO):
        self._stream = stream
        self._networkx = import_networkx()
        self._graph = self._networkx.DiGraph()
        self._ids: dict[Node, str] = {}

    def write(self, document: str, relations: Sequence[Relation]) -> None:  # noqa: ARG002 - a graph has no title
        """Add relations to the graph."""
        for relation in relations:
            self._graph.add_edge(
                self._node(relation.actor),
                self._node(relation.target),
                positive=relation.positive,
                negative=relation.negative,
                neutral=relation.neutral,
                polarity=relation.polarity,
                documents=relation.documents,
            )

    def finish(self) -> None:
        """Write the graph."""
        for line in self._networkx.generate_graphml(self._graph):
            self._stream.write(line + "\n")
        self._stream.flush()

    def _node(self, node: Node) -> str:
        if node not in self._ids:
            self._ids[node] = f"n{len(self._ids)}"
            known = {"represents": node.represents, "article": node.article}
            known = {name: value for name, value in known.items() if value is not None}
            # XML has no control characters, not even escaped.
            label = printable(node.name).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
            self._graph.add_node(self._ids[node], label=label, type=node.type, named=node.named, **known)
        return self._ids[node]


def import_networkx() -> Any:
    """The package networkx.

    Raises:
        NlpclaimsError: it is not installed.
    """
    try:
        return import_module("networkx")
    except ImportError as error:
        raise NlpclaimsError(
            "GraphML is written by the package networkx, which is not installed; "
            f"pip install 'nlpclaims[graph]' or '{NETWORKX}'"
        ) from error
