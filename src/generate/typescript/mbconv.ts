/** Networks of inverted residual blocks (MobileNetV3, EfficientNet) in TensorFlow.js. */
import type { Activation, Gate } from '../../space/layers';
import type { MbconvDescription } from '../describe';
import { group } from '../layout';
import { typescriptString } from '../text';
import { lay, statement, type SpaceCode } from './layers';

function columns({ activation, squeezeExcite }: MbconvDescription): string[] {
  const squeeze = squeezeExcite ? ['squeeze'] : [];
  return ['kernelSize', 'hidden', ...squeeze, 'channels', 'stride', ...(activation ? [] : ['activation'])];
}

const columnTypes: Readonly<Record<string, string>> = {
  hidden: '/** Channels between the two 1×1 convolutions. */\n  hidden: number',
  squeeze: '/** Channels of the bottleneck of squeeze-and-excitation; 0 for none. */\n  squeeze: number',
  channels: '/** Of the output. */\n  channels: number',
  activation: 'activation: Activation',
};

function table(description: MbconvDescription): string {
  const { file, activation, activations, squeezeExcite } = description;
  const fields = columns(description).map((name) => `  ${columnTypes[name] ?? `${name}: number`},`);
  const union = activations.map(typescriptString).join(' | ');
  const rows = file.genotype.stages.flatMap((stage, i) => [
    `  // Stage ${i + 1}`,
    ...stage.blocks.map(({ kernel, hidden, squeeze }, k) => {
      const values = [
        kernel,
        hidden,
        ...(squeezeExcite ? [squeeze] : []),
        stage.channels,
        k === 0 ? stage.stride : 1,
        ...(activation ? [] : [typescriptString(stage.activation)]),
      ];
      return `  [${values.join(', ')}],`;
    }),
  ]);
  return `\
${activation ? '' : `type Activation = ${union};\n\n`}\
/** An inverted residual block. */
type Block = readonly [
${fields.join('\n')}
];

const blocks: readonly Block[] = [
${rows.join('\n')}
];`;
}

const hardSigmoid = `\
/** A sigmoid of straight lines, from 0 at -3 to 1 at 3. */
class HardSigmoid extends tf.layers.Layer {
  static readonly className = 'HardSigmoid';

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      return tf.div(tf.relu6(tf.add(x, 3)), 6);
    });
  }
}
tf.serialization.registerClass(HardSigmoid);`;

const multiply = `\
function multiply(tensors: Tensor[]): Tensor {
  return apply(tf.layers.multiply(), tensors);
}`;

/** Statement of a switch over the nonlinearities' names, or of the only one. */
const outputs: Readonly<Record<Activation, string>> = {
  relu: 'relu(x)',
  swish: "apply(tf.layers.activation({ activation: 'swish' }), x)",
  hard_swish: 'multiply([x, apply(new HardSigmoid({}), x)])',
};

function activate({ activation, activations }: MbconvDescription): string {
  if (activation) {
    return `\
function activate(x: Tensor): Tensor {
  return ${outputs[activation]};
}`;
  }
  const cases = activations.map(
    (name) => `    case ${typescriptString(name)}:\n      return ${outputs[name]};`,
  );
  return `\
function activate(x: Tensor, activation: Activation): Tensor {
  switch (activation) {
${cases.join('\n')}
  }
}`;
}

/** A nonlinearity that may be without a place in \`Activation\`: that inside squeeze-and-excitation. */
const dense = (name: string, units: string, activation: 'linear' | 'relu' | 'sigmoid' | 'swish') => `\
tf.layers.dense({
    name: ${name},
    units: ${units},${activation === 'linear' ? '' : `\n    activation: '${activation}',`}
  })`;

function squeezeExcite({ squeezeExcite: inside }: MbconvDescription): string[] {
  if (!inside) return [];
  const [squeeze, excite] = ['`${name}.gate.1`', '`${name}.gate.3`'] as const;
  const gates: Readonly<Record<Gate, string>> = {
    sigmoid: `const excite = ${dense(excite, 'channels', 'sigmoid')};`,
    hard_sigmoid: `const excite = ${dense(excite, 'channels', 'linear')};`,
  };
  const gate = inside.gate === 'sigmoid' ? 'gates' : 'apply(new HardSigmoid({}), gates)';
  return [
    `\
/** Scales every channel by a gate that is computed from all channels' means. */
function squeezeExcite(
  name: string,
  x: Tensor,
  channels: number,
  squeeze: number,
): Tensor {
  const means = apply(tf.layers.globalAveragePooling2d({}), x);
  const bottleneck = ${dense(squeeze, 'squeeze', inside.inner as 'relu')};
  ${gates[inside.gate]}
  const gates = apply(excite, apply(bottleneck, means));
  const shape = tf.layers.reshape({ targetShape: [1, 1, channels] });
  return multiply([x, apply(shape, ${gate})]);
}`,
  ];
}

