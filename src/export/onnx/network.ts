/** A trained network as a graph of ONNX: as `network/reference/cellNetwork.ts` computes it. */
import { structureOf, type CellStructure, type NetworkStructure } from '../../network/structure';
import type { GenotypeFile } from '../../space/genotype';
import { planNetwork } from '../../space/network';
import { stateShape } from '../../space/plan';
import { Graph } from './graph';
import type { TrainedWeights } from '../../network/trainedWeights';
import { LayerWriter } from './layers';

/** What the graph takes and gives. */
export interface OnnxOptions {
  /** It takes pixels 0 … 255, and normalizes them as the training did. */
  readonly rawPixels?: boolean;
  /** It gives probabilities instead of logits. */
  readonly softmax?: boolean;
}

export interface NetworkGraph {
  readonly graph: Graph;
  readonly structure: NetworkStructure;
  /** [N, C, H, W] */
  readonly input: string;
  /** [N, classes] */
  readonly output: string;
}

/** @throws RangeError for a supernet with partial channels: found networks have none */
export function networkGraph(
  file: GenotypeFile,
  trained: TrainedWeights,
  { rawPixels = false, softmax = false }: OnnxOptions = {},
): NetworkGraph {
  const graph = new Graph();
  const structure = structureOf(planNetwork(file.genotype, file.network));
  const writer = new LayerWriter(graph, structure, trained);
  const { plan, stem, cells, head, hidden, classifier } = structure;
  const input = rawPixels ? 'pixels' : 'images';
  let older = writer.sequence(stem, rawPixels ? normalized(graph, input, file) : input, 'stem');
  let newer = older;
  cells.forEach((cell, i) => {
    const inputs = [older, newer].slice(-cell.plan.inputs.length);
    [older, newer] = [newer, writeCell(graph, writer, cell, inputs, `cells.${i}`)];
  });
  const pooled = graph.node('pool', 'GlobalAveragePool', [writer.sequence(head, newer, 'head')]);
  let features = graph.node('features', 'Flatten', [pooled], { axis: 1 });
  if (hidden)
    features = writer.activate(
      writer.linear(hidden, features, 'hidden'),
      plan.hidden!.activation,
      'hidden.active',
    );
  const logits = writer.linear(classifier, features, 'classifier', 'logits');
  const output = softmax ? graph.node('softmax', 'Softmax', [logits], { axis: 1 }, 'probabilities') : logits;
  return { graph, structure, input, output };
}

/** (pixels / 255 − mean) / deviation, where the genotype says with what. */
function normalized(graph: Graph, x: string, { normalization, network }: GenotypeFile): string {
  const { channels } = network.input;
  const perChannel = (name: string, values: readonly number[]): string =>
    graph.constant(`normalize.${name}`, [1, channels, 1, 1], Float32Array.from(values));
  const scaled = graph.node('normalize.scale', 'Div', [
    x,
    graph.constant('normalize.255', [], Float32Array.of(255)),
  ]);
  if (!normalization) return scaled;
  const centred = graph.node('normalize.centre', 'Sub', [scaled, perChannel('mean', normalization.mean)]);
  return graph.node('normalize', 'Div', [centred, perChannel('deviation', normalization.deviation)]);
}

function writeCell(
  graph: Graph,
  writer: LayerWriter,
  { plan, preprocess, nodes }: CellStructure,
  inputs: readonly string[],
  path: string,
): string {
  if (plan.partial > 1) throw new RangeError('Only supernets have cells with partial channels.');
  const states = preprocess.map((layers, i) =>
    writer.sequence(layers, inputs[i]!, `${path}.preprocess.${i}`),
  );
  for (const edges of nodes) {
    const name = `${path}.node${states.length}`;
    const terms = edges.flatMap(({ from, candidates }) =>
      candidates
        .filter(({ zeros }) => !zeros)
        .map(({ operation, layers }) =>
          writer.sequence(layers, states[from]!, `${name}.from${from}.${operation}`),
        ),
    );
    if (terms.length === 0) {
      const isHalved = stateShape(plan, states.length).height < plan.entry.height;
      states.push(writer.zeros(states[0]!, isHalved ? 2 : 1, name));
    } else {
      const sum = (total: string, term: string, i: number): string =>
        graph.node(i === terms.length - 2 ? name : `${name}.sum${i}`, 'Add', [total, term]);
      states.push(terms.length === 1 ? terms[0]! : terms.slice(1).reduce(sum, terms[0]!));
    }
  }
  const outputs = plan.concat.map((index) => states[index]!);
  return outputs.length > 1 ? graph.node(path, 'Concat', outputs, { axis: 1 }) : outputs[0]!;
}
