/** Which arrays are the pictures and labels of which part of a data set: by a person's word, or by the names in use. */
import { broken } from '../broken';
import { UserError } from '../../errors';
import { arrayNamed, listArrays, onlyArray, openArrays } from './arrayFile';
import type { StoredArray } from './storedArray';

/** Names of the arrays, or paths of their files. */
export interface PartNames {
  readonly trainImages: string;
  readonly trainLabels: string;
  readonly validationImages?: string;
  readonly validationLabels?: string;
  readonly testImages?: string;
  readonly testLabels?: string;
}

interface Labelled {
  readonly images: StoredArray;
  readonly labels: StoredArray;
}

/** Pictures and labels, still in their files. */
export interface Parts {
  readonly train: Labelled;
  readonly validation?: Labelled;
  readonly test?: Labelled;
}

/** Endings of the names of pictures and labels as they go together. */
const kinds = [
  ['x', 'y'],
  ['images', 'labels'],
  ['image', 'label'],
  ['data', 'labels'],
  ['data', 'targets'],
] as const;
const words = { train: ['train', 'training'], validation: ['val', 'valid', 'validation'], test: ['test'] };

/** Case and what joins words do not matter: `X_train`, `train.x` and `trainImages` are read as people mean them. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/**
 * The names of Keras' data sets (x_train, y_train, …), of MedMNIST's (train_images, train_labels, val_…, test_…) and their like.
 * @returns undefined where none of them are there
 */
export function knownNames(names: readonly string[]): PartNames | undefined {
  const byPlain = new Map(names.map((name) => [plain(name), name]));
  const pairOf = (part: string, [images, labels]: readonly [string, string]) => {
    const found = [images, labels].map(
      (kind) => byPlain.get(`${kind}${part}`) ?? byPlain.get(`${part}${kind}`),
    );
    return found[0] !== undefined && found[1] !== undefined ? ([found[0], found[1]] as const) : undefined;
  };
  const anyPair = (part: keyof typeof words, kind: readonly [string, string]) =>
    words[part].map((word) => pairOf(word, kind)).find((pair) => pair !== undefined);
  for (const kind of kinds) {
    const train = anyPair('train', kind) ?? pairOf('', kind);
    if (!train) continue;
    const [validation, test] = [anyPair('validation', kind), anyPair('test', kind)];
    return {
      ...{ trainImages: train[0], trainLabels: train[1] },
      ...(validation && { validationImages: validation[0], validationLabels: validation[1] }),
      ...(test && { testImages: test[0], testLabels: test[1] }),
    };
  }
  return undefined;
}

/** Opens the arrays of all parts that are named. @throws UserError where only one of two that go together is named */
function openParts(names: PartNames, open: (name: string) => StoredArray, key: 'files' | 'keys'): Parts {
  const part = (images: keyof PartNames, labels: keyof PartNames): Labelled | undefined => {
    const [first, second] = [names[images], names[labels]];
    if (first === undefined && second === undefined) return undefined;
    if (first === undefined || second === undefined) {
      const [given, missing] = first === undefined ? [labels, images] : [images, labels];
      throw new UserError(
        `data.${key} names ${given}, but no ${missing}.`,
        `Add "${missing}", or leave both out.`,
        'config',
      );
    }
    return { images: open(first), labels: open(second) };
  };
  const train = part('trainImages', 'trainLabels')!;
  return {
    train,
    validation: part('validationImages', 'validationLabels'),
    test: part('testImages', 'testLabels'),
  };
}

/** @param files paths, each of a file with one array */
export function partsInFiles(files: PartNames): Parts {
  return openParts(files, onlyArray, 'files');
}

/**
 * @param keys what the arrays are called; by the names in use where it is left out
 * @throws UserError that lists what is there where no names are known
 */
export function partsInFile(file: string, keys?: PartNames): Parts {
  const arrays = openArrays(file);
  const names = keys ?? knownNames([...arrays.keys()]);
  if (names) return openParts(names, (name) => arrayNamed(arrays, name, file), 'keys');
  if (arrays.has('')) {
    const hint =
      'Name images and labels under data.files, each in a file of its own, or save both with numpy.savez.';
    throw broken(file, 'holds one array where images and labels are wanted.', hint);
  }
  throw broken(
    file,
    `its arrays have no known names: ${listArrays(arrays)}.`,
    'Say under data.keys which are trainImages, trainLabels, testImages and testLabels.',
  );
}
