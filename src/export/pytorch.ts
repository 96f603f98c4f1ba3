/**
 * The `state_dict` of generated PyTorch code: names as its modules have them, layouts as PyTorch has them. How modules are nested
 * is what `generate/pytorch` writes; a test loads all kinds into the real modules, strictly.
 */
import { encodeSafetensors, type FloatTensor } from '../data/arrays/writeSafetensors';
import {
  type CellStructure,
  type LayerStructure,
  type LinearStructure,
  type NetworkStructure,
  structureOf,
} from '../network/structure';
import { type Moments, momentsOf, requireFitting, type TrainedWeights } from '../network/trainedWeights';
import type { GenotypeFile } from '../space/genotype';
import { planNetwork } from '../space/network';
import { outputsFirst } from './kernels';

/** What the file calls its format. */
const format = 'pt';

class StateDict {
  readonly tensors: Record<string, FloatTensor> = {};
  private readonly moments: readonly Moments[];

  constructor(
    private readonly structure: NetworkStructure,
    private readonly trained: TrainedWeights,
  ) {
    this.moments = momentsOf(structure.batchNorms, trained.statistics);
  }

  /** Layers that are a module: one by itself, more as a sequence. */
  module(layers: readonly LayerStructure[], path: string): void {
    // Code has no identities before other layers.
    const written = layers.filter(({ layer }) => layer.kind !== 'identity');
    if (written.length === 1) this.layer(written[0]!, path);
    else this.sequence(written, path);
  }

  /** @param first number of the first layer in the sequence */
  sequence(layers: readonly LayerStructure[], path: string, first = 0): void {
    layers.forEach((layer, i) => this.layer(layer, `${path}.${first + i}`));
  }

  linear({ weight, bias }: LinearStructure, path: string): void {
    const { shape, values } = this.parameter(weight);
    const [inputs, outputs] = shape as [number, number];
    this.set(`${path}.weight`, [outputs, inputs], outputsFirst(values, [1, 1, inputs, outputs]));
    this.set(`${path}.bias`, [outputs], this.parameter(bias).values);
  }

  private layer(
    { layer, weight, scale, shift, batchNorm, squeeze, excite, branches }: LayerStructure,
    path: string,
  ) {
    if (weight !== undefined) {
      const { shape, values } = this.parameter(weight);
      const [height, width, inputs, outputs] = shape as [number, number, number, number];
      // A depthwise kernel [k, k, c, 1] reads one channel for each that it gives.
      const [read, given] = layer.kind === 'depthwise' ? [1, inputs] : [inputs, outputs];
      this.set(
        `${path}.weight`,
        [given, read, height, width],
        outputsFirst(values, [height, width, read, given]),
      );
    }
    if (batchNorm !== undefined) {
      const { mean, variance } = this.moments[batchNorm]!;
      const shape = [mean.length];
      if (scale !== undefined) this.set(`${path}.weight`, shape, this.parameter(scale).values);
      if (shift !== undefined) this.set(`${path}.bias`, shape, this.parameter(shift).values);
      this.set(`${path}.running_mean`, shape, mean);
      this.set(`${path}.running_var`, shape, variance);
    }
    // Behind the mean over the image, and behind the nonlinearity.
    if (squeeze) this.pointwise(squeeze, `${path}.gate.1`);
    if (excite) this.pointwise(excite, `${path}.gate.3`);
    branches?.forEach((branch, i) => this.module(branch, `${path}.branches.${i}`));
  }

  /** A linear layer that is a 1 × 1 convolution there. */
  private pointwise(linear: LinearStructure, path: string): void {
    this.linear(linear, path);
    const { shape, values } = this.tensors[`${path}.weight`]!;
    this.set(`${path}.weight`, [...shape, 1, 1], values);
  }

  private parameter(index: number): FloatTensor {
    const { shape, offset, size } = this.structure.layout.parameters[index]!;
    return { shape, values: this.trained.weights.subarray(offset, offset + size) };
  }

  private set(name: string, shape: readonly number[], values: Float32Array): void {
    this.tensors[name] = { shape, values };
  }
}

type Writer = (state: StateDict, structure: NetworkStructure, file: GenotypeFile) => void;

/** The layers of a cell's only edge, by candidate. */
function candidatesOf({ nodes }: CellStructure): readonly (readonly LayerStructure[])[] {
  return nodes[0]![0]!.candidates.map(({ layers }) => layers);
}

/** By space, everything but the classifier. */
const writers: Readonly<Record<GenotypeFile['genotype']['space'], Writer>> = {
  cell(state, { stem, cells }) {
    state.sequence(stem, 'stem');
    cells.forEach(({ preprocess, nodes }, c) => {
      preprocess.forEach((layers, i) => state.sequence(layers, `cells.${c}.preprocess${i}`));
      nodes.forEach((edges, n) =>
        edges.forEach(({ candidates }, e) =>
          state.module(candidates[0]!.layers, `cells.${c}.nodes.${n}.operations.${e}`),
        ),
      );
    });
  },
  nasbench201(state, { stem, cells, head }) {
    state.sequence(stem, 'blocks');
    cells.forEach((cell, c) => {
      const path = `blocks.${stem.length + c}`;
      if (cell.plan.kind === 'fixed') {
        const [convolutions, shortcut] = candidatesOf(cell);
        // Two blocks of three layers each.
        [0, 1].forEach((i) =>
          state.sequence(convolutions!.slice(3 * i, 3 * i + 3), `${path}.convolutions.${i}`),
        );
        state.sequence(shortcut!, `${path}.shortcut`);
      } else {
        cell.nodes.forEach((edges, n) =>
          edges.forEach(({ candidates, from }) =>
            state.module(candidates[0]!.layers, `${path}.nodes.${n}.${from}`),
          ),
        );
      }
    });
    state.sequence(head, 'blocks', stem.length + cells.length);
  },
  chain(state, { stem, cells, head }, { genotype }) {
    state.sequence(stem, 'features');
    cells.forEach((cell, c) => {
      const path = `features.${stem.length + c}`;
      const [operation, shortcut] = candidatesOf(cell);
      const isWrapped =
        genotype.space === 'chain' && (genotype.connections === 'skip' || cell.plan.concat.length > 1);
      state.module(operation!, isWrapped ? `${path}.operation` : path);
      if (shortcut) state.sequence(shortcut, `${path}.shortcut`);
    });
    state.sequence(head, 'features', stem.length + cells.length);
  },
  mbconv(state, { stem, cells, head }) {
    state.sequence(stem, 'features');
    cells.forEach((cell, c) => state.sequence(candidatesOf(cell)[0]!, `features.${stem.length + c}.layers`));
    state.sequence(head, 'features', stem.length + cells.length);
  },
};

/** @throws RangeError for weights of another network */
export function stateDict(file: GenotypeFile, trained: TrainedWeights): Record<string, FloatTensor> {
  const structure = structureOf(planNetwork(file.genotype, file.network));
  requireFitting(structure, trained);
  const state = new StateDict(structure, trained);
  writers[file.genotype.space](state, structure, file);
  const { hidden, classifier } = structure;
  if (hidden) state.linear(hidden, 'classifier.0');
  state.linear(classifier, hidden ? 'classifier.2' : 'classifier');
  return state.tensors;
}

/**
 * A safetensors file of the `state_dict`, with what `safetensors.torch` writes of itself, and the genotype.
 * @returns the pieces of the file
 * @throws RangeError for weights of another network
 */
export function encodeStateDict(file: GenotypeFile, trained: TrainedWeights): Uint8Array[] {
  return encodeSafetensors(stateDict(file, trained), { format, genotype: JSON.stringify(file) });
}
