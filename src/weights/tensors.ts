/**
 * What a trained network keeps, tensor by tensor, by the names that generated code gives to its layers: `stem.0`,
 * `cells.3.nodes.1.operations.0.2`. They are the paths of the modules in PyTorch and the names of the layers in Keras and
 * TensorFlow.js, so that a layer is called the same everywhere.
 */
import type { CellStructure, LayerStructure, LinearStructure, NetworkStructure } from '../network/structure';
import type { TrainedWeights } from '../network/trainedWeights';
import type { GenotypeFile } from '../space/genotype';

/** Tensors by the names that Keras gives them within a layer. */
export type TensorRole = 'kernel' | 'bias' | 'gamma' | 'beta' | 'moving_mean' | 'moving_variance';

/** A tensor of a layer, and where its values are. */
export interface NamedTensor {
  /** Of the layer. */
  readonly path: string;
  /** `pointwise`: a linear layer that some frameworks have as a 1 × 1 convolution. */
  readonly kind: 'conv' | 'depthwise' | 'batchNorm' | 'linear' | 'pointwise';
  readonly role: TensorRole;
  /** Kernels: `conv` [k, k', in, out], `depthwise` [k, k, c, 1], others [in, out]; all else has one dimension. */
  readonly shape: readonly number[];
  /** The part of the trained weights that has them in a row, from `offset` on. */
  readonly of: keyof TrainedWeights;
  readonly offset: number;
}

export function tensorValues({ shape, of, offset }: NamedTensor, trained: TrainedWeights): Float32Array {
  return trained[of].subarray(offset, offset + shape.reduce((product, size) => product * size, 1));
}

class Naming {
  readonly tensors: NamedTensor[] = [];
  /** Where the means of each BN begin; its variances are behind the means of all. */
  private readonly starts: readonly number[];
  private readonly channels: number;

  constructor(private readonly structure: NetworkStructure) {
    let channels = 0;
    this.starts = structure.batchNorms.map((count) => (channels += count) - count);
    this.channels = channels;
  }

  /** Layers that are one thing in code: one by itself, more as a sequence. */
  module(layers: readonly LayerStructure[], path: string): void {
    // Code has no identities before other layers.
    const written = layers.filter(({ layer }) => layer.kind !== 'identity');
    if (written.length === 1) this.layer(written[0]!, path);
    else this.sequence(written, path);
  }

  sequence(layers: readonly LayerStructure[], path: string): void {
    layers.forEach((layer, i) => this.layer(layer, `${path}.${i}`));
  }

  linear({ weight, bias }: LinearStructure, path: string, kind: 'linear' | 'pointwise' = 'linear'): void {
    this.parameter(weight, path, kind, 'kernel');
    this.parameter(bias, path, kind, 'bias');
  }

  private layer(
    { layer, weight, scale, shift, batchNorm, squeeze, excite, branches }: LayerStructure,
    path: string,
  ): void {
    if (weight !== undefined)
      this.parameter(weight, path, layer.kind === 'depthwise' ? 'depthwise' : 'conv', 'kernel');
    if (scale !== undefined) this.parameter(scale, path, 'batchNorm', 'gamma');
    if (shift !== undefined) this.parameter(shift, path, 'batchNorm', 'beta');
    if (batchNorm !== undefined) this.moments(batchNorm, path);
    // Behind the mean over the image, and behind the nonlinearity.
    if (squeeze) this.linear(squeeze, `${path}.gate.1`, 'pointwise');
    if (excite) this.linear(excite, `${path}.gate.3`, 'pointwise');
    branches?.forEach((branch, i) => this.module(branch, `${path}.branches.${i}`));
  }

  private parameter(index: number, path: string, kind: NamedTensor['kind'], role: TensorRole): void {
    const { shape, offset } = this.structure.layout.parameters[index]!;
    this.tensors.push({ path, kind, role, shape, of: 'weights', offset });
  }

