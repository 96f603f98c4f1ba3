/** The data of a job: loaded, split, and cut into the batches of the search and of each training. */
import { crc32 } from 'node:zlib';
import { dataFolder } from '../backend/folders';
import type { Config } from '../config/schema';
import type { Augmentation } from '../data/augment';
import { BatchIterator, evaluationBatches } from '../data/batches';
import type { DuplicateGroups, ImageSet, ImageShape, LoadedData, LoadProgress } from '../data/dataSet';
import { ChosenImages, type Images } from '../data/images';
import { classWeights } from '../data/classBalance';
import { knownDuplicates, knownDuplicatesFolder } from '../data/duplicates/known';
import { shareAnew } from '../data/duplicates/shareAnew';
import { countClasses } from '../data/labels';
import { measureNormalization } from '../data/normalization';
import { dataSetNamed, loadDataSet } from '../data/registry';
import { smallPicture } from '../data/resample';
import { type DrawnSplits, makeSplits, type Splits, withoutCopies } from '../data/splits';
import { UserError } from '../errors';
import type { TrainingData } from '../estimate/training';
import type { RunEventOf } from '../protocol/events';
import { longestSide } from '../protocol/testReport';
import { Random } from '../random';
import { blindScore } from '../scores';
import type { SearchData } from '../search/searchData';
import type { NetworkFrame } from '../space/frame';
import type { GenotypeFile } from '../space/genotype';
import { usesSupernet } from './plan';

export interface LoadJobDataOptions {
  /** What relative paths in the config are relative to. */
  readonly configFolder: string;
  /** Data that ships with the tool. */
  readonly packedFolder?: string;
  readonly signal?: AbortSignal;
  /** @param fraction of the activity that is done, 0 … 1, where it is known */
  onProgress?(activity: string, fraction?: number): void;
}

type Telling = Pick<LoadJobDataOptions, 'signal' | 'onProgress'>;

/** Images in a batch where nothing is learned: larger is faster until memory runs out. */
export const evaluationBatchSize = 250;

/** All data of a job. Iterators it hands out are new each time and depend on the seed alone. */
export class JobData {
  readonly input: NetworkFrame;
  readonly images: { readonly train: number; readonly validation: number; readonly test: number };
  readonly classes: RunEventOf<'run'>['classes'];
  /** What a network scores on the test split that does not look at images. */
  readonly blindScore: number;
  readonly notices: readonly string[];
  readonly normalization: NonNullable<GenotypeFile['normalization']>;
  readonly classNames: string[];
  readonly searchStepsPerEpoch: number;
  readonly trainingStepsPerEpoch: number;
  private readonly splits: Splits;
  private contentHash: string | undefined;

  /** @throws UserError when a batch is larger than its split */
  constructor(
    private readonly config: Config,
    private readonly loaded: LoadedData,
  ) {
    const { height, width, channels, classes, classNames } = loaded.train;
    this.input = { input: { height, width, channels }, classes };
    this.classNames = [...classNames];
    const { training, final } = config;
    const { notices, ...splits } = splitsOf(config, loaded);
    this.splits = splits;
    const { train, validation, test } = splits;
    this.notices = [...(loaded.notice ? [loaded.notice] : []), ...notices];
    this.images = { train: train.length, validation: validation.length, test: test.length };
    this.blindScore = blindScore(config.score, countClasses(loaded.test.labels, classes, test));
    this.classes = { count: classes, largestShare: largestShare(loaded.test.labels, test, classes) };
    // Measured where the search trains, so that nothing it is judged on takes part.
    const { mean, std } = measureNormalization(loaded.train, train);
    this.normalization = { mean: [...mean], deviation: [...std] };
    // A gradient search takes a batch of either split for a step.
    const smaller = usesSupernet(config) ? Math.min(train.length, validation.length) : train.length;
    this.searchStepsPerEpoch = Math.floor(smaller / training.batchSize);
    this.trainingStepsPerEpoch = Math.floor((train.length + validation.length) / final.batchSize);
    if (!config.architecture) requireBatch('training.batchSize', training.batchSize, smaller);
    if (final.epochs > 0) requireBatch('final.batchSize', final.batchSize, train.length + validation.length);
  }

