/** A folder of pictures, a subfolder a class, decoded on threads and fitted one by one. */
import path from 'node:path';
import * as z from 'zod';
import { described, namedPath } from '../../describe';
import { broken } from '../broken';
import {
  type DataFacts,
  type DataSetEntry,
  type DrawnImages,
  type Fitting,
  type ImageSet,
  type LoadContext,
  type LoadedData,
  promised,
} from '../dataSet';
import { ChosenImages, HeldImages } from '../images';
import { classesOf, classNameFindings, classNamesKey } from '../labels';
import { type PictureList, type PictureTree, pictureTree, shareOut } from '../pictures/folderTree';
import { groupPatternFindings, groupPatternKey, groupsByPattern } from '../pictures/groupPattern';
import {
  headerOf,
  maxBrokenKey,
  PictureReading,
  type PictureShapes,
  positionsLookedAt,
  shapesOf,
} from '../pictures/reading';
import type { KeptHeader } from '../pictures/pictureFile';
import { keepForTest, testShareKey } from '../splits';

const description =
  'Your own pictures: a folder with a subfolder for each class, or with such folders in `train`, `val` and `test`; name it under `path`. PNG, JPEG, WebP, GIF (first frame), BMP, TIFF and AVIF.';

const options = z.strictObject({
  set: described(z.literal('folder'), description),
  path: described(
    namedPath('reads'),
    'Folder of the pictures, relative to this config file. Its subfolders are the classes, sorted by name; or they are called `train`, `test` and `val`, and hold the classes.',
  ),
  testShare: testShareKey(
    'Share of each class that tests (seeded), where there is no folder `test` or `val`.',
  ),
  group: groupPatternKey,
  maxBroken: maxBrokenKey,
  classNames: classNamesKey,
});
type Chosen = z.output<typeof options> & Fitting;
type Classes = ReturnType<typeof classesOf>;
type Labelled = Pick<LoadedData, 'name' | 'train' | 'test'>;

/** Sizes and channels of the pictures that are looked at. @throws UserError where none can be read */
function treeShapes(
  tree: PictureTree,
  root: string,
  header: (file: string) => KeptHeader | undefined = headerOf,
): PictureShapes {
  const files = [...tree.train.files, ...(tree.test?.files ?? [])];
  return shapesOf(
    positionsLookedAt(files.length).map((i) => [files[i]!, header(files[i]!)]),
    root,
  );
}

function facts(chosen: Chosen, configFolder: string, seed: number): DataFacts {
  const { path: folder, classNames } = chosen;
  const root = path.resolve(configFolder, folder);
  const tree = pictureTree(root);
  const { sizes, channels } = treeShapes(tree, root);
  const [train, test] = partsOf(tree, root, chosen, seed);
  if (tree.test || classNames) classesOf([tree.train, ...(tree.test ? [tree.test] : [])], classNames);
  const { height, width } = sizes[0]!;
  return {
    ...{ height, width, sizes, channels, classes: tree.classes.length },
    ...{ trainCount: train.list.files.length, testCount: test.list.files.length },
  };
}

/** Pictures of one part, with the group of each where there are groups. */
interface Part {
  readonly list: PictureList;
  readonly groups?: Int32Array;
}

/** @throws UserError where a class or the groups are too few to share out */
function partsOf(
  { train, test, ...tree }: PictureTree,
  root: string,
  { group, testShare }: Chosen,
  seed: number,
): readonly [train: Part, test: Part] {
  if (group === undefined) {
    const parts = test ? { train, test } : shareOut({ train, ...tree }, root, testShare, seed);
    return [{ list: parts.train }, { list: parts.test }];
  }
  const files = [...train.files, ...(test?.files ?? [])];
  const groups = groupsByPattern(
    files.map((file) => path.relative(root, file)),
    group,
    root,
  );
  const own = train.files.length;
  if (test) {
    return [
      { list: train, groups: groups.slice(0, own) },
      { list: test, groups: groups.slice(own) },
    ];
  }
  const labels = train.labels.map((name) => tree.classes.indexOf(name));
  const kept = keepForTest({ labels, groups }, testShare, seed, root);
  const part = (positions: Int32Array): Part => {
    const of = <T>(values: readonly T[]): T[] => Array.from(positions, (at) => values[at]!);
    const list = { files: of(train.files), labels: of(train.labels), source: train.source };
    return { list, groups: positions.map((at) => groups[at]!) };
  };
  return [part(kept.train), part(kept.test)];
}

