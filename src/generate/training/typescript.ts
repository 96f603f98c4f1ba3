/** A training script in TypeScript, over TensorFlow.js. */
import { balancedOrder, batches, betaFunction, drawing } from './typescriptBatches';
import { numberLiteral, typescriptString } from '../text';
import type { ScriptFacts } from './pythonData';
import type { AuxiliaryClassifier } from './recipe';

function constants({ recipe, dataName, outName }: ScriptFacts): string {
  const { augmentation } = recipe;
  const number = (name: string, value: number): string => `const ${name} = ${numberLiteral(value)};`;
  const lines: (string | false | undefined)[] = [
    '/** Pixels and labels, as the run had them. */',
    `const dataFile = ${typescriptString(dataName)};`,
    '/** Weights that the code loads. */',
    `const outFile = ${typescriptString(outName)};`,
    '// The recipe of the run.',
    number('defaultEpochs', recipe.epochs),
    number('batchSize', recipe.batchSize),
    number('firstRate', recipe.learningRate),
    number('leastRate', recipe.minLearningRate),
    recipe.warmupEpochs > 0 && number('warmupEpochs', recipe.warmupEpochs),
    number('momentum', recipe.momentum),
    number('weightDecay', recipe.weightDecay),
    number('largestGradient', recipe.gradientClip),
    recipe.labelSmoothing > 0 && number('labelSmoothing', recipe.labelSmoothing),
    recipe.dropPath > 0 && number('dropPath', recipe.dropPath),
    recipe.auxiliary && number('auxiliaryWeight', recipe.auxiliary.weight),
    recipe.weightAverage > 0 && number('weightAverage', recipe.weightAverage),
    recipe.mixup > 0 && number('mixup', recipe.mixup),
    augmentation.crop > 0 && number('crop', augmentation.crop),
    augmentation.cutout > 0 && number('cutout', augmentation.cutout),
  ];
  return lines.filter(Boolean).join('\n');
}

const reading = `\
/** Images of one size with their labels. */
interface ImageSet {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** From 0 to 255, row by row, image by image. */
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
}

/** Where the values of a tensor are in a file of safetensors. */
interface StoredTensor {
  readonly shape: number[];
  readonly data_offsets: readonly [from: number, to: number];
}

function readSet(file: Uint8Array, name: string): ImageSet {
  const view = new DataView(file.buffer, file.byteOffset);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = new TextDecoder().decode(file.subarray(8, start));
  const stored = JSON.parse(header) as Record<string, StoredTensor>;
  const bytes = (key: string): Uint8Array => {
    const [from, to] = stored[key]!.data_offsets;
    return file.subarray(start + from, start + to);
  };
  const [count, height, width, channels] = stored[\`\${name}/images\`]!.shape as [
    ...[number, number, number, number],
  ];
  // A copy, since numbers of four bytes have to lie at a multiple of four.
  const own = new Uint8Array(bytes(\`\${name}/labels\`));
  const labels = new Int32Array(own.buffer);
  const pixels = bytes(\`\${name}/images\`);
  return { count, height, width, channels, pixels, labels };
}`;

function learningRate(warm: boolean): string {
  return `\
/** A cosine from the first rate to the least${warm ? ', after a rise to the first' : ''}; epochs count from 0. */
function learningRate(epoch: number, epochs: number): number {
${
  warm
    ? `\
  const warmup = Math.min(warmupEpochs, epochs - 1);
  if (epoch < warmup) return (firstRate * (epoch + 1)) / (warmup + 1);
  const done = (epoch - warmup) / (epochs - warmup);
`
    : '  const done = epoch / epochs;\n'
}\
  const share = (1 + Math.cos(Math.PI * done)) / 2;
  return leastRate + (firstRate - leastRate) * share;
}`;
}

const optimizer = `\
/** SGD with momentum, an L2 penalty and gradients of limited norm, as PyTorch has it. */
export class Sgd {
  private readonly weights: readonly tf.Variable[];
  private readonly velocities: tf.Variable[];

  constructor(weights: readonly tf.Variable[]) {
    this.weights = weights;
    this.velocities = weights.map((weight) =>
      tf.tidy(() => tf.variable(tf.zerosLike(weight), false)),
    );
  }

  apply(gradients: tf.NamedTensorMap, rate: number): void {
    tf.tidy(() => {
      const all = this.weights.map(({ name }) => gradients[name]!);
      const squares = tf.addN(all.map((gradient) => gradient.square().sum()));
      const norm = squares.sqrt().add(1e-6);
      const clip = tf.minimum(1, tf.div(largestGradient, norm));
      this.weights.forEach((weight, i) => {
        const velocity = this.velocities[i]!;
        const penalized = all[i]!.mul(clip).add(weight.mul(weightDecay));
        velocity.assign(velocity.mul(momentum).add(penalized));
        weight.assign(weight.sub(velocity.mul(rate)));
      });
    });
  }
}`;

