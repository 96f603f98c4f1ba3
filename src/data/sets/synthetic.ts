/**
 * Gratings of five directions and two widths of stripes in noise, drawn from the seed. The phase is random, so no pixel
 * by itself says anything about the class: a linear classifier fails where a small convolutional network succeeds.
 */
import { Random } from '../../random';
import { UserError } from '../../errors';
import type { DataSetEntry, ImageSet, LoadOptions, LoadedData } from '../dataSet';
import { stopIfCancelled } from '../dataSet';

const directions = 5;
/** Stripes across the image. */
const frequencies = [3, 5];
const classNames = frequencies.flatMap((stripes) =>
  Array.from({ length: directions }, (_, i) => `${stripes} stripes at ${(i * 180) / directions}°`),
);
/** Standard deviation of the noise beside an amplitude of 15 … 40. */
const noise = 50;
const defaults = { count: 2000, size: 28, channels: 1 };

function draw(
  target: Uint8Array,
  offset: number,
  label: number,
  size: number,
  channels: number,
  random: Random,
) {
  const spread = () => random.uniform() - 0.5;
  const angle = (((label % directions) + 0.3 * spread()) * Math.PI) / directions;
  const stripes = frequencies[Math.floor(label / directions)]! * (1 + 0.2 * spread());
  const phase = 2 * Math.PI * random.uniform();
  const amplitude = 15 + 25 * random.uniform();
  const tints = Array.from({ length: channels }, () => 0.5 + random.uniform());
  const [across, down] = [Math.cos(angle), Math.sin(angle)].map(
    (part) => (2 * Math.PI * stripes * part) / size,
  );
  let at = offset;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const wave = amplitude * Math.sin(across! * x + down! * y + phase);
      for (const tint of tints) {
        const value = 128 + tint * wave + noise * random.normal();
        target[at++] = Math.min(255, Math.max(0, Math.round(value)));
      }
    }
  }
}

function drawSet(count: number, size: number, channels: number, random: Random): ImageSet {
  const images = new Uint8Array(count * size * size * channels);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classNames.length);
  labels.forEach((label, i) => draw(images, i * size * size * channels, label, size, channels, random));
  return {
    images,
    labels,
    count,
    height: size,
    width: size,
    channels,
    classes: classNames.length,
    classNames,
  };
}

/** A quarter as many images test as train, unless it is said how many. */
function load({ seed, signal, synthetic, onProgress }: LoadOptions): Promise<LoadedData> {
  stopIfCancelled(signal);
  const { count, size, channels } = { ...defaults, ...synthetic };
  const testCount = synthetic?.testCount ?? Math.ceil(count / 4);
  if (count < 4 || size < 4 || ![1, 3].includes(channels)) {
    throw new UserError('Synthetic images need a count and a size of at least 4, and 1 or 3 channels.');
  }
  onProgress?.({ step: 'Drawing synthetic images' });
  return Promise.resolve({
    name: 'synthetic',
    train: drawSet(count, size, channels, Random.fromSeed(seed, 'synthetic train')),
    test: drawSet(testCount, size, channels, Random.fromSeed(seed, 'synthetic test')),
  });
}

export const synthetic: DataSetEntry = {
  name: 'synthetic',
  title: 'Synthetic gratings',
  description:
    'Striped patterns in noise, drawn from the seed, as many as asked for (2,000 training and 500 test images if not), 28 × 28 pixels, 10 classes; for trying things out.',
  shape: {
    height: defaults.size,
    width: defaults.size,
    channels: defaults.channels,
    classes: classNames.length,
  },
  load,
};
