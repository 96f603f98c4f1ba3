/**
 * A network plan with a place in the flat weight vector for every layer. All engines interpret this one tree, so they
 * agree on the order of the weights and on the numbering of BNs.
 */
import {
  classifierInputs,
  stateShape,
  type AuxiliaryPlan,
  type CellPlan,
  type EdgePlan,
  type NetworkPlan,
} from '../space/plan';
import { givesZeros, layerOutput, layersOutput, type Layer, type Shape, type Stride } from '../space/layers';
import { fanInBound, ParameterLayout } from './parameters';

/** A linear layer: `weight` [inputs, outputs], `bias` [outputs]. */
export interface LinearStructure {
  readonly weight: number;
  readonly bias: number;
}

/** One layer at its place. The numbers are indices into `ParameterLayout.parameters`. */
export interface LayerStructure {
  readonly layer: Layer;
  readonly input: Shape;
  readonly output: Shape;
  /** `conv`: [k, k, c, filters]; `axisConv`: [k, 1, c, filters] or [1, k, c, filters]; `depthwise`: [k, k, c, 1]. */
  readonly weight?: number;
  /** γ [c] of a `batchNorm` that is affine. */
  readonly scale?: number;
  /** β [c], likewise. */
  readonly shift?: number;
  /** `batchNorm`: its index among all BNs of the network. */
  readonly batchNorm?: number;
  /** `squeezeExcite`: to the squeezed channels, and back. */
  readonly squeeze?: LinearStructure;
  readonly excite?: LinearStructure;
  /** `parallel`. */
  readonly branches?: readonly (readonly LayerStructure[])[];
}

export interface CandidateStructure {
  readonly operation: string;
  /** Its output is zeros whatever it reads, so that it adds nothing to its node. */
  readonly zeros: boolean;
  readonly layers: readonly LayerStructure[];
}

export interface EdgeStructure {
  readonly from: number;
  readonly stride: Stride;
  /** Row in the mixture: position among the edges of the cell, all nodes in order. */
  readonly edge: number;
  /** Over the first 1/K of the channels of state `from`. */
  readonly candidates: readonly CandidateStructure[];
  /** Over the other channels; only where K > 1. */
  readonly bypass?: readonly LayerStructure[];
}

export interface CellStructure {
  readonly plan: CellPlan;
  /** One list of layers an input. */
  readonly preprocess: readonly (readonly LayerStructure[])[];
  /** Incoming edges of each node. */
  readonly nodes: readonly (readonly EdgeStructure[])[];
}

export interface AuxiliaryStructure {
  readonly cell: CellStructure;
  readonly head: readonly LayerStructure[];
  readonly classifier: LinearStructure;
}

export interface NetworkStructure {
  readonly plan: NetworkPlan;
  readonly layout: ParameterLayout;
  /** Values at the start of the flat vector that are the network's own; those behind them are of its `auxiliary`. */
  readonly size: number;
  /** Channels of every BN, by its index, those of `auxiliary` left out: nothing is ever judged with them. */
  readonly batchNorms: readonly number[];
  readonly stem: readonly LayerStructure[];
  readonly cells: readonly CellStructure[];
  readonly head: readonly LayerStructure[];
  /** What only training has; its parameters and BNs come after all others. */
  readonly auxiliary?: AuxiliaryStructure;
  /** Where the plan has a hidden layer. */
  readonly hidden?: LinearStructure;
  readonly classifier: LinearStructure;
}

/** Numbers parameters and BNs in the order in which it meets them. */
class Walk {
  readonly layout = new ParameterLayout();
  readonly batchNorms: number[] = [];

  layers(layers: readonly Layer[], input: Shape, name: string): LayerStructure[] {
    return layers.map((layer, i) => {
      const at = layersOutput(layers.slice(0, i), input);
      return { layer, input: at, output: layerOutput(layer, at), ...this.numbers(layer, at, `${name}.${i}`) };
    });
  }

  cell(plan: CellPlan, name: string): CellStructure {
    const preprocess = plan.preprocess.map((layers, i) =>
      this.layers(layers, plan.inputs[i]!, `${name}.preprocess.${i}`),
    );
    let index = 0;
    const nodes = plan.nodes.map((edges, node) => {
      const into = `${name}.node${node + plan.inputs.length}`;
      return edges.map((edge) => this.edge(plan, edge, index++, `${into}.from${edge.from}`));
    });
    return { plan, preprocess, nodes };
  }

