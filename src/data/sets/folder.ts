/** A folder of pictures, a subfolder a class, decoded on threads and fitted one by one. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { described, namedPath } from '../../describe';
import { UserError } from '../../errors';
import { broken } from '../broken';
import type {
  DataFacts,
  DataSetEntry,
  Fitting,
  ImageSet,
  ImageSize,
  LoadContext,
  LoadedData,
} from '../dataSet';
import { imageSize, promised } from '../dataSet';
import { fittedShape } from '../fitting';
import { classesOf, classNameFindings, classNamesKey } from '../labels';
import { decodePictures } from '../pictures/decoder';
import {
  type PictureList,
  type PictureTree,
  pictureTree,
  sharedCounts,
  shareOut,
} from '../pictures/folderTree';
import { BrokenPicture, type PictureHeader, readHeader } from '../pictures/header';
import type { DecodeAnswer } from '../pictures/messages';

const description =
  'Your own pictures: a folder with a subfolder for each class, or with such folders in `train`, `val` and `test`; name it under `path`. PNG, JPEG, WebP, GIF (first frame), BMP, TIFF and AVIF.';

const options = z.strictObject({
  set: described(z.literal('folder'), description),
  path: described(
    namedPath('reads'),
    'Folder of the pictures, relative to this config file. Its subfolders are the classes, sorted by name; or they are called `train`, `test` and `val`, and hold the classes.',
  ),
  testShare: described(
    z.number().gt(0).lt(1).default(0.2),
    'Share of each class that tests (seeded), where there is no folder `test` or `val`.',
  ),
  maxBroken: described(
    z.number().min(0).max(1).default(0.05),
    'Share of the pictures that may be broken: they are listed and left out. Beyond it, the set is refused.',
  ),
  classNames: classNamesKey,
});
type Chosen = z.output<typeof options> & Fitting;

/** Headers that are read for the facts, evenly over the files: those of all where there are no more. */
const looked = 2000;
/** Broken files that a message names. */
const listed = 5;

/** Headers by file, as long as its size and time are the same: facts are asked for at every change of a config. */
const headers = new Map<string, { readonly stamp: string; readonly header: PictureHeader | undefined }>();
/** So that what a long session looked at does not fill the memory. */
const mostHeaders = 20_000;

function headerOf(file: string): PictureHeader | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  const stamp = `${stat?.size} ${stat?.mtimeMs}`;
  const known = headers.get(file);
  if (known?.stamp === stamp) return known.header;
  let header: PictureHeader | undefined;
  try {
    header = readHeader(file);
  } catch (error) {
    if (!(error instanceof BrokenPicture)) throw error;
  }
  if (headers.size >= mostHeaders) headers.clear();
  headers.set(file, { stamp, header });
  return header;
}

/** Sizes and channels of the pictures that are looked at. @throws UserError where none can be read */
function shapesOf(
  tree: PictureTree,
  root: string,
): { readonly sizes: ImageSize[]; readonly channels: 1 | 3 } {
  const files = [...tree.train.files, ...(tree.test?.files ?? [])];
  const step = Math.max(1, files.length / looked);
  const sizes = new Map<string, ImageSize>();
  let channels: 1 | 3 = 1;
  for (let i = 0; i < files.length; i += step) {
    const header = headerOf(files[Math.floor(i)]!);
    if (!header) continue;
    const { height, width } = header;
    sizes.set(`${height} ${width}`, { height, width });
    if (!header.isGrey) channels = 3;
  }
  if (sizes.size === 0) {
    throw broken(root, 'none of its pictures can be read.', 'Look whether the files open elsewhere.');
  }
  const sorted = [...sizes.values()].sort((a, b) => a.height * a.width - b.height * b.width);
  return { sizes: sorted, channels };
}

function facts({ path: folder, testShare, classNames }: Chosen, configFolder: string): DataFacts {
  const root = path.resolve(configFolder, folder);
  const tree = pictureTree(root);
  const { sizes, channels } = shapesOf(tree, root);
  const counts = tree.test
    ? { train: tree.train.files.length, test: tree.test.files.length }
    : sharedCounts(tree, root, testShare);
  if (tree.test || classNames) classesOf([tree.train, ...(tree.test ? [tree.test] : [])], classNames);
  return {
    ...{ ...sizes[0]!, sizes, channels, classes: tree.classes.length },
    ...{ trainCount: counts.train, testCount: counts.test },
  };
}

/** What became of the pictures of one part. */
interface Decoded {
  readonly list: PictureList;
  /** Undefined where the picture is broken. */
  readonly pixels: (Uint8Array | undefined)[];
}

class Reading {
  readonly broken: { readonly file: string; readonly reason: string }[] = [];
  private readonly fitting: Fitting;
  private readonly shape: DataFacts;

  constructor(
    private readonly chosen: Chosen,
    private readonly root: string,
    private readonly context: LoadContext,
    tree: PictureTree,
  ) {
    const { sizes, channels } = shapesOf(tree, root);
    const images = { ...sizes[0]!, sizes, channels };
    const { colour = 'as-is' } = chosen;
    // Where some are in colour, all have three channels.
    this.fitting = { ...chosen, colour: colour === 'as-is' ? (channels === 1 ? 'as-is' : 'rgb') : colour };
    this.shape = { ...images, ...fittedShape(images, chosen), classes: 0, trainCount: 0, testCount: 0 };
  }

