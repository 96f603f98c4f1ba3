/** Batches of normalized images: endless and shuffled for training, once and in order for evaluation. */
import * as z from 'zod';
import { UserError } from '../errors';
import { Random, randomState } from '../random';
import { damagedState, requireState } from '../snapshot';
import { type Augmentation, type Transform, drawTransform, identity } from './augment';
import { type ImageSet, imageSize } from './dataSet';
import { mixBatch, type Partners } from './mixup';
import { balancedOrder, type Sampling } from './classBalance';
import { type Normalization, normalizationTables } from './normalization';
import { changed, type Pixels } from './pixelOperations';

export interface ImageBatch {
  /** [b, height, width, channels], row-major, normalized. A new array in each batch. */
  readonly images: Float32Array;
  /** [b] */
  readonly labels: Uint16Array;
  readonly shape: readonly [number, number, number, number];
  /** What the loss of each image counts, [b], where classes have weights. */
  readonly lossWeights?: Float32Array;
  /** Where images are mixed. */
  readonly partners?: Partners;
  /** True of the last batch of an epoch. */
  readonly epochEnd: boolean;
}

/** Which images of a set come in batches of which size. */
export interface BatchOptions {
  readonly set: ImageSet;
  /** Positions in the set. */
  readonly indices: Int32Array;
  readonly batchSize: number;
  readonly normalization: Normalization;
  /** What the loss of an image of each class counts, [classes]; all alike when left out. */
  readonly classWeights?: Float32Array;
}

export interface TrainingBatchOptions extends BatchOptions {
  readonly augmentation?: Augmentation;
  /** α of mixup's Beta(α, α); 0 or left out: images are not mixed. */
  readonly mixup?: number;
  /** `shuffled` when left out. */
  readonly sampling?: Sampling;
  /** The iterator's own; nothing else may draw from it. */
  readonly random: Random;
}

/** An image of a set, as the operations of a transform leave it. */
function pixelsOf(set: ImageSet, index: number, { operations }: Transform): Uint8Array {
  const { height, width, channels } = set;
  const image: Pixels = { bytes: set.images.at(index), height, width, channels };
  return operations.reduce((bytes, operation) => changed({ ...image, bytes }, operation), image.bytes);
}

/** Copies one image to its place in a batch. What a shift brings in from outside is black. */
function writeImage(
  set: ImageSet,
  index: number,
  transform: Transform,
  tables: readonly Float32Array[],
  target: Float32Array,
  offset: number,
): void {
  const { height, width, channels } = set;
  const { shiftY, shiftX, flip, cut } = transform;
  const pixels = pixelsOf(set, index, transform);
  let at = offset;
  for (let y = 0; y < height; y++) {
    const row = y + shiftY;
    const cutRow = y >= cut.top && y < cut.bottom;
    for (let x = 0; x < width; x++) {
      const column = (flip ? width - 1 - x : x) + shiftX;
      const inside = row >= 0 && row < height && column >= 0 && column < width;
      const source = (row * width + column) * channels;
      const isCut = cutRow && x >= cut.left && x < cut.right;
      for (let c = 0; c < channels; c++, at++) {
        target[at] = isCut ? 0 : tables[c]![inside ? pixels[source + c]! : 0]!;
      }
    }
  }
}

/** One image as it comes in a batch: [height, width, channels], changed and normalized. */
export function transformed(
  set: ImageSet,
  index: number,
  transform: Transform,
  normalization: Normalization,
): Float32Array {
  const image = new Float32Array(imageSize(set));
  writeImage(set, index, transform, normalizationTables(normalization), image, 0);
  return image;
}

function makeBatch(
  { set, classWeights }: Pick<BatchOptions, 'set' | 'classWeights'>,
  indices: Int32Array,
  tables: readonly Float32Array[],
  epochEnd: boolean,
  transform: () => Transform,
): ImageBatch {
  const size = imageSize(set);
  const images = new Float32Array(indices.length * size);
  indices.forEach((index, i) => writeImage(set, index, transform(), tables, images, i * size));
  const labels = Uint16Array.from(indices, (index) => set.labels[index]!);
  const lossWeights = classWeights && Float32Array.from(labels, (label) => classWeights[label]!);
  const shape = [indices.length, set.height, set.width, set.channels] as const;
  return { images, labels, shape, lossWeights, epochEnd };
}

