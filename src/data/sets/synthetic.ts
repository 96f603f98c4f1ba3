/**
 * Gratings of five directions and two widths of stripes in noise, drawn from the seed. The phase is random, so no pixel
 * by itself says anything about the class: a linear classifier fails where a small convolutional network succeeds.
 */
import * as z from 'zod';
import { described } from '../../describe';
import { Random } from '../../random';
import type { DataSetEntry, ImageCounts, ImageSet } from '../dataSet';
import { HeldImages } from '../images';
import { imageSize, stopIfCancelled } from '../dataSet';

const directions = 5;
/** Stripes across the image. */
const frequencies = [3, 5];
const classNames = frequencies.flatMap((stripes) =>
  Array.from({ length: directions }, (_, i) => `${stripes} stripes at ${(i * 180) / directions}°`),
);
/** Standard deviation of the noise beside an amplitude of 15 … 40. */
const noise = 50;
/** Training images unless it is said how many. */
const drawn = 2000;

const description =
  'Striped patterns in noise, drawn from the seed, as many as asked for (2,000 training and 500 test images if not), 10 classes; for trying things out.';

const side = z.number().int().min(4).max(256).default(28);
const options = z.strictObject({
  set: described(z.literal('synthetic'), description),
  height: described(side, 'Rows of pixels.'),
  width: described(side, 'Columns of pixels.'),
  channels: described(
    z.union([z.literal(1), z.literal(3)]).default(1),
    '1: grey. 3: coloured, each image with a tint of its own.',
  ),
});

type Shape = Pick<ImageSet, 'height' | 'width' | 'channels'>;

function draw(
  target: Uint8Array,
  offset: number,
  label: number,
  { height, width, channels }: Shape,
  random: Random,
) {
  const spread = () => random.uniform() - 0.5;
  const angle = (((label % directions) + 0.3 * spread()) * Math.PI) / directions;
  const stripes = frequencies[Math.floor(label / directions)]! * (1 + 0.2 * spread());
  const phase = 2 * Math.PI * random.uniform();
  const amplitude = 15 + 25 * random.uniform();
  const tints = Array.from({ length: channels }, () => 0.5 + random.uniform());
  // As many stripes across the shorter side of the image as across a square one.
  const [across, down] = [Math.cos(angle), Math.sin(angle)].map(
    (part) => (2 * Math.PI * stripes * part) / Math.min(height, width),
  );
  let at = offset;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const wave = amplitude * Math.sin(across! * x + down! * y + phase);
      for (const tint of tints) {
        const value = 128 + tint * wave + noise * random.normal();
        target[at++] = Math.min(255, Math.max(0, Math.round(value)));
      }
    }
  }
}

function drawSet(count: number, shape: Shape, random: Random): ImageSet {
  const size = imageSize(shape);
  const images = new Uint8Array(count * size);
  const labels = Uint16Array.from({ length: count }, (_, i) => i % classNames.length);
  labels.forEach((label, i) => draw(images, i * size, label, shape, random));
  const { height, width, channels } = shape;
  return {
    ...{ images: new HeldImages(images, size), labels, count, height, width, channels },
    classes: classNames.length,
    classNames,
  };
}

/** A quarter as many images test as train, unless it is said how many. */
function counts({ trainImages = drawn, testImages = Math.ceil(trainImages / 4) }: ImageCounts) {
  return { trainCount: trainImages, testCount: testImages };
}

export const synthetic = {
  name: 'synthetic',
  description,
  options,
  laptop: { imageSize: 14 },
  facts: ({ height, width, channels, ...wanted }) => ({
    ...{ height, width, channels, classes: classNames.length },
    ...counts(wanted),
  }),
  load(chosen, { seed, signal, onProgress }) {
    stopIfCancelled(signal);
    onProgress?.({ step: 'Drawing synthetic images' });
    const { trainCount, testCount } = counts(chosen);
    return Promise.resolve({
      name: 'synthetic',
      train: drawSet(trainCount, chosen, Random.fromSeed(seed, 'synthetic train')),
      test: drawSet(testCount, chosen, Random.fromSeed(seed, 'synthetic test')),
    });
  },
} satisfies DataSetEntry<typeof options>;
