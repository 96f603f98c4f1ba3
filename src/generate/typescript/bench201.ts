/** Networks of NAS-Bench-201 in TensorFlow.js. */
import type { Bench201Description } from '../describe';
import { group } from '../layout';
import { typescriptString } from '../text';
import { averagingLayer } from './helpers';
import { lay, type SpaceCode } from './layers';
import { operandNames, operate, operationType } from './operations';

function table(description: Bench201Description): string {
  const [a, ...rest] = description.file.genotype.operations.map(typescriptString);
  const rows = [[a!], rest.slice(0, 2), rest.slice(2)].map((row) => group('[', row, ']'));
  // A reader wants a node on one line; prettier would join short ones.
  return `\
${operationType(description)}

/** A row a node: operations on the cell's input, on node 1, on node 2. */
// prettier-ignore
${lay(group('const nodes: readonly (readonly Operation[])[] = [', rows, '];', true))}`;
}

const copy = `\
/** TensorFlow.js frees a tensor too early that one layer reads twice. */
function copy(x: Tensor): Tensor {
  return apply(tf.layers.rescaling({ scale: 1 }), x);
}`;

function cell(description: Bench201Description): string {
  const hasChannels = operandNames(description).includes('channels');
  const hasNames = operandNames(description).includes('name');
  const operands = [
    'operation',
    ...(hasNames ? ['`${name}.nodes.${node}.${i}`'] : []),
    'states[i]!',
    ...(hasChannels ? ['channels'] : []),
  ];
  const parameters = [
    ...(hasNames ? ['name: string'] : []),
    'input: Tensor',
    ...(hasChannels ? ['channels: number'] : []),
  ];
  return `\
/** Three nodes, each the sum of one operation on every state before it. */
function cell(${parameters.join(', ')}): Tensor {
  const states = [input];
  let output = input;
  for (const ${hasNames ? '[node, operations] of nodes.entries()' : 'operations of nodes'}) {
    const outputs = operations.map((operation, i) =>
${lay(group('operate(', operands, '),'), 3)}
    );
    output = outputs.length > 1 ? add(outputs) : outputs[0]!;
    states.push(output);
  }
  return output;
}`;
}

const halvingPooling = averagingLayer({
  name: 'HalvingPooling',
  comment: `\
 * 2×2 average pooling of stride 2; where the size is odd, the last windows have
 * the pixels that are left.`,
  ...{ size: 2, stride: 2 },
  padding: (size) => `[0, ${size} % 2]`,
  shape: `\
  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape.map((size, axis) =>
      size !== null && (axis === 1 || axis === 2) ? Math.ceil(size / 2) : size,
    );
  }`,
});

const residualBlock = `\
${halvingPooling}
/** Halves height and width: two convolutions beside a shortcut, added. */
function residualBlock(name: string, x: Tensor, channels: number): Tensor {
  const first = reluConvBn(\`\${name}.convolutions.0\`, x, channels, 3, 2);
  const second = reluConvBn(\`\${name}.convolutions.1\`, first, channels, 3);
  const half = apply(new HalvingPooling({}), x);
  const shortcut = conv(\`\${name}.shortcut.1\`, half, channels, 1);
  return add([second, shortcut]);
}`;

function buildModel(description: Bench201Description): string {
  const { file, cellsPerStage } = description;
  const { channels, classes, input } = file.network;
  const hasChannels = operandNames(description).includes('channels');
  const hasNames = operandNames(description).includes('name');
  return `\
export interface ModelOptions {
  /** Height, width (null for any) and channels of the images. */
  readonly inputShape?: [number | null, number | null, number];
  /** Of the first stage; each later one has twice as many. */
  readonly channels?: number;
  /** In each of the three stages. */
  readonly cells?: number;
  readonly classes?: number;
}

/**
 * Stem, three stages of cells, global average pooling and a linear classifier.
 * The model gives logits; a loss that fits:
 * \`(labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits)\`.
 */
export function buildModel(options: ModelOptions = {}): tf.LayersModel {
  const { inputShape = [${input.height}, ${input.width}, ${input.channels}], cells = ${cellsPerStage}, classes = ${classes} } = options;
  let { channels = ${channels} } = options;
  const images = tf.input({ shape: inputShape, name: 'images' });
  let x = batchNorm('stem.1', conv('stem.0', images, channels, 3));
  for (let stage = 0; stage < 3; stage++) {
    // Blocks are counted together with cells.
    const first = stage * (cells + 1);
    if (stage > 0) {
      channels *= 2;
      x = residualBlock(\`cells.\${first - 1}\`, x, channels);
    }
    for (let i = 0; i < cells; i++) {
      x = cell(${[...(hasNames ? ['`cells.${first + i}`'] : []), 'x', ...(hasChannels ? ['channels'] : [])].join(', ')});
    }
  }
  x = relu(batchNorm('head.0', x));
  const pooling = tf.layers.globalAveragePooling2d({ name: 'features' });
  const classifier = tf.layers.dense({ units: classes, name: 'classifier' });
  const logits = apply(classifier, apply(pooling, x));
  return tf.model({ inputs: images, outputs: logits });
}`;
}

export function bench201Code(description: Bench201Description): SpaceCode {
  const operation = operate(description, 'Output of one edge; it has the shape of its input.');
  const hasIdentity = operation.includes('return x;');
  return {
    table: table(description),
    uses: ['add', 'single', 'relu'],
    network: [
      ...(hasIdentity ? [copy] : []),
      operation.replace('return x;', 'return copy(x);'),
      cell(description),
      residualBlock,
      buildModel(description),
    ],
  };
}
