/** Pictures of the test split with what a run's network computes of them. */
import { UserError } from '../errors';
import type { Samples } from '../generate/codeTest';
import { prepareEngine } from '../job/engine';
import type { ArrayBatch } from '../network/batch';
import { createFoundNetwork } from '../network/engines';
import type { RunFolder } from '../runs/runFolder';
import { defaultThreads } from '../threads';
import type { readWeights } from '../job/weights';
import { dataOf } from './runData';

type Stored = ReturnType<typeof readWeights>;

/** As many as a person would look through. */
const count = 10;

/**
 * @throws UserError when the data of the run cannot be had any more, or nobody wrote down how its pictures were normalized
 */
export async function samplesOf(
  { run }: Pick<RunFolder, 'run'>,
  { file, plan, weights, statistics }: Stored,
): Promise<Samples> {
  if (!file.normalization) {
    throw new UserError('The run does not say how pictures come to its network.', 'Leave the test out.');
  }
  const data = await dataOf(run);
  const batch = first(data.training('samples').testBatches());
  const engine = await prepareEngine({ choice: 'auto', threads: defaultThreads(), plans: [plan] });
  const network = createFoundNetwork(plan, engine);
  try {
    network.restoreStatistics({ statistics });
    const { logits } = await network.evaluate(batch, weights);
    const { classes } = file.network;
    return {
      shape: batch.shape,
      pixels: Buffer.from(pixelsOf(batch, file)).toString('base64'),
      logits: Array.from({ length: batch.shape[0] }, (_, i) => [
        ...logits.subarray(i * classes, (i + 1) * classes),
      ]),
    };
  } finally {
    network.dispose();
  }
}

/** The first images of the first batch. */
function first(batches: Iterable<ArrayBatch>): ArrayBatch {
  for (const { images, labels, shape } of batches) {
    const [all, height, width, channels] = shape;
    const kept = Math.min(count, all);
    return {
      images: images.slice(0, kept * height * width * channels),
      labels: Array.from(labels).slice(0, kept),
      shape: [kept, height, width, channels],
    };
  }
  throw new RangeError('The test split is empty.');
}

/** Images as they were before they were normalized: a byte comes back whole. */
function pixelsOf({ images, shape }: ArrayBatch, { normalization }: Stored['file']): Uint8Array {
  const { mean, deviation } = normalization!;
  const channels = shape[3];
  return Uint8Array.from(images, (value, i) => {
    const channel = i % channels;
    return Math.round(255 * (value * deviation[channel]! + mean[channel]!));
  });
}
