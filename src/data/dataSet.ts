/** What a data set is once it is loaded, and what an entry of the registry promises. */
import type * as z from 'zod';
import type { Finding } from '../describe';
import { UserError } from '../errors';
import { type Images, joined } from './images';

export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/** A size that pictures have before they are fitted. */
export interface PictureSize extends ImageSize {
  /** What messages call one of those that have it. */
  readonly example?: string;
}

export interface ImageShape extends ImageSize {
  readonly channels: number;
}

/** Labelled images of one size. */
export interface ImageSet extends ImageShape {
  readonly images: Images;
  /** [count], 0 … classes − 1. */
  readonly labels: Uint16Array;
  readonly count: number;
  readonly classes: number;
  readonly classNames: readonly string[];
  /**
   * [count], what an image belongs to beside its class, such as a video or a patient: images of one group stay on one side of
   * a split. A number means the same group in the training and in the test set.
   */
  readonly groups?: Int32Array;
  /** [count], the file of each image, where every image is a file of its own. */
  readonly files?: readonly string[];
}

/** A picture that is left out of a set, since it cannot be read. */
export interface LeftOut {
  /** What messages call it. */
  readonly name: string;
  /** Why, as the end of a sentence. */
  readonly reason: string;
  /** Undefined where its bytes are in another file. */
  readonly file?: string;
}

/** Images that are copies of each other, equal to the byte or nearly so. */
export interface DuplicateGroups {
  /** [count] of the training set: the number of each image’s group, from 0; −1 where there is no other image like it. */
  readonly train: Int32Array;
  /** [count] of the test set, in the same groups. */
  readonly test: Int32Array;
  /** How many groups there are. */
  readonly count: number;
}

/** Which images a run works on, drawn before any of them was read. Positions in the sets that were loaded. */
export interface DrawnImages {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  /** What the person should know of the draw. */
  readonly notices: readonly string[];
}

export interface LoadedData {
  readonly name: string;
  readonly train: ImageSet;
  readonly test: ImageSet;
  /** Where the sets hold no more than what was drawn of the data. */
  readonly drawn?: DrawnImages;
  /** What the person should know about it, such as that it is a subset. */
  readonly notice?: string;
  /** Pictures that are left out. */
  readonly leftOut?: readonly LeftOut[];
  /** Images that are to be on one side of every split, since they are copies of each other; undefined where there are none. */
  readonly duplicates?: DuplicateGroups;
  /** Where nothing said which images test: the share of all that the reader kept for it, in disjoint sets. */
  readonly testShare?: number;
}

/** The four files of a set that is kept as images and labels. */
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

/** What every set has in the `data` section of a config, as far as facts and loading depend on it. */
export type ImageCounts = {
  /** Images that are wanted at most; drawn sets draw as many. */
  readonly trainImages?: number;
  readonly testImages?: number;
};

/** How a config wants images to be, in size and channels; every set has these keys. */
export type Fitting = {
  /** The shorter side in pixels, or height and width. Undefined: as they are. */
  readonly imageSize?: number | readonly [height: number, width: number];
  /** How an image of another aspect comes to that size; `shrink` unless it is said. */
  readonly fit?: 'shrink' | 'crop' | 'pad';
  /** Smaller images are enlarged rather than refused. */
  readonly enlarge?: boolean;
  /** Channels; `as-is` unless it is said. */
  readonly colour?: 'as-is' | 'grey' | 'rgb';
};

/** What is known of a data set without its pixels. */
export interface DataFacts extends ImageShape {
  /** Of a set whose pictures are fitted one by one while they are read: which sizes they have. */
  readonly sizes?: readonly PictureSize[];
  readonly classes: number;
  readonly trainCount: number;
  readonly testCount: number;
}

/** What loading depends on beside the set's keys in a config. */
export interface LoadContext {
  /** Where fetched data sets are kept from run to run. Created when needed. */
  readonly cacheFolder: string;
  /** Subsets that ship with the extension. */
  readonly packedFolder?: string;
  /** Relative paths in a config start here. */
  readonly configFolder: string;
  readonly signal?: AbortSignal;
  readonly seed: number;
  /** Bytes of decoded pictures that are held in memory, where it is not left to the reader; more are read from a file. */
  readonly mostHeld?: number;
  /**
   * Draws what the run will work on, where that may be less than there is: readers for which an image is work ask before they read.
   * @param sets with labels of all images; their images are not looked at
   */
  draw?(sets: Pick<LoadedData, 'name' | 'train' | 'test'>): DrawnImages;
  onProgress?(progress: LoadProgress): void;
}

/** A set's keys in the `data` section of a config, checked, with those of all sets that facts and loading depend on. */
type Chosen<S extends z.ZodObject> = z.output<S> & ImageCounts & Fitting;

/** What every entry has. */
interface EntryOfAny<S extends z.ZodObject> {
  /** What configs call it. */
  readonly name: string;
  /** One sentence for hover texts. */
  readonly description: string;
  readonly options: S;
  /** What the preset `laptop` has for this set, for a search of minutes. */
  readonly laptop?: Partial<z.input<S>> & Pick<Fitting, 'imageSize' | 'fit'>;
  /** What contradicts itself in the set's keys though each is valid; paths start at the `data` section. */
  checks?(chosen: Chosen<S>): Finding[];
  /** @throws UserError when the data cannot be had or is broken, with code `cancelled` when the signal was raised */
  load(chosen: Chosen<S>, context: LoadContext): Promise<LoadedData>;
}

/** An entry whose facts follow from its keys. */
interface EntryOfKnown<S extends z.ZodObject> extends EntryOfAny<S> {
  /** What is known before loading. */
  facts(chosen: Chosen<S>): DataFacts;
}

/** An entry whose facts stand in files that a config names. */
interface EntryOfFiles<S extends z.ZodObject> extends EntryOfAny<S> {
  /**
   * What is known before loading: headers are read, and labels, to count the classes. It depends on no key that gives way where it
   * does not fit.
   * @param seed of the config, where a share is kept for the test
   * @throws UserError when files are missing or broken
   */
  readFacts(chosen: Chosen<S>, configFolder: string, seed: number): Promise<DataFacts>;
}

/** @typeParam S schema of the keys that only this set has; its key `set` has the set's name as its only value */
export type DataSetEntry<S extends z.ZodObject = z.ZodObject> = EntryOfKnown<S> | EntryOfFiles<S>;

/** Values of one image. */
export function imageSize({ height, width, channels }: ImageShape): number {
  return height * width * channels;
}

/** The pixels of all images, [count, height, width, channels]. */
export function imageBytes(set: ImageSet): Uint8Array {
  return joined(set.images, set.count, imageSize(set));
}

/** @throws UserError with code `cancelled` once the signal is raised */
export function stopIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new UserError('Loading the data was cancelled.', undefined, 'cancelled');
}

/** What is read at once, as a promise, which is rejected with what is thrown meanwhile. */
export function promised<T>(read: () => T): Promise<T> {
  return new Promise((resolve) => resolve(read()));
}
