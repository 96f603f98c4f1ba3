/**
 * Runs a network of cells on tensors. Supernet and found network differ only in how an edge turns its candidates' outputs
 * into one value, which the caller decides.
 */
import * as tf from '@tensorflow/tfjs-core';
import { stateShape } from '../../space/plan';
import { runLayers, type Pass } from './layers';
import { activate, channelShuffle, linear } from './primitives';
import type {
  CellStructure,
  EdgeStructure,
  LayerStructure,
  LinearStructure,
  NetworkStructure,
} from '../structure';

/** One edge of one cell. */
export interface EdgeSite {
  readonly cell: CellStructure;
  /** Position of the cell in the network. */
  readonly cellIndex: number;
  readonly edge: EdgeStructure;
}

/** Output of an edge for its input [b, h, w, c]; undefined where it adds nothing to its node. */
export type EdgeRule = (x: tf.Tensor4D, site: EdgeSite, pass: Pass) => tf.Tensor4D | undefined;

/** Sum of values of one shape, of which some may be left out. */
export function sumOf(terms: readonly (tf.Tensor4D | undefined)[]): tf.Tensor4D | undefined {
  const present = terms.filter((term) => term !== undefined);
  return present.length > 1 ? tf.addN(present) : present[0];
}

/** Where nothing is searched, all candidates count in full. */
const fixedEdge: EdgeRule = (x, { edge }, pass) =>
  sumOf(edge.candidates.map(({ layers }) => runLayers(layers, x, pass)));

function runCell(
  cell: CellStructure,
  cellIndex: number,
  inputs: readonly tf.Tensor4D[],
  pass: Pass,
  rule: EdgeRule,
): tf.Tensor4D {
  const { plan } = cell;
  const edgeRule = plan.kind === 'fixed' ? fixedEdge : rule;
  const states = cell.preprocess.map((layers, i) => runLayers(layers, inputs[i]!, pass));
  for (const edges of cell.nodes) {
    const sum = sumOf(edges.map((edge) => edgeRule(states[edge.from]!, { cell, cellIndex, edge }, pass)));
    const { height, width, channels } = stateShape(plan, states.length);
    const node = sum ?? tf.zeros<tf.Rank.R4>([inputs[0]!.shape[0], height, width, channels]);
    states.push(plan.partial > 1 ? channelShuffle(node, plan.partial) : node);
  }
  const outputs = plan.concat.map((index) => states[index]!);
  return outputs.length > 1 ? tf.concat4d(outputs, 3) : outputs[0]!;
}

function runLinear(x: tf.Tensor2D, { weight, bias }: LinearStructure, { weights }: Pass): tf.Tensor2D {
  return linear(x, weights[weight] as tf.Tensor2D, weights[bias] as tf.Tensor1D);
}

/** Mean over the pixels after the last layers: [b, c]. */
function pooled(head: readonly LayerStructure[], x: tf.Tensor4D, pass: Pass): tf.Tensor2D {
  return tf.mean<tf.Tensor2D>(runLayers(head, x, pass), [1, 2]);
}

/**
 * Logits [b, classes] of images [b, h, w, c].
 * @param auxiliary takes those of the auxiliary classifier, where the structure has one; it is not computed for nobody
 */
export function runNetwork(
  structure: NetworkStructure,
  images: tf.Tensor4D,
  pass: Pass,
  rule: EdgeRule,
  auxiliary?: (logits: tf.Tensor2D) => void,
): tf.Tensor2D {
  const { plan, stem, cells, head, hidden, classifier } = structure;
  let older = runLayers(stem, images, pass);
  let newer = older;
  cells.forEach((cell, index) => {
    const inputs = [older, newer].slice(-cell.plan.inputs.length);
    [older, newer] = [newer, runCell(cell, index, inputs, pass, rule)];
    if (!auxiliary || index !== plan.auxiliary?.from) return;
    const beside = structure.auxiliary!;
    const output = runCell(beside.cell, index, [newer], pass, rule);
    auxiliary(runLinear(pooled(beside.head, output, pass), beside.classifier, pass));
  });
  const features = pooled(head, newer, pass);
  const read = hidden ? activate(runLinear(features, hidden, pass), plan.hidden!.activation) : features;
  return runLinear(read, classifier, pass);
}
