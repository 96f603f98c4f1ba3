/** TypeScript: the network as a `tf.LayersModel` of TensorFlow.js, under the compiler's strictest settings. */
import type { GenotypeFile } from '../../space/genotype';
import { ask, describeNetwork, type BySpace, type NetworkDescription } from '../describe';
import { headerLines } from '../header';
import type { Language } from '../language';
import { layOut, prettierStyle } from '../layout';
import { numberLiteral, slug, typescriptString } from '../text';
import { bench201Code } from './bench201';
import { cellCode } from './cells';
import { chainCode } from './chain';
import { helpers } from './helpers';
import { blockFunction, type SpaceCode } from './layers';
import { mbconvCode } from './mbconv';

const baseName = (file: GenotypeFile) => slug(file.origin.name, '-');

function header(description: NetworkDescription): string {
  const { file } = description;
  const { height, width, channels } = file.network.input;
  const lines = headerLines(description, {
    framework: 'TensorFlow.js',
    input: `[N, ${height}, ${width}, ${channels}]`,
    functional: true,
    command: `npx tsx ${baseName(file)}.ts`,
    trained: 'loadWeights(model, bytes) loads what a run trained, its weights.safetensors.',
    width: 77,
  });
  const comment = lines.map((line) => ` * ${line.replaceAll('*/', '*\\/')}`.trimEnd());
  return `\
/**
${comment.join('\n')}
 */
import * as tf from '@tensorflow/tfjs';

type Tensor = tf.SymbolicTensor;`;
}

function data({ classNames, classWeights, normalization }: GenotypeFile): string[] {
  const list = (name: string, items: string[], filled: boolean) =>
    layOut({ open: `export const ${name} = [`, items, close: '];', filled }, prettierStyle);
  const names = classNames
    ? [`/** Of the logits, in order. */\n${list('classNames', classNames.map(typescriptString), false)}`]
    : [];
  if (classWeights) {
    const weights = list('classWeights', classWeights.map(numberLiteral), true);
    names.push(`/** Of the loss, by class: \`classWeight\` of \`model.fit\`. */\n${weights}`);
  }
  if (!normalization) return names;
  const { mean, deviation } = normalization;
  return [
    ...names,
    `\
// Of the pixels divided by 255, per channel.
${list('mean', mean.map(numberLiteral), true)}
${list('deviation', deviation.map(numberLiteral), true)}`,
    `\
/** Pixels from 0 to 255 [n, h, w, c] as the network expects them. */
export function normalize(pixels: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const centred = tf.sub(tf.div(pixels, 255), mean);
    return tf.div(centred, deviation);
  });
}`,
  ];
}

function loadWeights({ needs }: NetworkDescription): string {
  const name = needs((layer) => layer.kind === 'depthwise')
    ? `\
    // Depthwise kernels have a name of their own in TensorFlow.js alone.
    const name = weight.originalName.replace('/depthwise_kernel', '/kernel');`
    : '    const name = weight.originalName;';
  return `\
/** Where the values of a tensor are in a file of safetensors. */
interface StoredTensor {
  readonly shape: number[];
  readonly data_offsets: readonly [from: number, to: number];
}

/** Gives the model what was trained: the bytes of a \`weights.safetensors\`. */
export function loadWeights(model: tf.LayersModel, file: Uint8Array): void {
  const view = new DataView(file.buffer, file.byteOffset);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = new TextDecoder().decode(file.subarray(8, start));
  const stored = JSON.parse(header) as Partial<Record<string, StoredTensor>>;
  for (const weight of model.weights) {
${name}
    const tensor = stored[name];
    if (!tensor) throw new Error(\`The file has no \${name}.\`);
    const [from, to] = tensor.data_offsets;
    const bytes = new Uint8Array(file.subarray(start + from, start + to));
    const values = tf.tensor(new Float32Array(bytes.buffer), tensor.shape);
    weight.write(values);
    values.dispose();
  }
}`;
}

function main({ file }: NetworkDescription): string {
  const { height, width, channels } = file.network.input;
  const shape = `[2, ${height}, ${width}, ${channels}]`;
  const images = file.normalization
    ? `normalize(tf.randomUniform(${shape}, 0, 256))`
    : `tf.randomNormal(${shape})`;
  return `\
/** Runs the network once on two random images. */
export function main(): void {
  const model = buildModel();
  const images = ${images};
  const logits = model.predict(images) as tf.Tensor;
  let parameters = 0;
  for (const { shape } of model.trainableWeights) {
    parameters += tf.util.sizeFromShape(shape as number[]);
  }
  const shape = logits.shape.join(', ');
  console.log(\`\${parameters} parameters; logits of shape [\${shape}]\`);
}

// Only where Node was started with this very file.
const { process } = globalThis as { process?: { argv?: string[] } };
const started = process?.argv?.[1] ?? '';
if (/[\\\\/]${baseName(file)}(\\.[cm]?[jt]s)?$/.test(started)) main();`;
}

const skeletons: BySpace<SpaceCode> = {
  cell: cellCode,
  nasbench201: bench201Code,
  chain: chainCode,
  mbconv: mbconvCode,
};

function generate(file: GenotypeFile): string {
  const description = describeNetwork(file);
  const { table, uses, network } = ask(skeletons, description);
  const sections = [
    header(description),
    table,
    ...data(file),
    ...helpers(description, uses),
    ...description.blocks.map(blockFunction),
    ...network,
    loadWeights(description),
    main(description),
  ];
  return `${sections.join('\n\n')}\n`;
}

export const typescript: Language = {
  id: 'typescript',
  title: 'TypeScript',
  description: 'A TypeScript file with a layers model for TensorFlow.js.',
  functional: true,
  classifies: false,
  extension: '.ts',
  fileName: (file) => `${baseName(file)}.ts`,
  generate,
};
