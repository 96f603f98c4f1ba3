/**
 * Pictures of a set that are copies of each other: equal to the byte, or nearly so – compressed, resized or made a little brighter. A
 * perceptual hash tells which pairs may be; small pictures tell which are.
 *
 * Two pictures are near duplicates where their distance, once they lie on each other, is small against that to others: at most
 * `nearest` of it. "Others" are 100 of the set, drawn at random, of which the nearest five are left aside, since among them may
 * be more copies. A fixed limit would not do: what is a copy among photographs is any two T-shirts among articles of clothing. What
 * is nearly of one colour is compared to the byte alone.
 */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Random } from '../../random';
import { type DuplicateGroups, type LoadContext, type LoadedData, stopIfCancelled } from '../dataSet';
import { alignedDistance } from './alignment';
import { similarHashes } from './candidates';
import { Joined } from './joined';
import { hashBytes, perceptualHash } from './perceptualHash';
import { distance, inGrey, measure, shrinking, smallPixels, type Thumbnails, thumbnails } from './thumbnails';

/**
 * Of the distance to others, at most so much. A hundred copies at 64 × 64 pixels, compressed, resized and made brighter, are found from
 * 0.11 on; among Fashion-MNIST's test images the first that is no copy is called one between 0.12 and 0.125.
 */
const nearest = 0.115;
/** So much farther may they be before they lie on each other: half a pixel of 16 is much where there is a texture. */
const beforeAligning = 2;
/** What has nothing in common is √2 apart: no limit is above this, and most pairs are told by it. */
const farthest = beforeAligning * nearest * Math.SQRT2;
/** Others that are looked at, and how many of them may be copies. */
const others = 100;
const setAside = 5;
/** Standard deviation of the values of a small picture, of 255, below which it is nearly of one colour. */
const flat = 4;
/** Of the hash, see `perceptualHash`. */
const margin = 0.03;
/** Of the work, what is read and made small. */
const readingShare = 0.7;
/** Pictures after which it is looked whether the person wants to go on. */
const piece = 2000;

type Context = Pick<LoadContext, 'signal' | 'onProgress'>;

/** Training and test images under one numbering. */
class Pool {
  readonly count: number;

  constructor(readonly sets: Pick<LoadedData, 'train' | 'test'>) {
    this.count = sets.train.count + sets.test.count;
  }

  /** The set of a position, and where it is in that. */
  placeOf(position: number): readonly [part: 'train' | 'test', index: number] {
    const { count } = this.sets.train;
    return position < count ? ['train', position] : ['test', position - count];
  }

  pixels(position: number): Uint8Array {
    const [part, index] = this.placeOf(position);
    return this.sets[part].images.at(index);
  }
}

/** The pictures that are not equal to an earlier one, and not nearly of one colour. */
interface Distinct {
  /** [count], positions in the pool. */
  readonly positions: Int32Array;
  readonly small: Thumbnails;
  /** [count, 8] */
  readonly hashes: Uint8Array;
}

/**
 * @throws UserError with code `cancelled` when the signal was raised
 * @returns undefined where there are none
 */
export async function findDuplicates(
  data: Pick<LoadedData, 'train' | 'test'>,
  context: Context = {},
): Promise<DuplicateGroups | undefined> {
  const pool = new Pool(data);
  const groups = new Joined(pool.count);
  const distinct = await readDistinct(pool, groups, context);
  await joinNear(groups, distinct, context);
  return numbered(pool, groups);
}

async function pause({ signal, onProgress }: Context, fraction: number): Promise<void> {
  onProgress?.({ step: 'Looking for duplicates', fraction });
  await nextTurn();
  stopIfCancelled(signal);
}

/** Joins what is equal to the byte; makes small pictures and hashes of what is left. */
async function readDistinct(pool: Pool, groups: Joined, context: Context): Promise<Distinct> {
  const { channels } = pool.sets.train;
  const shrink = shrinking(pool.sets.train);
  const known = new Map<string, number>();
  const positions: number[] = [];
  const small = thumbnails(pool.count, channels);
  const grey = new Uint8Array(smallPixels);
  const hashes = new Uint8Array(pool.count * hashBytes);
  for (let position = 0; position < pool.count; position++) {
    if (position % piece === 0) await pause(context, (readingShare * position) / pool.count);
    const pixels = pool.pixels(position);
    const content = createHash('sha1').update(pixels).digest('base64');
    const equal = known.get(content);
    if (equal !== undefined) {
      groups.join(equal, position);
      continue;
    }
    known.set(content, position);
    const at = positions.length;
    const from = at * smallPixels * channels;
    shrink(pixels, 0, small.values, from);
    measure(small, at);
    if (small.norms[at]! < flat * Math.sqrt(smallPixels * channels)) continue;
    inGrey(small.values, from, channels, grey);
    perceptualHash(grey, hashes, at * hashBytes, margin);
    positions.push(position);
  }
  const of = positions.length;
  return { positions: Int32Array.from(positions), small, hashes: hashes.subarray(0, of * hashBytes) };
}

async function joinNear(groups: Joined, distinct: Distinct, context: Context): Promise<void> {
  const { positions, small, hashes } = distinct;
  const shuffled = Random.fromSeed(0, 'duplicates').shuffle(Int32Array.from(positions.keys()));
  const sample = shuffled.subarray(0, others);
  const limits = new Float64Array(positions.length);
  /** How near another has to be to be a copy. */
  const limitOf = (at: number): number => {
    if (limits[at] === 0) limits[at] = nearest * distanceToOthers(small, at, sample);
    return limits[at]!;
  };
  const found = (one: number, other: number): void => {
    // Where thousands are alike, most pairs are joined by others.
    if (groups.rootOf(positions[one]!) === groups.rootOf(positions[other]!)) return;
    const apart = distance(small, one, other);
    if (apart > farthest) return;
    const limit = Math.min(limitOf(one), limitOf(other));
    if (apart > beforeAligning * limit) return;
    if (apart <= limit || alignedDistance(small, one, other) <= limit)
      groups.join(positions[one]!, positions[other]!);
  };
  await similarHashes(hashes, found, (done) => pause(context, readingShare + (1 - readingShare) * done));
}

/** The distance of a picture to those of a sample that are nearest to it but for a few, among which may be copies. */
function distanceToOthers(small: Thumbnails, at: number, sample: Int32Array): number {
  const distances = Float64Array.from(sample, (other) =>
    other === at ? Infinity : distance(small, at, other),
  ).sort();
  const found = distances[setAside];
  return found === undefined || found === Infinity ? Math.SQRT2 : found;
}

/** Numbers groups of two and more, in the order of their first images. */
function numbered(pool: Pool, groups: Joined): DuplicateGroups | undefined {
  const sizes = new Map<number, number>();
  for (let position = 0; position < pool.count; position++) {
    const root = groups.rootOf(position);
    sizes.set(root, (sizes.get(root) ?? 0) + 1);
  }
  const numbers = new Map<number, number>();
  for (const [root, size] of sizes) if (size > 1) numbers.set(root, numbers.size);
  if (numbers.size === 0) return undefined;
  const { train, test } = pool.sets;
  const result = { train: new Int32Array(train.count), test: new Int32Array(test.count) };
  for (let position = 0; position < pool.count; position++) {
    const [part, index] = pool.placeOf(position);
    result[part][index] = numbers.get(groups.rootOf(position)) ?? -1;
  }
  return { ...result, count: numbers.size };
}