  /** Changes when the images that the run works on, their labels or the names of the classes do. */
  get content(): string {
    const { train, test } = this.loaded;
    const { train: trains, validation, test: tests } = this.splits;
    const parts = [
      [train, trains],
      [train, validation],
      [test, tests],
    ] as const;
    this.contentHash ??= parts
      .map(([{ images, labels: all, classNames }, positions]) => {
        const labels = Uint16Array.from(positions, (i) => all[i]!);
        const pixels = Uint32Array.from(positions, (i) => images.checksum(i));
        const bytes = ({ buffer, byteOffset, byteLength }: Uint32Array | Uint16Array) =>
          new Uint8Array(buffer, byteOffset, byteLength);
        return crc32(JSON.stringify(classNames), crc32(bytes(labels), crc32(bytes(pixels)))).toString(16);
      })
      .join('-');
    return this.contentHash;
  }

  /** Batches of the search: w on one split, α on the other. */
  search(): SearchData {
    const { training, data } = this.config;
    const { score } = this.config;
    const classWeights = this.classWeights(this.splits.train);
    const iterator = (split: 'train' | 'validation', stream = `search ${split} batches`): BatchIterator =>
      new BatchIterator({
        ...this.set(this.loaded.train, this.splits[split], training.batchSize),
        classWeights,
        sampling: data.sampling,
        augmentation: data.augmentation,
        // Architectures are judged by images as they are.
        mixup: split === 'train' ? data.augmentation.mixup : 0,
        random: Random.fromSeed(this.config.seed, stream),
      });
    return {
      classes: this.input.classes,
      score,
      train: iterator('train'),
      validation: iterator('validation'),
      trainBatches: (stream) => iterator('train', `${stream} batches`),
      plainBatches: () =>
        evaluationBatches({
          ...this.set(this.loaded.train, this.splits.train, training.batchSize),
          classWeights,
        }),
      architectureBatches: () =>
        evaluationBatches({
          ...this.set(this.loaded.train, this.splits.validation, evaluationBatchSize),
          classWeights,
        }),
      validationBatches: () =>
        evaluationBatches(this.set(this.loaded.train, this.splits.validation, evaluationBatchSize)),
      stepsPerEpoch: this.searchStepsPerEpoch,
    };
  }

  /**
   * Batches of one final training: both training splits, judged on the test split.
   * @param stream name of the training; each has its own order of images
   */
  training(stream: string): TrainingData {
    const { data, final, seed, score } = this.config;
    const indices = this.trainingImages();
    return {
      classNames: this.classNames,
      score,
      train: new BatchIterator({
        ...this.set(this.loaded.train, indices, final.batchSize),
        classWeights: this.classWeights(indices),
        sampling: data.sampling,
        augmentation: trainingAugmentation(this.config),
        mixup: data.augmentation.mixup,
        random: Random.fromSeed(seed, `${stream} batches`),
      }),
      plainBatches: () => evaluationBatches(this.set(this.loaded.train, indices, final.batchSize)),
      testBatches: () => evaluationBatches(this.set(this.loaded.test, this.splits.test, evaluationBatchSize)),
      testPicture: (position) => smallPicture(this.loaded.test, this.splits.test[position]!, longestSide),
      stepsPerEpoch: this.trainingStepsPerEpoch,
    };
  }

  /** The images of `training`, as they are before anything changes them, and those that test. */
  pictures(): { readonly train: PictureSet; readonly test: PictureSet } {
    return {
      train: chosenPictures(this.loaded.train, this.trainingImages()),
      test: chosenPictures(this.loaded.test, this.splits.test),
    };
  }

  /** The weights of classes in the training of found networks, to six digits; undefined where they have none. */
  get finalClassWeights(): number[] | undefined {
    const weights = this.classWeights(this.trainingImages());
    return weights && Array.from(weights, (weight) => Number(weight.toPrecision(6)));
  }

  /** Both training splits. */
  private trainingImages(): Int32Array {
    return Int32Array.from([...this.splits.train, ...this.splits.validation]);
  }

  /** What the loss of an image of each class counts, by the images of the split that trains. */
  private classWeights(indices: Int32Array): Float32Array | undefined {
    const { classWeights: weighting, effectiveNumberBeta } = this.config.data;
    const counts = countClasses(this.loaded.train.labels, this.input.classes, indices);
    return classWeights(weighting, [...counts], effectiveNumberBeta);
  }

