/**
 * Labels as a source has them – integers from any base, or texts – as classes 0 … k − 1 with names, the same for every
 * reader. Integers come in numeric order; texts in that of Python's `sorted()`, by code point, which is the order of
 * torchvision's `ImageFolder`. Names that a person gives fix order and names instead.
 */
import * as z from 'zod';
import { described, type Finding } from '../describe';
import type { UserError } from '../errors';
import { broken } from './broken';

/** A label as it is in a file, a table or a folder's name. */
export type RawLabel = number | bigint | string;

/** The labels of one part of a data set, such as its test images. */
export interface LabelledPart {
  readonly labels: ArrayLike<RawLabel>;
  /** What messages call it: the path of the file or folder that holds the labels. */
  readonly source: string;
}

export interface Classes {
  /** In the order of the classes. */
  readonly classNames: readonly string[];
  /** Of every part, the class of each image: [count], 0 … classes − 1. */
  readonly labels: readonly Uint16Array[];
}

/** Classes that a network can have at most (`frameSchema`). */
export const mostClasses = 10_000;

/** The key that all sets of a person's own share. */
export const classNamesKey = described(
  z.array(z.string().min(1)).min(2).max(mostClasses).optional(),
  'Names of the classes, in the order of the network’s outputs. For labels that are texts: all of them. For integers: a name for each label, from the smallest on; or, where all names are integers, the labels that there are. Left out, integers are in numeric order and texts sorted by code point, as torchvision does.',
);

/** @returns what is wrong with names that a config gives; paths start at the `data` section */
export function classNameFindings(names: readonly string[] = []): Finding[] {
  const repeated = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (repeated < 0) return [];
  const message = `"${names[repeated]}" is listed twice.`;
  return [{ path: ['classNames', repeated], message, hint: 'Every class has a name of its own.' }];
}

/** A few of many, as text: `"a", "b", "c" and 12 more`. */
export function listedNames(names: readonly string[], total = names.length): string {
  const shown = names.slice(0, 3).map((name) => `"${name}"`);
  return shown.join(', ') + (total > shown.length ? ` and ${total - shown.length} more` : '');
}

/** Where a label was met first. */
interface Place {
  readonly source: string;
  readonly image: number;
}

/**
 * Labels as numbers or texts, all of a kind, with the place of the first of each.
 * @throws UserError for a label that is neither an integer nor a text, for both in one set, and for too many
 */
function distinctLabels(parts: readonly LabelledPart[]): Map<number | string, Place> {
  const found = new Map<number | string, Place>();
  let kind: string | undefined;
  for (const { labels, source } of parts) {
    for (let image = 0; image < labels.length; image++) {
      const label = normalized(labels[image]!);
      if (found.has(label)) continue;
      if (typeof label === 'number' && !Number.isSafeInteger(label)) {
        throw broken(
          source,
          `label ${label} of image ${image} is no integer.`,
          'Labels are integers or texts.',
        );
      }
      kind ??= typeof label;
      if (typeof label !== kind) {
        const problem = `label ${JSON.stringify(label)} of image ${image} is a ${typeof label}, others are not.`;
        throw broken(source, problem, 'Write all labels as integers, or all as texts.');
      }
      if (found.size === mostClasses) {
        const hint = 'Labels name classes; numbers that measure something are none.';
        throw broken(source, `there are more than ${mostClasses} different labels.`, hint);
      }
      found.set(label, { source, image });
    }
  }
  return found;
}

function normalized(label: RawLabel): number | string {
  return typeof label === 'bigint' ? Number(label) : label;
}

/** The order of Python's `sorted()`: that of code points, which UTF-8 keeps. */
export function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * Integers in their order, without one missing.
 * @throws UserError that names the labels between the smallest and the largest of which there is no image
 */
function consecutive(labels: readonly number[], source: string): readonly number[] {
  const [smallest, largest] = [labels[0]!, labels.at(-1)!];
  const missing = largest - smallest + 1 - labels.length;
  if (missing === 0) return labels;
  const there = new Set(labels);
  const absent: string[] = [];
  for (let label = smallest; absent.length < Math.min(missing, 3); label++)
    if (!there.has(label)) absent.push(`${label}`);
  throw broken(
    source,
    `labels go from ${smallest} to ${largest}, but no image has the label ${listedNames(absent, missing)}.`,
    `Add images of it, or write as "classNames" which labels there are: ["${labels.slice(0, 2).join('", "')}", …].`,
  );
}

