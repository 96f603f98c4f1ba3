/** What a data set is once it is loaded, and what an entry of the registry promises. */
import { UserError } from '../errors';

/** Labelled images of one size. */
export interface ImageSet {
  /** [count, height, width, channels], row-major, 0 … 255. */
  readonly images: Uint8Array;
  /** [count], 0 … classes − 1. */
  readonly labels: Uint8Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly classes: number;
  readonly classNames: readonly string[];
}

export interface LoadedData {
  readonly name: string;
  readonly train: ImageSet;
  readonly test: ImageSet;
  /** What the person should know about it, such as that it is a subset. */
  readonly notice?: string;
}

/** Paths of the set `idx`. */
export interface DataFiles {
  readonly trainImages: string;
  readonly trainLabels: string;
  readonly testImages: string;
  readonly testLabels: string;
}

export interface LoadProgress {
  /** A few words, such as "Reading MNIST". */
  readonly step: string;
  /** Done part of the step, 0 … 1, where it is known. */
  readonly fraction?: number;
}

export interface LoadOptions {
  /** Where fetched data sets are kept from run to run. Created when needed. */
  readonly cacheFolder: string;
  /** Subsets that ship with the extension. */
  readonly packedFolder?: string;
  /** Relative paths in `files` start here. */
  readonly configFolder: string;
  readonly files?: DataFiles;
  readonly signal?: AbortSignal;
  readonly seed: number;
  /** Of the set `synthetic` only: training and test images, side in pixels, 1 or 3 channels. */
  readonly synthetic?: {
    readonly count?: number;
    readonly testCount?: number;
    readonly size?: number;
    readonly channels?: number;
  };
  onProgress?(progress: LoadProgress): void;
}

export interface DataSetEntry {
  /** As configs name it. */
  readonly name: string;
  readonly title: string;
  /** One sentence for hover texts. */
  readonly description: string;
  /** Unknown before loading for files of the user's own. */
  readonly shape?: {
    readonly height: number;
    readonly width: number;
    readonly channels: number;
    readonly classes: number;
  };
  /** Unknown for files of the user's own, any number for drawn images. */
  readonly trainCount?: number;
  readonly testCount?: number;
  /** @throws UserError when the data cannot be had or is broken, with code `cancelled` when the signal was raised */
  load(options: LoadOptions): Promise<LoadedData>;
}

/** Values of one image. */
export function imageSize(set: Pick<ImageSet, 'height' | 'width' | 'channels'>): number {
  return set.height * set.width * set.channels;
}

/** @throws UserError with code `cancelled` once the signal is raised */
export function stopIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new UserError('Loading the data was cancelled.', undefined, 'cancelled');
}