const batchState = z.object({
  epoch: z.number().int().min(0),
  /** Batches of this epoch that were handed out. */
  position: z.number().int().min(0),
  /** Before the epoch was shuffled: gives its order again. */
  epochRandom: randomState,
  random: randomState,
});
/** Plain data that survives JSON. */
export type BatchState = z.infer<typeof batchState>;

/**
 * Training batches without end. Every epoch is shuffled or drawn anew; what does not fill a last batch is left out of it.
 */
export class BatchIterator {
  readonly batchesPerEpoch: number;
  private readonly tables: readonly Float32Array[];
  private random: Random;
  private epochRandom: Random;
  private order: Int32Array;
  private epoch = 0;
  private position = 0;

  /** @throws UserError when not even one batch can be filled */
  constructor(private readonly options: TrainingBatchOptions) {
    const { indices, batchSize, normalization, random } = options;
    this.batchesPerEpoch = Math.floor(indices.length / batchSize);
    if (this.batchesPerEpoch < 1) {
      throw new UserError(
        `A batch of ${batchSize} images cannot be filled from a split of ${indices.length}.`,
        'Use a smaller batch or more images.',
        'batch-too-large',
      );
    }
    this.tables = normalizationTables(normalization);
    this.random = random;
    this.epochRandom = Random.fromState(random.state());
    this.order = this.shuffled();
  }

  next(): ImageBatch {
    if (this.position === this.batchesPerEpoch) {
      this.epoch++;
      this.position = 0;
      this.epochRandom = Random.fromState(this.random.state());
      this.order = this.shuffled();
    }
    const { set, batchSize, augmentation, mixup, classWeights } = this.options;
    const start = this.position++ * batchSize;
    const transform = () =>
      augmentation ? drawTransform(augmentation, set.height, set.width, this.random) : identity;
    const epochEnd = this.position === this.batchesPerEpoch;
    const indices = this.order.subarray(start, start + batchSize);
    const batch = makeBatch(this.options, indices, this.tables, epochEnd, transform);
    return mixup ? mixBatch(batch, mixup, classWeights, this.random) : batch;
  }

  state(): BatchState {
    const { epoch, position, epochRandom, random } = this;
    return { epoch, position, epochRandom: epochRandom.state(), random: random.state() };
  }

  /**
   * Goes on where `state` was taken, over the same images and with the same options.
   * @throws UserError with code `checkpoint-damaged` when it is not the state of such an iterator
   */
  restore(state: unknown): void {
    const what = 'the training images';
    const { epoch, position, epochRandom, random } = requireState(batchState, state, what);
    if (position > this.batchesPerEpoch) {
      throw damagedState(what, `${position} batches of an epoch that has ${this.batchesPerEpoch}`);
    }
    this.epoch = epoch;
    this.position = position;
    this.epochRandom = Random.fromState(epochRandom);
    this.random = Random.fromState(epochRandom);
    this.order = this.shuffled();
    this.random = Random.fromState(random);
  }

  /** The images of an epoch in their order. */
  private shuffled(): Int32Array {
    const { set, indices, sampling } = this.options;
    return sampling === 'balanced'
      ? balancedOrder(set.labels, indices, this.random)
      : this.random.shuffle(indices.slice());
  }
}

/** Every image once, in the given order, without augmentation; the last batch may be smaller. */
export function* evaluationBatches(options: BatchOptions): Generator<ImageBatch, void, undefined> {
  const { indices, batchSize, normalization } = options;
  const tables = normalizationTables(normalization);
  for (let start = 0; start < indices.length; start += batchSize) {
    const part = indices.subarray(start, start + batchSize);
    yield makeBatch(options, part, tables, start + batchSize >= indices.length, () => identity);
  }
}