const integerText = /^[+-]?\d+$/;

/**
 * Which label every given name stands for.
 * @throws UserError where labels and names do not fit together
 */
function labelsOfNames(
  names: readonly string[],
  found: ReadonlyMap<number | string, Place>,
  source: string,
): readonly (number | string)[] {
  const [first] = found.keys();
  const outside = (label: number | string, hint: string): UserError => {
    const place = found.get(label)!;
    return broken(place.source, `label "${label}" of image ${place.image} is not among "classNames".`, hint);
  };
  if (typeof first === 'string' || names.every((name) => integerText.test(name))) {
    const labels: readonly (number | string)[] = typeof first === 'string' ? names : names.map(Number);
    const given = new Set(labels);
    const stray = [...found.keys()].find((label) => !given.has(label));
    if (stray !== undefined)
      throw outside(stray, `The classes are ${listedNames(names)}; add it, or leave its images out.`);
    return labels;
  }
  const labels = ([...found.keys()] as number[]).sort((a, b) => a - b);
  if (labels.length === names.length) return labels;
  const [smallest, largest] = [labels[0]!, labels.at(-1)!];
  if (labels.length > names.length) {
    const hint = `The ${names.length} names stand for the labels ${smallest} … ${labels[names.length - 1]!}.`;
    throw outside(labels[names.length]!, hint);
  }
  const there = new Set(labels);
  const absent = names.flatMap((name, i) => (there.has(smallest + i) ? [] : [`${name}`]));
  throw broken(
    source,
    `"classNames" has ${names.length} names for the ${labels.length} labels ${smallest} … ${largest}.`,
    `Add images of the others (${listedNames(absent)}, if names count from ${smallest}), or leave their names out.`,
  );
}

/**
 * Turns labels into classes. All parts share them, and each part has images of every class.
 * @param parts labels of the training images and of the test images, and of others that the source keeps apart
 * @param names given by the person: order and names of the classes
 * @throws UserError with code `broken-data` that names the label or the class and where it is wrong
 */
export function classesOf(parts: readonly LabelledPart[], names?: readonly string[]): Classes {
  const found = distinctLabels(parts);
  // What concerns all parts alike is said of the first.
  const source = parts[0]?.source ?? '';
  if (found.size < 2) {
    const problem = found.size === 0 ? 'there are no labels' : 'all labels are the same';
    throw broken(source, `${problem}.`, 'To tell classes apart, there must be images of at least two.');
  }
  const [twice] = classNameFindings(names);
  if (twice) throw broken('"classNames"', twice.message, twice.hint);
  const order = names ? labelsOfNames(names, found, source) : foundOrder(found, source);
  const classNames = names ?? order.map(String);
  const indexOf = new Map(order.map((label, index) => [label, index]));
  const labels = parts.map((part) =>
    Uint16Array.from(part.labels as ArrayLike<number>, (label: RawLabel) => indexOf.get(normalized(label))!),
  );
  requireEveryClass(parts, labels, classNames);
  return { classNames, labels };
}

function foundOrder(
  found: ReadonlyMap<number | string, Place>,
  source: string,
): readonly (number | string)[] {
  const [first] = found.keys();
  if (typeof first === 'string') return ([...found.keys()] as string[]).sort(byCodePoint);
  return consecutive(
    ([...found.keys()] as number[]).sort((a, b) => a - b),
    source,
  );
}

/** How many images every class has. @param indices of those that count; all unless told */
export function countClasses(
  labels: ArrayLike<number>,
  classes: number,
  indices?: ArrayLike<number>,
): number[] {
  const counts = new Array<number>(classes).fill(0);
  const { length } = indices ?? labels;
  for (let i = 0; i < length; i++) counts[labels[indices ? indices[i]! : i]!]!++;
  return counts;
}

/** @throws UserError that names the classes of which a part has no image */
function requireEveryClass(
  parts: readonly LabelledPart[],
  labels: readonly Uint16Array[],
  classNames: readonly string[],
): void {
  for (const [i, { source }] of parts.entries()) {
    const counts = countClasses(labels[i]!, classNames.length);
    const absent = classNames.filter((_, index) => counts[index] === 0);
    if (absent.length === 0) continue;
    const classes = absent.length === 1 ? 'the class' : 'the classes';
    throw broken(
      source,
      `no image is of ${classes} ${listedNames(absent)}.`,
      'Every class needs images to train on and images to be tested on: move some of it there, or leave the class out.',
    );
  }
}