async function load(chosen: Chosen, context: LoadContext): Promise<LoadedData> {
  const root = path.resolve(context.configFolder, chosen.path);
  const tree = pictureTree(root);
  const parts = partsOf(tree, root, chosen, context.seed);
  const [{ list: train }, { list: test }] = parts;
  const told = context.draw && classesOf([train, test], chosen.classNames ?? tree.classes);
  const drawn = told && context.draw?.(labelled(parts, told));
  const wanted = drawn
    ? [sorted(drawn.train, drawn.validation), sorted(drawn.test)]
    : [train, test].map((list) => Int32Array.from(list.files.keys()));
  const files = [train, test].flatMap((list, part) => Array.from(wanted[part]!, (i) => list.files[i]!));
  // All are below the root, and for many files `path.relative` takes longer than to read the kept pictures.
  const inner = root.endsWith(path.sep) ? root.length : root.length + 1;
  const names = files.map((file) => file.slice(inner));
  const pictures = {
    ...{ source: root, names, files, isPart: drawn !== undefined },
    originOf: (slot: number) => ({ file: files[slot]! }),
  };
  const reading = await PictureReading.open(chosen, pictures, context, (header) =>
    treeShapes(tree, root, header),
  );
  const { images, isSound } = await reading.decode();
  // Broken pictures may leave a class without any, so that classes are told from what is left.
  const sound = [train, test].map(({ labels: all, source }, part) => {
    const from = part === 0 ? 0 : wanted[0]!.length;
    const slots = Array.from(wanted[part]!, (_, i) => from + i).filter(isSound);
    const positions = slots.map((slot) => wanted[part]![slot - from]!);
    return { slots, positions, source, labels: positions.map((position) => all[position]!) };
  });
  const there = new Set(sound.flatMap(({ labels: found }) => found));
  const asked = new Set(
    [train, test].flatMap((list, part) => Array.from(wanted[part]!, (i) => list.labels[i]!)),
  );
  const lost = tree.classes.find((name) => asked.has(name) && !there.has(name));
  if (lost !== undefined) {
    const problem = `none of the pictures of the class ${lost} can be read: ${reading.brokenText()}.`;
    throw broken(root, problem, 'Mend them, or remove the class folder.');
  }
  const { classNames, labels } = told
    ? {
        classNames: told.classNames,
        labels: sound.map(({ positions }, part) =>
          Uint16Array.from(positions, (i) => told.labels[part]![i]!),
        ),
      }
    : classesOf(sound, chosen.classNames ?? tree.classes);
  const notices = [tree.notice, reading.brokenNotice(), ...reading.notices].filter(
    (notice) => notice !== undefined,
  );
  const [trainSet, testSet] = sound.map(({ slots, positions }, part): ImageSet => {
    const { height, width, channels } = reading.shape;
    const { groups } = parts[part]!;
    return {
      ...{ images: new ChosenImages(images, slots), labels: labels[part]!, count: slots.length },
      files: slots.map((slot) => files[slot]!),
      ...{ height, width, channels, classes: classNames.length, classNames },
      ...(groups && { groups: Int32Array.from(positions, (at) => groups[at]!) }),
    };
  });
  return {
    ...{ name: 'folder', train: trainSet!, test: testSet! },
    ...(notices.length > 0 && { notice: notices.join(' ') }),
    leftOut: reading.leftOut,
    ...(drawn ? { drawn: among(drawn, sound) } : !tree.test && { testShare: chosen.testShare }),
  };
}

/** Sets that have labels and no images yet. */
function labelled(parts: readonly Part[], { classNames, labels }: Classes): Labelled {
  const [train, test] = parts.map(({ list: { files }, groups }, part): ImageSet => {
    const nothing = { images: new HeldImages(new Uint8Array(0), 0), height: 0, width: 0, channels: 0 };
    const known = { labels: labels[part]!, count: files.length, classes: classNames.length, classNames };
    return { ...nothing, ...known, ...(groups && { groups }) };
  });
  return { name: 'folder', train: train!, test: test! };
}

function sorted(...parts: readonly Int32Array[]): Int32Array {
  return Int32Array.from(parts.flatMap((part) => [...part])).sort();
}

/** What was drawn, as positions among the pictures that were read; broken ones are left out of their part. */
function among(
  drawn: DrawnImages,
  [train, test]: readonly { readonly positions: readonly number[] }[],
): DrawnImages {
  const placesOf = (positions: readonly number[]) => new Map(positions.map((position, i) => [position, i]));
  const places = { train: placesOf(train!.positions), test: placesOf(test!.positions) };
  const within = (part: Int32Array, known: ReadonlyMap<number, number>) =>
    Int32Array.from([...part].flatMap((position) => known.get(position) ?? []));
  return {
    train: within(drawn.train, places.train),
    validation: within(drawn.validation, places.train),
    test: within(drawn.test, places.test),
    notices: drawn.notices,
  };
}

export const folder = {
  name: 'folder',
  description,
  options,
  laptop: { imageSize: 32, fit: 'crop' },
  checks: ({ classNames, group }) => [...classNameFindings(classNames), ...groupPatternFindings(group)],
  readFacts: (chosen, configFolder, seed) => promised(() => facts(chosen, configFolder, seed)),
  load,
} satisfies DataSetEntry<typeof options>;
