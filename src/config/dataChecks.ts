/** Whether a config fits its data: sizes of images, splits and batches. Tells what the facts of a data set contradict. */
import type { DataFacts } from '../data/dataSet';
import { fittedShape } from '../data/fitting';
import type { Finding } from '../describe';
import { UserError } from '../errors';
import { strategyNamed } from '../search/strategies';
import { entryOf } from '../space/registry';
import type { Config } from './schema';

/** @param facts of the data as they are, before anything is fitted */
export function dataChecks(config: Config, facts: DataFacts): Finding[] {
  const sizes = [...countChecks(config, facts), ...fitChecks(config, facts)];
  // What follows from them is only known once they are right.
  return sizes.length > 0
    ? sizes
    : [...sideChecks(config, facts), ...batchChecks(config, facts), ...augmentationChecks(config, facts)];
}

function countChecks({ data }: Config, { trainCount, testCount }: DataFacts): Finding[] {
  const available = [
    ['trainImages', trainCount],
    ['testImages', testCount],
  ] as const;
  return available.flatMap(([key, count]) => {
    const wanted = data[key];
    if (wanted === undefined || wanted <= count) return [];
    const message = `${data.set} has ${count} such images, not ${wanted}.`;
    const hint = `Use at most ${count}, or leave the key out to take all.`;
    return [{ path: ['data', key], message, hint, instead: { value: undefined } }];
  });
}

/** Whether the images can come to the size and the channels that are wanted. */
function fitChecks({ data }: Config, facts: DataFacts): Finding[] {
  try {
    fittedShape(facts, data);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, hint, code } = error;
    if (code === 'colour') return [{ path: ['data', 'colour'], message, hint }];
    return [{ path: ['data', 'imageSize'], message, hint, ...smallerSize(data, facts) }];
  }
}

/** An image size in place of a default one that is larger than the images. */
function smallerSize(data: Config['data'], facts: DataFacts): Pick<Finding, 'instead'> {
  if (!facts.sizes) return { instead: { value: undefined } };
  const { imageSize } = data;
  const shortest = Math.min(...facts.sizes.map(({ height, width }) => Math.min(height, width)));
  return typeof imageSize === 'number' && shortest < imageSize ? { instead: { value: shortest } } : {};
}

function sideChecks(config: Config, facts: DataFacts): Finding[] {
  const { space, final } = config;
  const { imageSize } = config.data;
  const { height, width } = fittedShape(facts, config.data);
  const needed = entryOf(space).smallestSide(space, final.epochs > 0 ? final : undefined);
  if (Math.min(height, width) >= needed) return [];
  const message = `Images of ${height} × ${width} are too small for the reductions of this network, which need a side of ${needed}.`;
  const shorter = Math.min(facts.height, facts.width);
  if (typeof imageSize === 'number' && shorter >= needed) {
    return [
      { path: ['data', 'imageSize'], message, hint: `Use at least ${needed}.`, instead: { value: needed } },
    ];
  }
  const hint = 'Use larger images, or a space without a smallest size, such as "chain" or "mbconv".';
  return [{ path: ['space', 'type'], message, hint }];
}

/** Training images that the config leaves for w and for α. */
export function splitSizes({ data }: Config, { trainCount }: DataFacts): { weights: number; alpha: number } {
  const total = Math.min(data.trainImages ?? Infinity, trainCount);
  const alpha = Math.round(total * data.validationShare);
  return { weights: total - alpha, alpha };
}

function batchChecks(config: Config, facts: DataFacts): Finding[] {
  const { training, final, strategy } = config;
  const { weights, alpha } = splitSizes(config, facts);
  const total = weights + alpha;
  if (weights < 1 || alpha < 1) {
    const message = `Of ${total} training images, ${weights} would train the weights and ${alpha} α or validate.`;
    const hint =
      total < 2 ? 'Use at least 2 training images.' : 'Use a share nearer to one half, or more images.';
    const path = total < 2 ? ['data', 'trainImages'] : ['data', 'validationShare'];
    return [{ path, message, hint, ...(total >= 2 && { instead: { value: 0.5 } }) }];
  }
  const findings: Finding[] = [];
  // A gradient search takes a batch of either split for a step.
  const searches = config.architecture === undefined;
  const gradient = searches && strategyNamed(strategy.type).kind === 'gradient';
  const smaller = gradient ? Math.min(weights, alpha) : weights;
  if (searches && training.batchSize > smaller) {
    findings.push({
      path: ['training', 'batchSize'],
      message: `A batch of ${training.batchSize} is larger than a split (${weights} images for the weights, ${alpha} for α or validation).`,
      hint: `Use at most ${smaller}, or more training images.`,
      instead: { value: powerOfTwo(smaller) },
    });
  }
  if (final.epochs > 0 && final.batchSize > total) {
    findings.push({
      path: ['final', 'batchSize'],
      message: `A batch of ${final.batchSize} is larger than the training data (${total} images).`,
      hint: `Use at most ${total}, or more training images.`,
      instead: { value: powerOfTwo(total) },
    });
  }
  return findings;
}

/** The largest that is not above a number. */
function powerOfTwo(most: number): number {
  return 2 ** Math.floor(Math.log2(most));
}

/** What is to change an image a little must not remove it. */
function augmentationChecks({ data, final }: Config, facts: DataFacts): Finding[] {
  const { height, width } = fittedShape(facts, data);
  const shorter = Math.min(height, width);
  const findings: Finding[] = [];
  const cutouts = [
    [['data', 'augmentation', 'cutout'], data.augmentation.cutout],
    ...(final.epochs > 0 ? ([[['final', 'cutout'], final.cutout]] as const) : []),
  ] as const;
  for (const [path, cutout] of cutouts) {
    // The square of CIFAR-10 has half the side of the image, a quarter of it.
    if (2 * cutout ** 2 <= height * width) continue;
    findings.push({
      path,
      message: `A square of side ${cutout} covers more than half of images of ${height} × ${width}.`,
      hint: `Use ${Math.floor(shorter / 2)}, half of the shorter side, or 0 for none.`,
      instead: { value: Math.floor(shorter / 2) },
    });
  }
  if (data.augmentation.crop >= shorter) {
    findings.push({
      path: ['data', 'augmentation', 'crop'],
      message: `Moved by up to ${data.augmentation.crop} pixels, images of ${height} × ${width} can leave the frame.`,
      hint: `Use less than ${shorter}; an eighth of the side is common: ${Math.floor(shorter / 8)}.`,
    });
  }
  return findings;
}
