/** Operations, cells and the whole network in TensorFlow.js. */
import type { CellGenotype } from '../../space/cell/genotype';
import type { CellDescription } from '../describe';
import { group } from '../layout';
import { typescriptString } from '../text';
import { lay, type SpaceCode } from './layers';
import { operandNames, operate, operationType } from './operations';

function wiring(name: string, { nodes, concat }: CellGenotype): string {
  const rows = nodes.map((edges) =>
    group(
      '[',
      edges.map(({ operation, input }) => `[${typescriptString(operation)}, ${input}]`),
      ']',
    ),
  );
  const list = group('concat: [', concat.map(String), ']');
  // A reader wants a node on one line; prettier would give every edge its own.
  return `// prettier-ignore\n${lay(group(`const ${name}: CellGenotype = {`, [group('nodes: [', rows, ']', true), list], '};', true))}`;
}

function genotype(description: CellDescription): string {
  const { file } = description;
  return `\
${operationType(description)}
type Edge = readonly [operation: Operation, input: number];

/** Wiring of a cell: 0 and 1 are the two cells before, 2 and up its nodes. */
interface CellGenotype {
  /** Per node its edges, whose outputs are added. */
  readonly nodes: readonly (readonly Edge[])[];
  /** The nodes whose outputs, concatenated, are the output of the cell. */
  readonly concat: readonly number[];
}

${wiring('normalGenotype', file.genotype.normal)}

${wiring('reductionGenotype', file.genotype.reduction)}`;
}

function cell(description: CellDescription): string {
  const add = description.hasLoneEdge ? 'outputs.length > 1 ? add(outputs) : outputs[0]!' : 'add(outputs)';
  const bare = description.hasBareNode
    ? `\
    if (edges.length === 0) {
      // Without edges a node is zeros.
      states.push(zero(states[0]!, reduction ? 2 : 1));
      continue;
    }
`
    : '';
  const hasNames = operandNames(description).includes('name');
  const lone = description.hasLoneNode
    ? `\
  if (nodes.length === 1) {
    const named = tf.layers.activation({ activation: 'linear', name });
    return apply(named, nodes[0]!);
  }
`
    : '';
  return `\
interface CellOptions {
  /** Channels of each node. */
  readonly channels: number;
  /** Whether the cell halves height and width. */
  readonly reduction: boolean;
  /** Whether the previous cell did. */
  readonly afterReduction: boolean;
  readonly dropPath: number;
  /** Of the layer that gives the output; those of all others begin with it. */
  readonly name: string;
}

/** Output of a cell for the outputs of the two cells before it. */
function cell(
  genotype: CellGenotype,
  older: Tensor,
  newer: Tensor,
  options: CellOptions,
): Tensor {
  const { channels, reduction, afterReduction, dropPath, name } = options;
  // After a reduction the older input is still twice as high and wide.
  const adapt = afterReduction ? factorizedReduce : reluConvBn;
  const states = [
    adapt(\`\${name}.preprocess0\`, older, channels),
    reluConvBn(\`\${name}.preprocess1\`, newer, channels),
  ];
  for (const ${hasNames ? '[node, edges] of genotype.nodes.entries()' : 'edges of genotype.nodes'}) {
${bare}\
    const outputs = edges.map(([operation, input]${hasNames ? ', edge' : ''}) => {
      const x = states[input]!;
      // Only what reads an input of a reduction cell halves the size.
      const stride = reduction && input < 2 ? 2 : 1;
${hasNames ? '      const path = `${name}.nodes.${node}.operations.${edge}`;\n' : ''}\
      const y = operate(${operandNames(description)
        .map((operand) => (operand === 'name' ? 'path' : operand))
        .join(', ')});
      if (dropPath === 0 || y === x) return y;
      return apply(new DropPath({ probability: dropPath }), y);
    });
    states.push(${add});
  }
  const nodes = genotype.concat.map((index) => states[index]!);
${lone}  return apply(tf.layers.concatenate({ name }), nodes);
}`;
}

function buildModel({ file }: CellDescription): string {
  const { channels, cells, classes, stemMultiplier, input } = file.network;
  const stem = stemMultiplier === 1 ? 'channels' : `${stemMultiplier} * channels`;
  return `\
export interface ModelOptions {
  /** Height, width (null for any) and channels of the images. */
  readonly inputShape?: [number | null, number | null, number];
  /** Of each node before the first reduction; each reduction doubles them. */
  readonly channels?: number;
  /** Those at one and two thirds of this number are reduction cells. */
  readonly cells?: number;
  readonly classes?: number;
  /** Probability with which an edge is dropped for an image while training. */
  readonly dropPath?: number;
}

/**
 * Stem, cells, global average pooling and a linear classifier. The model gives
 * logits; a loss that fits:
 * \`(labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits)\`.
 */
export function buildModel(options: ModelOptions = {}): tf.LayersModel {
  const {
    inputShape = [${input.height}, ${input.width}, ${input.channels}],
    cells = ${cells},
    classes = ${classes},
    dropPath = 0,
  } = options;
  let { channels = ${channels} } = options;
  const images = tf.input({ shape: inputShape, name: 'images' });
  let older = batchNorm('stem.1', conv('stem.0', images, ${stem}, 3));
  let newer = older;
  let afterReduction = false;
  const reductions = [Math.floor(cells / 3), Math.floor((2 * cells) / 3)];
  for (let index = 0; index < cells; index++) {
    const reduction = reductions.includes(index);
    if (reduction) channels *= 2;
    const genotype = reduction ? reductionGenotype : normalGenotype;
    const output = cell(genotype, older, newer, {
      channels,
      reduction,
      afterReduction,
      dropPath,
      name: \`cells.\${index}\`,
    });
    older = newer;
    newer = output;
    afterReduction = reduction;
  }
  const pooling = tf.layers.globalAveragePooling2d({ name: 'features' });
  const classifier = tf.layers.dense({ units: classes, name: 'classifier' });
  const logits = apply(classifier, apply(pooling, newer));
  return tf.model({ inputs: images, outputs: logits });
}`;
}

export function cellCode(description: CellDescription): SpaceCode {
  return {
    table: genotype(description),
    uses: ['add', 'concat', 'single', 'relu', 'dropPath'],
    network: [
      operate(description, 'Output of one edge; n pixels become ⌈n / stride⌉.'),
      cell(description),
      buildModel(description),
    ],
  };
}