  private set(set: ImageSet, indices: Int32Array, batchSize: number) {
    const { mean, deviation } = this.normalization;
    return { set, indices, batchSize, normalization: { mean, std: deviation } };
  }
}

/** Some images of a set with their labels. */
export interface PictureSet extends ImageShape {
  readonly count: number;
  /** [count] */
  readonly labels: Int32Array;
  readonly images: Images;
}

function chosenPictures(
  { images, labels, height, width, channels }: ImageSet,
  chosen: Int32Array,
): PictureSet {
  return {
    ...{ height, width, channels, count: chosen.length },
    labels: chosen.map((i) => labels[i]!),
    images: new ChosenImages(images, chosen),
  };
}

/** Of the images at `indices`, the share that is of the most frequent class; 0 without images. */
function largestShare(labels: ArrayLike<number>, indices: Int32Array, classes: number): number {
  const counts = countClasses(labels, classes, indices);
  return indices.length === 0 ? 0 : Math.max(...counts) / indices.length;
}

/** What the final training does to its images: as much as the search, and the cutout of its own. */
export function trainingAugmentation({ data: { augmentation }, final }: Config): Augmentation {
  const cutout = final.epochs > 0 ? final.cutout : 0;
  return { ...augmentation, cutout: Math.max(augmentation.cutout, cutout) };
}

function requireBatch(key: string, size: number, images: number): void {
  if (size <= images) return;
  throw new UserError(
    `${key} is ${size}, but there are only ${images} images to draw from.`,
    'Use a smaller batch or more training images.',
    'batch-too-large',
  );
}

/**
 * The data set of a config, shrunk where that is asked for, and not yet split.
 * @throws UserError when the data cannot be had or is broken
 */
export async function loadData(config: Config, options: LoadJobDataOptions): Promise<LoadedData> {
  const { configFolder, packedFolder, signal } = options;
  const onProgress = told(options);
  const loaded = await loadDataSet(config.data, {
    ...{ cacheFolder: dataFolder(), packedFolder, configFolder, seed: config.seed, signal, onProgress },
    ...((config.data.trainImages ?? config.data.testImages) !== undefined && {
      draw: (sets) => splitsOf(config, sets),
    }),
  });
  if (!keepsTogether(config)) return loaded;
  const duplicates = await lookForDuplicates(loaded, options);
  return shareAnew({ ...loaded, duplicates }, config.seed);
}

function lookForDuplicates(loaded: LoadedData, options: Telling): Promise<DuplicateGroups | undefined> {
  const context = { signal: options.signal, onProgress: told(options) };
  return knownDuplicates(loaded, knownDuplicatesFolder(dataFolder()), context);
}

/** Progress of loading as that of a job. */
function told({ onProgress }: Pick<LoadJobDataOptions, 'onProgress'>): (progress: LoadProgress) => void {
  return ({ step, fraction }) => onProgress?.(step, fraction);
}

/** Whether copies stay on one side of the splits. Sets that are the same for everybody stay as they are. */
function keepsTogether({ data }: Config): boolean {
  const isOwn = 'readFacts' in dataSetNamed(data.set);
  return isOwn && data.duplicates === 'together';
}

/**
 * Which images of a set that was loaded are copies of each other, also where they need not stay together.
 * @throws UserError with code `cancelled` when the signal was raised
 */
export async function duplicatesOf(
  config: Config,
  loaded: LoadedData,
  options: Telling,
): Promise<DuplicateGroups | undefined> {
  if (keepsTogether(config)) return loaded.duplicates;
  return lookForDuplicates(loaded, options);
}

/** @throws UserError when nothing would be left to train or to validate on */
export function splitsOf({ data, seed }: Config, loaded: LoadedData): DrawnSplits {
  if (loaded.drawn) return withoutCopies(loaded.drawn, loaded);
  return makeSplits(loaded, {
    validationFraction: data.validationShare,
    limit: data.trainImages,
    testLimit: data.testImages,
    seed,
  });
}

/** @throws UserError when the data cannot be had, is broken or does not fill a batch */
export async function loadJobData(config: Config, options: LoadJobDataOptions): Promise<JobData> {
  return new JobData(config, await loadData(config, options));
}