  /** @throws UserError for what does not fit, and when too many are broken */
  async decode(lists: readonly PictureList[]): Promise<Decoded[]> {
    const files = lists.flatMap((list) => list.files);
    const pixels = new Array<Uint8Array | undefined>(files.length).fill(undefined);
    const { signal, onProgress } = this.context;
    let done = 0;
    const { imageSize: size, fit, enlarge, colour } = this.fitting;
    await decodePictures({
      files,
      fitting: { imageSize: size, fit, enlarge, colour },
      threads: Math.min(8, availableParallelism()),
      signal,
      onAnswer: (index, answer) => {
        pixels[index] = this.take(files[index]!, answer);
        done++;
        if (done % 100 === 0 || done === files.length) {
          onProgress?.({
            step: `Reading pictures: ${done} of ${files.length}`,
            fraction: done / files.length,
          });
        }
      },
    });
    this.requireSound(files.length);
    let at = 0;
    return lists.map((list) => ({ list, pixels: pixels.slice(at, (at += list.files.length)) }));
  }

  private take(file: string, answer: DecodeAnswer): Uint8Array | undefined {
    const name = path.relative(this.root, file);
    if (answer.kind === 'broken') {
      this.broken.push({ file: name, reason: answer.reason });
      return undefined;
    }
    if (answer.kind === 'unfit') throw this.unfit(name, answer.message, answer.hint);
    const { height, width, channels } = answer.shape;
    const words = `${height} × ${width} × ${channels}`;
    const wanted = `${this.shape.height} × ${this.shape.width} × ${this.shape.channels}`;
    if (words === wanted) return answer.pixels;
    if (channels !== this.shape.channels) {
      throw this.unfit(name, 'It is in colour, others are grey.', 'Write "colour": "rgb" or "grey".');
    }
    const hint = 'Write an "imageSize" with "fit": "crop" or "pad".';
    throw this.unfit(name, `It comes to ${words}, others to ${wanted}.`, hint);
  }

  private unfit(name: string, message: string, hint: string): UserError {
    return new UserError(`${this.root}: ${name} does not fit. ${message}`, hint, 'image-size');
  }

  /** In the order of their names, whichever thread was first. */
  brokenText(): string {
    const sorted = this.broken.toSorted((a, b) => (a.file < b.file ? -1 : 1));
    const lines = sorted.slice(0, listed).map(({ file, reason }) => `${file} (${reason})`);
    const more = sorted.length - lines.length;
    return lines.join(', ') + (more > 0 ? ` and ${more} more` : '');
  }

  private requireSound(total: number): void {
    if (this.broken.length <= this.chosen.maxBroken * total) return;
    throw broken(
      this.root,
      `${this.broken.length} of ${total} pictures cannot be read: ${this.brokenText()}.`,
      'Mend or remove them, or raise "maxBroken", the share that may be left out.',
    );
  }

  imageSet({ list, pixels }: Decoded, labels: Uint16Array, classNames: readonly string[]): ImageSet {
    const sound = pixels.flatMap((picture) => picture ?? []);
    const { height, width, channels } = this.shape;
    const size = imageSize({ height, width, channels });
    const images = new Uint8Array(sound.length * size);
    sound.forEach((picture, i) => images.set(picture, i * size));
    if (labels.length !== sound.length) throw new RangeError(`Labels and pictures of ${list.source} differ.`);
    return {
      ...{ images, labels, count: sound.length, height, width, channels },
      ...{ classes: classNames.length, classNames },
    };
  }
}

async function load(chosen: Chosen, context: LoadContext): Promise<LoadedData> {
  const root = path.resolve(context.configFolder, chosen.path);
  const tree = pictureTree(root);
  const { train, test } = tree.test
    ? { train: tree.train, test: tree.test }
    : shareOut(tree, root, chosen.testShare, context.seed);
  const reading = new Reading(chosen, root, context, tree);
  const decoded = await reading.decode([train, test]);
  // Broken pictures may leave a class without any, so that classes are told from what is left.
  const sound = decoded.map(({ list, pixels }) => ({
    labels: list.labels.filter((_, i) => pixels[i] !== undefined),
    source: list.source,
  }));
  const there = new Set(sound.flatMap(({ labels: names }) => names));
  const lost = tree.classes.find((name) => !there.has(name));
  if (lost !== undefined) {
    const problem = `none of the pictures of the class ${lost} can be read: ${reading.brokenText()}.`;
    throw broken(root, problem, 'Mend them, or remove the class folder.');
  }
  const { classNames, labels } = classesOf(sound, chosen.classNames ?? tree.classes);
  const left = reading.broken.length;
  const notices = [
    tree.notice,
    left > 0
      ? `${left === 1 ? '1 picture is' : `${left} pictures are`} left out, since broken: ${reading.brokenText()}.`
      : undefined,
  ].filter((notice) => notice !== undefined);
  const [trainSet, testSet] = decoded.map((part, i) => reading.imageSet(part, labels[i]!, classNames));
  return {
    ...{ name: 'folder', train: trainSet!, test: testSet! },
    ...(notices.length > 0 && { notice: notices.join(' ') }),
  };
}

export const folder = {
  name: 'folder',
  description,
  options,
  laptop: { imageSize: 32, fit: 'crop' },
  checks: ({ classNames }) => classNameFindings(classNames),
  readFacts: (chosen, configFolder) => promised(() => facts(chosen, configFolder)),
  load,
} satisfies DataSetEntry<typeof options>;