function auxiliaryFunction({ cell, bottleneck, filters }: AuxiliaryClassifier, classes: number): string {
  return `\
/** The model with a second classifier, which reads one of its cells. */
function withAuxiliary(model: tf.LayersModel): tf.LayersModel {
  const stack = [
    tf.layers.reLU(),
    tf.layers.conv2d({ filters: ${bottleneck}, kernelSize: 1, useBias: false }),
    tf.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 }),
    tf.layers.reLU(),
    tf.layers.zeroPadding2d({ padding: 1 }),
    tf.layers.conv2d({
      filters: ${filters},
      kernelSize: 3,
      strides: 2,
      useBias: false,
    }),
    tf.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 }),
    tf.layers.reLU(),
    tf.layers.globalAveragePooling2d({}),
    tf.layers.dense({ units: ${classes} }),
  ];
  const read = model.getLayer('cells.${cell}').output as tf.SymbolicTensor;
  const logits = stack.reduce(
    (x, layer) => layer.apply(x) as tf.SymbolicTensor,
    read,
  );
  const outputs = [...model.outputs, logits];
  return tf.model({ inputs: model.inputs, outputs });
}`;
}

function stepFunction(hasAuxiliary: boolean): string {
  return `\
/** Cross-entropy; the targets of an image add up to what it counts. */
function lossOf(logits: tf.Tensor, targets: tf.Tensor2D): tf.Scalar {
  return tf.logSoftmax(logits).mul(targets).sum(1).mean().neg().asScalar();
}

export function trainableVariables(model: tf.LayersModel): tf.Variable[] {
  return model.trainableWeights.map((weight) => weight.read() as tf.Variable);
}

/** One step. Returns the loss and how many images were taken for what they are. */
export function trainStep(
  model: tf.LayersModel,
  sgd: Sgd,
  { pixels, targets }: Batch,
  rate: number,
): { loss: number; right: number } {
  return tf.tidy(() => {
    const images = normalize(pixels);
    let right: tf.Tensor | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const outputs = model.apply(images, { training: true }) as tf.Tensor${hasAuxiliary ? '[]' : ''};
      const logits = ${hasAuxiliary ? 'outputs[0]!' : 'outputs'};
      right = tf.keep(logits.argMax(1).equal(targets.argMax(1)).sum());
${
  hasAuxiliary
    ? `\
      const beside = lossOf(outputs[1]!, targets).mul(auxiliaryWeight);
      return lossOf(logits, targets).add<tf.Scalar>(beside);
`
    : '      return lossOf(logits, targets);\n'
}\
    }, trainableVariables(model));
    sgd.apply(grads, rate);
    const hits = right!.dataSync()[0]!;
    right!.dispose();
    return { loss: value.dataSync()[0]!, right: hits };
  });
}`;
}

const averageClass = `\
/** A moving average of the weights of a model, which is judged and kept. */
class WeightAverage {
  private readonly model: tf.LayersModel;
  private readonly means: tf.Variable[];
  private steps = 0;

  constructor(model: tf.LayersModel) {
    this.model = model;
    this.means = trainableVariables(model).map((weight) =>
      tf.variable(weight, false),
    );
  }

  /** Moves the average towards the weights as they are after a step. */
  add(): void {
    this.steps++;
    const decay = Math.min(weightAverage, (1 + this.steps) / (10 + this.steps));
    tf.tidy(() => {
      trainableVariables(this.model).forEach((weight, i) => {
        const mean = this.means[i]!;
        mean.assign(mean.add(weight.sub(mean).mul(1 - decay)));
      });
    });
  }

  /** Gives the model the average instead of its weights. */
  give(): void {
    trainableVariables(this.model).forEach((weight, i) => {
      weight.assign(this.means[i]!);
    });
  }
}`;

const testFunction = `\
/** Share of images that the model takes for what they are. */
function accuracyOf(model: tf.LayersModel, set: ImageSet): number {
  const { count, height, width, channels } = set;
  const size = height * width * channels;
  let right = 0;
  for (let start = 0; start < count; start += batchSize) {
    const end = Math.min(count, start + batchSize);
    right += tf.tidy(() => {
      const bytes = set.pixels.subarray(start * size, end * size);
      const pixels = tf.tensor4d(Float32Array.from(bytes), [
        ...[end - start, height, width, channels],
      ] as [number, number, number, number]);
      const logits = model.predict(normalize(pixels)) as tf.Tensor2D;
      const labels = tf.tensor1d(set.labels.slice(start, end), 'int32');
      return logits.argMax(1).equal(labels).sum().dataSync()[0]!;
    });
  }
  return right / count;
}`;

