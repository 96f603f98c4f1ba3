"""
The networks that the benchmark compares, in plain PyTorch, channels first: the supernet of DARTS (Liu et al., 2019)
with three kinds of edges, and the network of a found genotype. All are cells between a stem and a linear classifier.
"""

import torch
from torch import nn

from edges import MixedOperation, PartialMixedOperation, SampledOperation, add_up
from operations import OPERATIONS, FactorizedReduce, relu_conv_bn

KINDS = ("normal", "reduction")


def is_reduction(index, cells):
    """Reduction cells stand at one and two thirds of the depth."""
    return index in (cells // 3, 2 * cells // 3)


class Cell(nn.Module):
    """
    Nodes that add up edges from the outputs of the two cells before and from earlier nodes.
    sources: per node the inputs of its edges, 0 and 1 being the cell's inputs, 2 ... its nodes.
    make_edge(node, position, stride): the module of one edge.
    """

    def __init__(self, preprocess, sources, concat, stride, make_edge):
        super().__init__()
        self.preprocess = nn.ModuleList(preprocess)
        self.sources = sources
        self.concat = concat
        self.nodes = nn.ModuleList(
            nn.ModuleList(
                make_edge(node, position, stride if source < 2 else 1) for position, source in enumerate(inputs)
            )
            for node, inputs in enumerate(sources)
        )

    def forward(self, older, newer, choices):
        """choices: per node and edge what the edge is called with beside its input."""
        states = [self.preprocess[0](older), self.preprocess[1](newer)]
        for edges, inputs, chosen in zip(self.nodes, self.sources, choices):
            states.append(add_up(edge(states[i], *c) for edge, i, c in zip(edges, inputs, chosen)))
        return torch.cat([states[i] for i in self.concat], dim=1)


class CellNetwork(nn.Module):
    """
    make_cell(kind, channels, preprocess, stride): one cell.
    Images [b, c, h, w] to logits [b, classes].
    """

    def __init__(self, skeleton, affine, make_cell):
        super().__init__()
        channels, cells = skeleton["channels"], skeleton["cells"]
        older = newer = channels * skeleton["stemMultiplier"]
        self.stem = nn.Sequential(
            nn.Conv2d(skeleton["input"]["channels"], newer, 3, padding=1, bias=False), nn.BatchNorm2d(newer)
        )
        self.cells = nn.ModuleList()
        self.kinds = []
        for index in range(cells):
            kind = KINDS[is_reduction(index, cells)]
            if kind == "reduction":
                channels *= 2
            # The older input still has the size from before the last reduction when the previous cell was one.
            larger = index > 0 and is_reduction(index - 1, cells)
            bring = FactorizedReduce if larger else relu_conv_bn
            preprocess = [bring(older, channels, affine), relu_conv_bn(newer, channels, affine)]
            cell = make_cell(kind, channels, preprocess, 2 if kind == "reduction" else 1)
            self.cells.append(cell)
            self.kinds.append(kind)
            older, newer = newer, channels * len(cell.concat)
        self.classifier = nn.Linear(newer, skeleton["classes"])

    def forward(self, images):
        choices = {kind: self.choices(kind) for kind in KINDS}
        older = newer = self.stem(images)
        for cell, kind in zip(self.cells, self.kinds):
            older, newer = newer, cell(older, newer, choices[kind])
        return self.classifier(newer.mean(dim=(2, 3)))

    def choices(self, kind):
        raise NotImplementedError


class Supernet(CellNetwork):
    """Every node reads all earlier ones; make_edge(channels, stride): the module of an edge."""

    def __init__(self, skeleton, space, make_edge):
        sources = [list(range(node + 2)) for node in range(space["nodes"])]
        concat = list(range(2, space["nodes"] + 2))

        def make_cell(kind, channels, preprocess, stride):
            return Cell(preprocess, sources, concat, stride, lambda node, position, s: make_edge(channels, s))

        super().__init__(skeleton, False, make_cell)
        self.incoming = [len(inputs) for inputs in sources]

    def by_node(self, edges):
        """A sequence with an entry per edge, cut into one list per node."""
        rest = iter(edges)
        return [[next(rest) for _ in range(count)] for count in self.incoming]


class Darts(Supernet):
    """alphas[kind]: [edges, operations], set by whoever drives the search."""

    def __init__(self, skeleton, space):
        names = space["operations"]
        super().__init__(skeleton, space, lambda channels, stride: MixedOperation(names, channels, stride))

    def choices(self, kind):
        rows = self.alphas[kind].softmax(dim=1)
        return self.by_node([(row.unbind(),) for row in rows])


class PcDarts(Supernet):
    """alphas[kind]: [edges, operations]; betas[kind]: [edges]."""

    def __init__(self, skeleton, space, k):
        names = space["operations"]
        super().__init__(
            skeleton, space, lambda channels, stride: PartialMixedOperation(names, channels, stride, k)
        )

    def choices(self, kind):
        rows = self.by_node(self.alphas[kind].softmax(dim=1))
        shares = [betas.softmax(dim=0) for betas in self.betas[kind].split(self.incoming)]
        return [[(row.unbind(), share) for row, share in zip(*node)] for node in zip(rows, shares)]


class Path(Supernet):
    """path[kind]: the name of the operation that each edge computes."""

    def __init__(self, skeleton, space, path):
        names = space["operations"]
        super().__init__(skeleton, space, lambda channels, stride: SampledOperation(names, channels, stride))
        self.path = {kind: self.by_node([(names.index(name),) for name in path[kind]]) for kind in KINDS}

    def choices(self, kind):
        return self.path[kind]


class Found(CellNetwork):
    """The network of a genotype, BN with scale and shift, without auxiliary head and drop-path."""

    def __init__(self, skeleton, genotype):
        def make_cell(kind, channels, preprocess, stride):
            nodes = genotype[kind]["nodes"]
            sources = [[edge["input"] for edge in edges] for edges in nodes]

            def make_edge(node, position, s):
                return OPERATIONS[nodes[node][position]["operation"]](channels, s, True)

            return Cell(preprocess, sources, genotype[kind]["concat"], stride, make_edge)

        super().__init__(skeleton, True, make_cell)
        self.nothing = {kind: [[()] * len(edges) for edges in genotype[kind]["nodes"]] for kind in KINDS}

    def choices(self, kind):
        return self.nothing[kind]


def build(spec):
    """The network that a spec of the benchmark's other side names."""
    skeleton = spec["skeleton"]
    if spec["network"] == "darts":
        return Darts(skeleton, spec["space"])
    if spec["network"] == "pcdarts":
        return PcDarts(skeleton, spec["space"], spec["k"])
    if spec["network"] == "path":
        return Path(skeleton, spec["space"], spec["path"])
    if spec["network"] == "found":
        return Found(skeleton, spec["genotype"])
    raise ValueError(f"There is no network {spec['network']!r}.")