  private moments(batchNorm: number, path: string): void {
    const start = this.starts[batchNorm]!;
    const own = {
      path,
      kind: 'batchNorm',
      shape: [this.structure.batchNorms[batchNorm]!],
      of: 'statistics',
    } as const;
    this.tensors.push(
      { ...own, role: 'moving_mean', offset: start },
      { ...own, role: 'moving_variance', offset: this.channels + start },
    );
  }
}

type Namer = (naming: Naming, structure: NetworkStructure, genotype: GenotypeFile['genotype']) => void;

/** The layers of a cell's only edge, by candidate. */
function candidatesOf({ nodes }: CellStructure): readonly (readonly LayerStructure[])[] {
  return nodes[0]![0]!.candidates.map(({ layers }) => layers);
}

/** By space, what is between stem and head: as `generate` writes it, which a test holds in every framework. */
const namers: Readonly<Record<GenotypeFile['genotype']['space'], Namer>> = {
  cell(naming, { cells }) {
    cells.forEach(({ preprocess, nodes }, c) => {
      preprocess.forEach((layers, i) => naming.sequence(layers, `cells.${c}.preprocess${i}`));
      nodes.forEach((edges, n) =>
        edges.forEach(({ candidates }, e) =>
          naming.module(candidates[0]!.layers, `cells.${c}.nodes.${n}.operations.${e}`),
        ),
      );
    });
  },
  nasbench201(naming, { cells }) {
    cells.forEach((cell, c) => {
      if (cell.plan.kind === 'fixed') {
        const [convolutions, shortcut] = candidatesOf(cell);
        // Two blocks of three layers each.
        [0, 1].forEach((i) =>
          naming.sequence(convolutions!.slice(3 * i, 3 * i + 3), `cells.${c}.convolutions.${i}`),
        );
        naming.sequence(shortcut!, `cells.${c}.shortcut`);
      } else {
        cell.nodes.forEach((edges, n) =>
          edges.forEach(({ candidates, from }) =>
            naming.module(candidates[0]!.layers, `cells.${c}.nodes.${n}.${from}`),
          ),
        );
      }
    });
  },
  chain(naming, { cells }, genotype) {
    cells.forEach((cell, c) => {
      const path = `layers.${c}`;
      const [operation, shortcut] = candidatesOf(cell);
      const isWrapped =
        genotype.space === 'chain' && (genotype.connections === 'skip' || cell.plan.concat.length > 1);
      naming.module(operation!, isWrapped ? `${path}.operation` : path);
      if (shortcut) naming.sequence(shortcut, `${path}.shortcut`);
    });
  },
  mbconv(naming, { cells }) {
    cells.forEach((cell, c) => {
      const layers = candidatesOf(cell)[0]!;
      const depthwise = layers.findIndex(({ layer }) => layer.kind === 'depthwise');
      const project = layers.findLastIndex(({ layer }) => layer.kind === 'conv');
      naming.sequence(layers.slice(0, depthwise), `blocks.${c}.expand`);
      naming.sequence(layers.slice(depthwise, depthwise + 3), `blocks.${c}.depthwise`);
      if (project > depthwise + 3) naming.module([layers[depthwise + 3]!], `blocks.${c}.squeeze_excite`);
      naming.sequence(layers.slice(project), `blocks.${c}.project`);
    });
  },
};

/** All tensors of a found network, in the order of its layers. @param structure of the plan of the genotype */
export function namedTensors(
  structure: NetworkStructure,
  { genotype }: Pick<GenotypeFile, 'genotype'>,
): NamedTensor[] {
  const naming = new Naming(structure);
  const { stem, head, hidden, classifier } = structure;
  naming.sequence(stem, 'stem');
  namers[genotype.space](naming, structure, genotype);
  naming.sequence(head, 'head');
  if (hidden) naming.linear(hidden, 'hidden');
  naming.linear(classifier, 'classifier');
  return naming.tensors;
}