const saveFunction = `\
/** The weights as a file of safetensors, by the names that loadWeights reads. */
function encode(model: tf.LayersModel): Uint8Array {
  const header: Record<string, object> = {};
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const weight of model.weights) {
    const values = weight.read().dataSync() as Float32Array;
    const { buffer, byteOffset, byteLength } = values;
    // Depthwise kernels have a name of their own in TensorFlow.js alone.
    const name = weight.originalName.replace('/depthwise_kernel', '/kernel');
    const data_offsets = [at, at + byteLength];
    header[name] = { dtype: 'F32', shape: weight.shape, data_offsets };
    pieces.push(new Uint8Array(buffer, byteOffset, byteLength));
    at += byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const size = 8 * Math.ceil(text.length / 8);
  const file = new Uint8Array(8 + size + at).fill(32, 8, 8 + size);
  new DataView(file.buffer).setBigUint64(0, BigInt(size), true);
  file.set(text, 8);
  let offset = 8 + size;
  for (const piece of pieces) {
    file.set(piece, offset);
    offset += piece.length;
  }
  return file;
}`;

function mainFunction({ recipe }: ScriptFacts): string {
  const { auxiliary, dropPath, weightAverage } = recipe;
  const trained = auxiliary ? 'trained' : 'model';
  return `\
/** Trains the network and keeps its weights. */
function main(): void {
  const epochs = Number(process.argv[2] ?? defaultEpochs);
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new Error('The epochs have to be a whole number of 1 or more.');
  }
  const file = readFileSync(join(__dirname, dataFile));
  const train = readSet(file, 'train');
  const test = readSet(file, 'test');
  const model = buildModel(${dropPath > 0 ? '{ dropPath }' : ''});
${auxiliary ? '  const trained = withAuxiliary(model);\n' : ''}\
  const sgd = new Sgd(trainableVariables(${trained}));
${weightAverage > 0 ? '  const average = new WeightAverage(model);\n' : ''}\
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = learningRate(epoch, epochs);
${dropPath > 0 ? '    setDropPath(model, (dropPath * epoch) / epochs);\n' : ''}\
    let [steps, sum, hits] = [0, 0, 0];
    for (const batch of trainingBatches(train)) {
      const { loss, right } = trainStep(${trained}, sgd, batch, rate);
      tf.dispose([batch.pixels, batch.targets]);
${weightAverage > 0 ? '      average.add();\n' : ''}\
      steps++;
      sum += loss;
      hits += right;
    }
    const accuracy = ((100 * hits) / (steps * batchSize)).toFixed(2);
    console.log(
      \`epoch \${epoch + 1} of \${epochs}: loss \${(sum / steps).toFixed(4)}, accuracy \${accuracy}%\`,
    );
  }
${
  weightAverage > 0
    ? `\
  average.give();
${dropPath > 0 ? '  setDropPath(model, 0);\n' : ''}\
  // The statistics of BN are those of other weights: they move to those of these.
  for (let measured = 0; measured < 50;) {
    for (const { pixels, targets } of trainingBatches(train)) {
      tf.tidy(() => void model.apply(normalize(pixels), { training: true }));
      tf.dispose([pixels, targets]);
      measured++;
    }
  }
`
    : ''
}\
  const accuracy = (100 * accuracyOf(model, test)).toFixed(2);
  console.log(\`test accuracy \${accuracy}% of \${test.count} images\`);
  writeFileSync(join(__dirname, outFile), encode(model));
  console.log(outFile);
}`;
}

/** As prettier has it. */
function importOf(names: readonly string[], module: string): string {
  const line = `import { ${names.join(', ')} } from './${module}';`;
  return line.length <= 80
    ? line
    : `import {\n${names.map((name) => `  ${name},\n`).join('')}} from './${module}';`;
}

export function typescriptTraining(facts: ScriptFacts, lines: readonly string[]): string {
  const { recipe, classes, hasClassWeights, module } = facts;
  const { augmentation, auxiliary, dropPath } = recipe;
  const imported = [
    'buildModel',
    ...(hasClassWeights ? ['classWeights'] : []),
    ...(augmentation.cutout > 0 ? ['mean'] : []),
    'normalize',
    ...(dropPath > 0 ? ['setDropPath'] : []),
  ];
  const head = `\
/**
${lines.map((line) => ` * ${line}`.trimEnd().replaceAll('*/', '* /')).join('\n')}
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
${importOf(imported, module)}`;
  return `${[
    head,
    constants(facts),
    reading,
    learningRate(recipe.warmupEpochs > 0),
    drawing,
    ...(recipe.sampling === 'balanced' ? [balancedOrder] : []),
    ...(recipe.mixup > 0 ? [betaFunction] : []),
    batches(facts),
    optimizer,
    ...(auxiliary ? [auxiliaryFunction(auxiliary, classes)] : []),
    stepFunction(auxiliary !== undefined),
    ...(recipe.weightAverage > 0 ? [averageClass] : []),
    testFunction,
    saveFunction,
    mainFunction(facts),
    `\
// Only where Node was started with this very file.
const started = process.argv[1] ?? '';
if (/[\\\\/]${module}\\.train(\\.[cm]?[jt]s)?$/.test(started)) main();`,
  ].join('\n\n')}\n`;
}