  auxiliary({ cell, head }: AuxiliaryPlan, classes: number): AuxiliaryStructure {
    return {
      cell: this.cell(cell, 'auxiliary.cell'),
      head: this.layers(head, cell.output, 'auxiliary.head'),
      classifier: this.linear('auxiliary.classifier', layersOutput(head, cell.output).channels, classes),
    };
  }

  private edge(cell: CellPlan, plan: EdgePlan, edge: number, name: string): EdgeStructure {
    const { from, stride } = plan;
    const state = stateShape(cell, from);
    const taking = state.channels / cell.partial;
    const candidates = plan.candidates.map(({ operation, layers }) => ({
      operation,
      zeros: givesZeros(layers),
      layers: this.layers(layers, { ...state, channels: taking }, `${name}.${operation}`),
    }));
    if (!plan.bypass) return { from, stride, edge, candidates };
    const passing = { ...state, channels: state.channels - taking };
    return { from, stride, edge, candidates, bypass: this.layers(plan.bypass, passing, `${name}.bypass`) };
  }

  /** Weights and bias of a linear layer. */
  linear(name: string, inputs: number, outputs: number): LinearStructure {
    const fanIn = fanInBound(inputs);
    return {
      weight: this.layout.add(`${name}.weight`, [inputs, outputs], fanIn),
      bias: this.layout.add(`${name}.bias`, [outputs], fanIn),
    };
  }

  private numbers(layer: Layer, input: Shape, name: string): Partial<LayerStructure> {
    const { channels } = input;
    switch (layer.kind) {
      case 'conv': {
        const { kernel, filters } = layer;
        const fanIn = fanInBound(kernel ** 2 * channels);
        return { weight: this.layout.add(`${name}.weight`, [kernel, kernel, channels, filters], fanIn) };
      }
      case 'axisConv': {
        const { axis, kernel, filters } = layer;
        const window = axis === 'height' ? [kernel, 1] : [1, kernel];
        const fanIn = fanInBound(kernel * channels);
        return { weight: this.layout.add(`${name}.weight`, [...window, channels, filters], fanIn) };
      }
      case 'squeezeExcite':
        return {
          squeeze: this.linear(`${name}.squeeze`, channels, layer.squeeze),
          excite: this.linear(`${name}.excite`, layer.squeeze, channels),
        };
      case 'depthwise': {
        const { kernel } = layer;
        const fanIn = fanInBound(kernel ** 2);
        return { weight: this.layout.add(`${name}.weight`, [kernel, kernel, channels, 1], fanIn) };
      }
      case 'batchNorm': {
        const batchNorm = this.batchNorms.push(channels) - 1;
        if (!layer.affine) return { batchNorm };
        const scale = this.layout.add(`${name}.scale`, [channels], { kind: 'constant', value: 1 });
        const shift = this.layout.add(`${name}.shift`, [channels], { kind: 'constant', value: 0 });
        return { batchNorm, scale, shift };
      }
      case 'parallel':
        return { branches: layer.branches.map((branch, i) => this.layers(branch, input, `${name}.${i}`)) };
      case 'relu':
      case 'activation':
      case 'maxPool':
      case 'avgPool':
      case 'identity':
      case 'zero':
      case 'shift':
        return {};
    }
  }
}

/** Every layer of a plan with its shapes and the indices of its parameters. */
export function structureOf(plan: NetworkPlan): NetworkStructure {
  const walk = new Walk();
  const stem = walk.layers(plan.stem, plan.input, 'stem');
  const cells = plan.cells.map((cell, i) => walk.cell(cell, `cells.${i}`));
  const head = walk.layers(plan.head, plan.cells.at(-1)?.output ?? plan.features, 'head');
  const hidden = plan.hidden && walk.linear('hidden', plan.features.channels, plan.hidden.units);
  const classifier = walk.linear('classifier', classifierInputs(plan), plan.classes);
  const { layout } = walk;
  const { size } = layout;
  const batchNorms = [...walk.batchNorms];
  const auxiliary = plan.auxiliary && walk.auxiliary(plan.auxiliary, plan.classes);
  return { plan, layout, size, batchNorms, stem, cells, head, hidden, classifier, auxiliary };
}

/** Places of all weights of a plan in its flat vector. */
export function layoutOf(plan: NetworkPlan): ParameterLayout {
  return structureOf(plan).layout;
}
