/**
 * The pictures in a folder: a subfolder a class, as torchvision's ImageFolder has it, or such folders within `train`, `val` and
 * `test`. Links to files are followed where they stay in the folder; links to folders and links that lead out are refused.
 */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { Random } from '../../random';
import { broken } from '../broken';
import { byCodePoint } from '../labels';
import { pictureFile } from './header';

/** Pictures by class and then by path, both in the order of code points. */
export interface PictureList {
  /** Absolute paths. */
  readonly files: readonly string[];
  /** Of every file, the name of its class. */
  readonly labels: readonly string[];
  /** The folder that they are in, for messages. */
  readonly source: string;
}

export interface PictureTree {
  /** All pictures, or those of the folders `train` and, where there is a folder `test` as well, `val`. */
  readonly train: PictureList;
  /** Those of the folder `test`, or else of `val`; undefined where the pictures are to be shared out. */
  readonly test?: PictureList;
  /** Names of the class folders, sorted. */
  readonly classes: readonly string[];
  /** What the person should know about it. */
  readonly notice?: string;
}

const parts = {
  train: ['train'],
  val: ['val', 'valid', 'validation'],
  test: ['test'],
} as const;

/** Everything visible in a folder. */
interface Inside {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

function look(root: string, folder: string): Inside {
  const folders: string[] = [];
  const files: string[] = [];
  const inner = realpathSync(root) + path.sep;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    if (entry.isSymbolicLink()) {
      const place = path.join(folder, entry.name);
      if (leadsToFile(root, inner, place)) files.push(entry.name);
    } else if (entry.isDirectory()) folders.push(entry.name);
    else if (entry.isFile()) files.push(entry.name);
  }
  return { folders: folders.sort(byCodePoint), files: files.sort(byCodePoint) };
}

/** @throws UserError for links that are refused */
export function leadsToFile(root: string, inner: string, link: string): boolean {
  const name = path.relative(root, link);
  let target: string;
  try {
    target = realpathSync(link);
  } catch {
    throw broken(root, `the symbolic link ${name} leads nowhere.`, 'Remove it.');
  }
  if (!target.startsWith(inner)) {
    throw broken(
      root,
      `the symbolic link ${name} leads out of the folder, to ${target}.`,
      'Copy what it leads to into the folder.',
    );
  }
  if (statSync(target).isFile()) return true;
  throw broken(root, `the symbolic link ${name} leads to a folder.`, 'Copy the folder, or link its files.');
}

/** Pictures in a folder and those below it, in the order of their paths. */
function picturesIn(root: string, folder: string): string[] {
  const { folders, files } = look(root, folder);
  return [
    ...files.filter((name) => pictureFile.test(name)).map((name) => `${folder}${path.sep}${name}`),
    ...folders.flatMap((name) => picturesIn(root, path.join(folder, name))),
  ];
}

function listOf(root: string, source: string, classes: readonly string[]): PictureList {
  const members = classes.map((name) => ({ name, files: picturesIn(root, path.join(source, name)) }));
  const empty = members.find(({ files }) => files.length === 0);
  if (empty) {
    const problem = `there are no pictures in the class folder ${path.relative(root, path.join(source, empty.name))}.`;
    throw broken(
      root,
      problem,
      'Pictures are .png, .jpg, .webp, .gif, .bmp, .tif and .avif; remove folders that are no class.',
    );
  }
  return {
    files: members.flatMap(({ files }) => files),
    labels: members.flatMap(({ name, files }) => files.map(() => name)),
    source,
  };
}

/**
 * Lists what is there; no picture is opened.
 * @throws UserError that begins with the folder's path
 */
