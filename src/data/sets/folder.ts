/** A folder of pictures, a subfolder a class, decoded on threads and fitted one by one. */
import path from 'node:path';
import * as z from 'zod';
import { described, namedPath } from '../../describe';
import { broken } from '../broken';
import {
  type DataFacts,
  type DataSetEntry,
  type Fitting,
  type ImageSet,
  type LoadContext,
  type LoadedData,
  promised,
} from '../dataSet';
import { classesOf, classNameFindings, classNamesKey } from '../labels';
import { type PictureTree, pictureTree, sharedCounts, shareOut } from '../pictures/folderTree';
import {
  headerOf,
  maxBrokenKey,
  PictureReading,
  type PictureShapes,
  positionsLookedAt,
  shapesOf,
} from '../pictures/reading';

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
  maxBroken: maxBrokenKey,
  classNames: classNamesKey,
});
type Chosen = z.output<typeof options> & Fitting;

/** Sizes and channels of the pictures that are looked at. @throws UserError where none can be read */
function treeShapes(tree: PictureTree, root: string): PictureShapes {
  const files = [...tree.train.files, ...(tree.test?.files ?? [])];
  return shapesOf(
    positionsLookedAt(files.length).map((i) => headerOf(files[i]!)),
    root,
  );
}

function facts({ path: folder, testShare, classNames }: Chosen, configFolder: string): DataFacts {
  const root = path.resolve(configFolder, folder);
  const tree = pictureTree(root);
  const { sizes, channels } = treeShapes(tree, root);
  const counts = tree.test
    ? { train: tree.train.files.length, test: tree.test.files.length }
    : sharedCounts(tree, root, testShare);
  if (tree.test || classNames) classesOf([tree.train, ...(tree.test ? [tree.test] : [])], classNames);
  return {
    ...{ ...sizes[0]!, sizes, channels, classes: tree.classes.length },
    ...{ trainCount: counts.train, testCount: counts.test },
  };
}

async function load(chosen: Chosen, context: LoadContext): Promise<LoadedData> {
  const root = path.resolve(context.configFolder, chosen.path);
  const tree = pictureTree(root);
  const { train, test } = tree.test
    ? { train: tree.train, test: tree.test }
    : shareOut(tree, root, chosen.testShare, context.seed);
  const files = [...train.files, ...test.files];
  const names = files.map((file) => path.relative(root, file));
  const reading = new PictureReading(chosen, { source: root, names, files }, treeShapes(tree, root), context);
  const pixels = await reading.decode();
  // Broken pictures may leave a class without any, so that classes are told from what is left.
  const sound = [train, test].map(({ labels: all, source }, part) => {
    const from = part === 0 ? 0 : train.files.length;
    const there = all.flatMap((label, i) => {
      const picture = pixels[from + i];
      return picture ? { label, picture, file: files[from + i]! } : [];
    });
    const [labels, pictures] = [there.map(({ label }) => label), there.map(({ picture }) => picture)];
    return { labels, pictures, source, files: there.map(({ file }) => file) };
  });
  const there = new Set(sound.flatMap(({ labels: found }) => found));
  const lost = tree.classes.find((name) => !there.has(name));
  if (lost !== undefined) {
    const problem = `none of the pictures of the class ${lost} can be read: ${reading.brokenText()}.`;
    throw broken(root, problem, 'Mend them, or remove the class folder.');
  }
  const { classNames, labels } = classesOf(sound, chosen.classNames ?? tree.classes);
  const notices = [tree.notice, reading.brokenNotice()].filter((notice) => notice !== undefined);
  const [trainSet, testSet] = sound.map(({ pictures, files: sources }, part): ImageSet => {
    const { height, width, channels } = reading.shape;
    return {
      ...{ images: reading.join(pictures), labels: labels[part]!, count: pictures.length, files: sources },
      ...{ height, width, channels, classes: classNames.length, classNames },
    };
  });
  return {
    ...{ name: 'folder', train: trainSet!, test: testSet! },
    ...(notices.length > 0 && { notice: notices.join(' ') }),
    leftOut: reading.leftOut,
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