function convBn({ activation }: MbconvDescription): string {
  const parameters = [
    'name: string',
    'x: Tensor',
    'filters: number',
    'kernelSize: number',
    ...(activation ? [] : ['activation: Activation']),
    'stride = 1',
  ];
  const output = `activate(batchNorm(\`\${name}.1\`, y)${activation ? '' : ', activation'})`;
  return `\
/** Convolution, BN, nonlinearity. */
${lay(group('function convBn(', parameters, '): Tensor {'))}
  const y = conv(\`\${name}.0\`, x, filters, kernelSize, stride);
  return ${output};
}`;
}

function invertedResidual(description: MbconvDescription): string {
  const { activation, squeezeExcite: inside } = description;
  const passed = activation ? [] : ['activation'];
  const gate = inside
    ? '\n  if (squeeze > 0) {\n    y = squeezeExcite(`${name}.squeeze_excite`, y, hidden, squeeze);\n  }'
    : '';
  const expand = group('y = convBn(', ['`${name}.expand`', 'x', 'hidden', '1', ...passed], ')');
  const activated = group('y = activate(', ['batchNorm(`${name}.depthwise.1`, y)', ...passed], ')');
  return `\
/** Widens by a 1×1 convolution, convolves depthwise, and narrows again. */
function invertedResidual(name: string, x: Tensor, block: Block): Tensor {
  const [${columns(description).join(', ')}] = block;
  const inChannels = x.shape[3];
  let y = x;
  if (hidden !== inChannels) {
${statement('', expand, 2)}
  }
  y = depthwise(\`\${name}.depthwise.0\`, y, kernelSize, stride);
${statement('', activated, 1)}${gate}
  y = conv(\`\${name}.project.0\`, y, channels, 1);
  y = batchNorm(\`\${name}.project.1\`, y);
  return stride === 1 && channels === inChannels ? add([x, y]) : y;
}`;
}

function buildModel({ file, activation }: MbconvDescription): string {
  const { classes, input } = file.network;
  const { stem, head } = file.genotype;
  const named = (name: Activation) => (activation ? '' : `, ${typescriptString(name)}`);
  const stride = stem.stride === 1 ? '' : `, ${stem.stride}`;
  const hidden =
    head.hidden > 0
      ? `
  x = apply(tf.layers.dense({ units: ${head.hidden}, name: 'hidden' }), x);
  x = activate(x${named(head.activation)});`
      : '';
  return `\
export interface ModelOptions {
  /** Height, width (null for any) and channels of the images. */
  readonly inputShape?: [number | null, number | null, number];
  readonly classes?: number;
}

/**
 * Stem, inverted residual blocks, global average pooling and a linear
 * classifier. The model gives logits; a loss that fits:
 * \`(labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits)\`.
 */
export function buildModel(options: ModelOptions = {}): tf.LayersModel {
  const { inputShape = [${input.height}, ${input.width}, ${input.channels}], classes = ${classes} } = options;
  const images = tf.input({ shape: inputShape, name: 'images' });
  let x = convBn('stem', images, ${stem.channels}, 3${named(stem.activation)}${stride});
  for (const [index, block] of blocks.entries()) {
    x = invertedResidual(\`blocks.\${index}\`, x, block);
  }
  x = convBn('head', x, ${head.channels}, 1${named(head.activation)});
  x = apply(tf.layers.globalAveragePooling2d({ name: 'features' }), x);${hidden}
  const classifier = tf.layers.dense({ units: classes, name: 'classifier' });
  return tf.model({ inputs: images, outputs: apply(classifier, x) });
}`;
}

export function mbconvCode(description: MbconvDescription): SpaceCode {
  const { activations, squeezeExcite: inside } = description;
  const isHard = activations.includes('hard_swish') || inside?.gate === 'hard_sigmoid';
  return {
    table: table(description),
    uses: ['add'],
    network: [
      ...(inside || activations.includes('hard_swish') ? [multiply] : []),
      ...(isHard ? [hardSigmoid] : []),
      activate(description),
      convBn(description),
      ...squeezeExcite(description),
      invertedResidual(description),
      buildModel(description),
    ],
  };
}