export function pictureTree(root: string): PictureTree {
  const stat = statSync(root, { throwIfNoEntry: false });
  const hint = 'Check the path; relative ones start at the folder of the config file.';
  if (!stat) throw broken(root, 'there is no such folder.', hint);
  if (!stat.isDirectory()) throw broken(root, 'is a file, not a folder.', hint);
  const { folders, files } = look(root, root);
  const all: readonly string[] = Object.values(parts).flat();
  const isSplit = folders.includes('train') && folders.every((name) => all.includes(name));
  if (!isSplit) {
    requireClasses(root, root, folders, files);
    return { train: listOf(root, root, folders), classes: folders };
  }
  const found = (names: readonly string[]): string | undefined =>
    names.find((name) => folders.includes(name));
  const [val, test] = [found(parts.val), found(parts.test)];
  const train = path.join(root, 'train');
  const inside = look(root, train);
  requireClasses(root, train, inside.folders, inside.files);
  const list = (name: string): PictureList => {
    const folder = path.join(root, name);
    const others = look(root, folder).folders;
    const stray = others.find((other) => !inside.folders.includes(other));
    if (stray === undefined) return listOf(root, folder, others);
    const problem = `the class folder ${path.join(name, stray)} has no counterpart in train.`;
    throw broken(root, problem, 'Every class needs pictures to train on.');
  };
  const classes = inside.folders;
  if (test === undefined || val === undefined) {
    const judged = test ?? val;
    return { train: list('train'), classes, ...(judged !== undefined && { test: list(judged) }) };
  }
  const notice = `The pictures of ${val} are among those to train on; data.validationShare says how many validate.`;
  return { train: joined(list('train'), list(val), classes), test: list(test), classes, notice };
}

/** Two lists as one, again by class. */
function joined(first: PictureList, second: PictureList, classes: readonly string[]): PictureList {
  const of = ({ files, labels }: PictureList, name: string) => files.filter((_, i) => labels[i] === name);
  const members = classes.map((name) => [...of(first, name), ...of(second, name)]);
  return {
    files: members.flat(),
    labels: members.flatMap((files, i) => files.map(() => classes[i]!)),
    source: first.source,
  };
}

function requireClasses(
  root: string,
  folder: string,
  folders: readonly string[],
  files: readonly string[],
): void {
  if (folders.length >= 2) return;
  const hint = 'Make a subfolder for each class, at least two, with the pictures of that class.';
  const where = folder === root ? 'it' : path.relative(root, folder);
  if (folders.length === 1) throw broken(root, `${where} has one class folder alone, ${folders[0]!}.`, hint);
  const loose = files.filter((name) => pictureFile.test(name)).length;
  const what = loose > 0 ? `has ${loose} pictures, but no class folders` : 'has no class folders';
  throw broken(root, `${where} ${what}.`, hint);
}

/** How many pictures of a class test: its share, but at least one, and one is left to train on. */
function testCount(pictures: number, share: number): number {
  return Math.min(pictures - 1, Math.max(1, Math.round(pictures * share)));
}

/** Numbers of pictures that train and that test. @throws UserError for a class that is too small for both */
function sharedCounts({ train }: PictureTree, root: string, share: number): { train: number; test: number } {
  let test = 0;
  for (const [name, members] of membersOf(train)) {
    if (members.length < 2) {
      throw broken(
        root,
        `the class ${name} has one picture.`,
        'Every class needs pictures to train on and to be tested on.',
      );
    }
    test += testCount(members.length, share);
  }
  return { train: train.files.length - test, test };
}

/** Positions of the pictures of every class. */
function membersOf({ labels }: PictureList): Map<string, number[]> {
  const members = new Map<string, number[]>();
  for (const [i, name] of labels.entries()) {
    const known = members.get(name);
    if (known) known.push(i);
    else members.set(name, [i]);
  }
  return members;
}

/** Shares out the pictures of each class, drawn from the seed; both parts stay in order. */
export function shareOut(
  tree: PictureTree,
  root: string,
  share: number,
  seed: number,
): Required<Pick<PictureTree, 'train' | 'test'>> {
  sharedCounts(tree, root, share);
  const { train } = tree;
  const tests = new Set<number>();
  for (const [name, members] of membersOf(train)) {
    const drawn = Random.fromSeed(seed, `test pictures of ${name}`).shuffle([...members]);
    for (const position of drawn.slice(0, testCount(members.length, share))) tests.add(position);
  }
  const part = (isTest: boolean): PictureList => {
    const chosen = <T>(values: readonly T[]): T[] => values.filter((_, i) => tests.has(i) === isTest);
    return { files: chosen(train.files), labels: chosen(train.labels), source: train.source };
  };
  return { train: part(false), test: part(true) };
}
