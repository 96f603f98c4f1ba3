/** Batches of changed pictures in a training script in TypeScript. */
import type { ScriptFacts } from './pythonData';

export const drawing = `\
/** From 0 to count − 1. */
function draw(count: number): number {
  return Math.floor(Math.random() * count);
}

function shuffled(count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = draw(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}`;

export const balancedOrder = `\
/**
 * Positions of as many images as there are, every class equally likely in a draw.
 * All images of a class come once before one of them comes again.
 */
function epochOrder({ count, labels }: ImageSet): number[] {
  const members = new Map<number, number[]>();
  for (let i = 0; i < count; i++) {
    const label = labels[i]!;
    members.set(label, [...(members.get(label) ?? []), i]);
  }
  const classes = [...members.values()];
  const left = classes.map((): number[] => []);
  return Array.from({ length: count }, () => {
    const k = draw(classes.length);
    const images = classes[k]!;
    if (left[k]!.length === 0) {
      left[k] = shuffled(images.length).map((i) => images[i]!);
    }
    return left[k]!.pop()!;
  });
}`;

export const betaFunction = `\
/** From Beta(α, α), by the method of Jöhnk (1964). */
function drawBeta(alpha: number): number {
  for (;;) {
    const x = Math.log(1 - Math.random()) / alpha;
    const y = Math.log(1 - Math.random()) / alpha;
    const larger = Math.max(x, y);
    const sum = larger + Math.log(Math.exp(x - larger) + Math.exp(y - larger));
    if (sum <= 0) return Math.exp(x - sum);
  }
}`;

export function batches({ recipe, classes, hasClassWeights }: ScriptFacts): string {
  const { labelSmoothing, mixup, sampling, augmentation } = recipe;
  const { crop, cutout, flip } = augmentation;
  const changes = crop > 0 || cutout > 0 || flip;
  const column = flip ? '(flip ? width - 1 - x : x)' : 'x';
  const [row, from] = crop > 0 ? ['y + top', `${column} + left`] : ['y', column];
  const draws = [
    ...(crop > 0
      ? ['  const top = draw(2 * crop + 1) - crop;', '  const left = draw(2 * crop + 1) - crop;']
      : []),
    ...(flip ? ['  const flip = Math.random() < 0.5;'] : []),
    ...(cutout > 0
      ? [
          '  const cutTop = draw(height) - Math.floor(cutout / 2);',
          '  const cutLeft = draw(width) - Math.floor(cutout / 2);',
        ]
      : []),
  ];
  const inside =
    crop > 0
      ? `\
      const inside = row >= 0 && row < height && column >= 0 && column < width;
`
      : '';
  const cutCode =
    cutout > 0
      ? `\
      const cutRow = y >= cutTop && y < cutTop + cutout;
      const isCut = cutRow && x >= cutLeft && x < cutLeft + cutout;
`
      : '';
  const read = 'pixels[first + c]!';
  const value = crop > 0 ? `inside ? ${read} : 0` : read;
  const writeImage = `\
/** Writes the pixels of an image to a batch${changes ? ', changed at random' : ''}${cutout > 0 ? '; what is cut out gets the mean' : ''}. */
function writeImage(
  { height, width, channels, pixels }: ImageSet,
  image: number,
  target: Float32Array,
  offset: number,
): void {
  const start = image * height * width * channels;
${draws.map((line) => `${line}\n`).join('')}\
  let at = offset;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const row = ${row};
      const column = ${from};
      const first = start + (row * width + column) * channels;
${inside}${cutCode}\
      for (let c = 0; c < channels; c++, at++) {
${
  cutout > 0
    ? `\
        const value = ${value};
        target[at] = isCut ? 255 * mean[c]! : value;
`
    : `        target[at] = ${value};\n`
}\
      }
    }
  }
}`;
  const classesWord = `[batchSize, ${classes}]`;
  const share = labelSmoothing > 0 ? '1 - labelSmoothing' : '1';
  const fill = labelSmoothing > 0 ? `.fill(labelSmoothing / ${classes})` : '';
  const targetValue = `    targets[i * ${classes} + set.labels[image]!]! += ${share};`;
  const weighting = hasClassWeights
    ? `\
    const weight = classWeights[set.labels[image]!]!;
    sum += weight;
    for (let k = i * ${classes}; k < (i + 1) * ${classes}; k++) targets[k]! *= weight;
`
    : '';
  const mixing =
    mixup > 0
      ? `\
    // An image keeps the larger share.
    const drawn = drawBeta(mixup);
    const own = tf.scalar(Math.max(drawn, 1 - drawn));
    const others = tf.tensor1d(shuffled(batchSize), 'int32');
    const mixed = <T extends tf.Tensor>(x: T): T =>
      x.mul(own).add(x.gather(others).mul(tf.sub(1, own)));
    return { pixels: mixed(pixels), targets: mixed(expected) };`
      : '    return { pixels, targets: expected };';
  return `\
/** Pixels [batchSize, height, width, channels] and targets ${classesWord}. */
interface Batch {
  readonly pixels: tf.Tensor4D;
  readonly targets: tf.Tensor2D;
}

${writeImage}

/** A batch of the images at some positions${hasClassWeights ? '; targets are multiplied by what an image counts' : ''}. */
function batchOf(set: ImageSet, images: readonly number[]): Batch {
  const { height, width, channels } = set;
  const size = height * width * channels;
  const values = new Float32Array(batchSize * size);
  const targets = new Float32Array(batchSize * ${classes})${fill};
${hasClassWeights ? '  let sum = 0;\n' : ''}\
  images.forEach((image, i) => {
    writeImage(set, image, values, i * size);
${targetValue}
${weighting}\
  });
  return tf.tidy(() => {
    const shape: [number, number, number, number] = [
      batchSize,
      height,
      width,
      channels,
    ];
    const pixels = tf.tensor4d(values, shape);
${
  hasClassWeights
    ? `\
    const expected = tf
      .tensor2d(targets, [batchSize, ${classes}])
      .mul<tf.Tensor2D>(batchSize / sum);
`
    : `    const expected = tf.tensor2d(targets, [batchSize, ${classes}]);\n`
}\
${mixing}
  });
}

/** An epoch of batches, which the caller disposes of. */
function* trainingBatches(set: ImageSet): Generator<Batch> {
  const order = ${sampling === 'balanced' ? 'epochOrder(set)' : 'shuffled(set.count)'};
  for (let start = 0; start + batchSize <= order.length; start += batchSize) {
    yield batchOf(set, order.slice(start, start + batchSize));
  }
}`;
}
