/** Chains of layers in TensorFlow.js. */
import type { ChainConnections } from '../../space/chain/genotype';
import type { ChainDescription } from '../describe';
import { typescriptString } from '../text';
import type { Helper, SpaceCode } from './layers';
import { operandNames, operate, operationType } from './operations';

function table(description: ChainDescription): string {
  const rows = description.file.genotype.layers.map(
    ({ operation, channels, stride }) =>
      `  { operation: ${typescriptString(operation)}, channels: ${channels}, stride: ${stride} },`,
  );
  return `\
${operationType(description)}

/** One layer of the chain. */
interface Layer {
  readonly operation: Operation;
  /** Of the output. */
  readonly channels: number;
  readonly stride: number;
}

const chain: readonly Layer[] = [
${rows.join('\n')}
];`;
}

const shortcut = `\
/** A layer's input, by a 1×1 convolution where its output has another shape. */
function shortcut(
  name: string,
  x: Tensor,
  channels: number,
  stride: number,
): Tensor {
  if (stride === 1 && x.shape[3] === channels) return x;
  const y = conv(\`\${name}.0\`, x, channels, 1, stride);
  return batchNorm(\`\${name}.1\`, y);
}`;

function loop(description: ChainDescription): string {
  const operands = operandNames(description);
  const call = `operate(${operands.join(', ')})`;
  const { connections } = description.file.genotype;
  const isNamed = operands.includes('name');
  const names = ['operation', 'channels', 'stride'].filter(
    (name) =>
      operands.includes(name) || connections === 'skip' || (connections === 'dense' && name === 'stride'),
  );
  const fields = `{ ${names.join(', ')} }`;
  const forEach = `  for (const [index, ${fields}] of chain.entries()) {`;
  switch (connections) {
    case 'sequential':
      return isNamed
        ? `${forEach}\n    const name = \`layers.\${index}\`;\n    x = ${call};\n  }`
        : `  for (const ${fields} of chain) {\n    x = ${call};\n  }`;
    case 'skip':
      return `\
${forEach}
${isNamed ? '    const name = `layers.${index}.operation`;\n' : ''}\
    const y = ${call};
    x = add([y, shortcut(\`layers.\${index}.shortcut\`, x, channels, stride)]);
  }`;
    case 'dense':
      return `\
${forEach}
    // What keeps the size is read by all later layers of that size.
    const isRead = stride === 1 && index < chain.length - 1;
${isNamed ? "    const name = `layers.${index}${isRead ? '.operation' : ''}`;\n" : ''}\
    const y = ${call};
    x = isRead ? concat([x, y]) : y;
  }`;
  }
}

function buildModel(description: ChainDescription): string {
  const { network, genotype } = description.file;
  const { classes, input } = network;
  return `\
export interface ModelOptions {
  /** Height, width (null for any) and channels of the images. */
  readonly inputShape?: [number | null, number | null, number];
  readonly classes?: number;
}

/**
 * Stem, layers, global average pooling and a linear classifier. The model gives
 * logits; a loss that fits:
 * \`(labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits)\`.
 */
export function buildModel(options: ModelOptions = {}): tf.LayersModel {
  const { inputShape = [${input.height}, ${input.width}, ${input.channels}], classes = ${classes} } = options;
  const images = tf.input({ shape: inputShape, name: 'images' });
  let x = batchNorm('stem.1', conv('stem.0', images, ${genotype.layers[0]!.channels}, 3));
${loop(description)}
  x = relu(batchNorm('head.0', x));
  const pooling = tf.layers.globalAveragePooling2d({ name: 'features' });
  const classifier = tf.layers.dense({ units: classes, name: 'classifier' });
  const logits = apply(classifier, apply(pooling, x));
  return tf.model({ inputs: images, outputs: logits });
}`;
}

const joining: Readonly<Record<ChainConnections, readonly Helper[]>> = {
  sequential: [],
  skip: ['add'],
  dense: ['concat'],
};

export function chainCode(description: ChainDescription): SpaceCode {
  const { connections } = description.file.genotype;
  return {
    table: table(description),
    uses: [...joining[connections], 'relu'],
    network: [
      operate(description, 'Output of one layer; n pixels become ⌈n / stride⌉.'),
      ...(connections === 'skip' ? [shortcut] : []),
      buildModel(description),
    ],
  };
}
