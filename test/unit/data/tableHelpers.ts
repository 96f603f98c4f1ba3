/** A table as a data set, for its tests: options checked, facts held against what is loaded. */
import assert from 'node:assert/strict';
import { configSchema, type ConfigInput } from '../../../src/config/schema';
import type { ImageSet, LoadedData } from '../../../src/data/dataSet';
import { loadDataSet } from '../../../src/data/registry';
import { table } from '../../../src/data/sets/table';
import { UserError } from '../../../src/errors';
import type { Random } from '../../../src/random';
import { loadContext } from './helpers';

export type TableSection = Extract<ConfigInput['data'], { set: 'table' }>;

export function chosen(options: object) {
  return configSchema.parse({ data: { set: 'table', ...options } as TableSection }).data as Parameters<
    typeof table.load
  >[0];
}

/** The value of every picture, all pixels of which are alike. */
export function valuesOf({ images, count }: ImageSet): number[] {
  return Array.from({ length: count }, (_, i) => images.at(i)[0]!);
}

/** Loads, and holds the facts that were known before against what was loaded. */
export async function loadTable(folder: string, options: object, seed = 1): Promise<LoadedData> {
  const facts = await table.readFacts(chosen(options), folder, seed);
  const data = await loadDataSet(chosen(options), loadContext(folder, { seed }));
  const { height, width, channels, classes } = data.train;
  const counts = { trainCount: data.train.count, testCount: data.test.count };
  const { sizes, ...told } = facts;
  assert.deepEqual(told, { height, width, channels, classes, ...counts });
  assert.ok(sizes!.length > 0);
  return data;
}

/** How many damaged files were read, and how many refused. */
export interface Damage {
  read: number;
  refused: number;
}

/**
 * Changes up to four bytes of a file, and sees to it that it is read or refused by the name `x.parquet`.
 * @param place of a byte to change, drawn anew for each
 * @param read what reads the changed file
 */
export async function damage(
  sound: Uint8Array,
  rounds: number,
  random: Random,
  place: () => number,
  read: (bytes: Uint8Array) => Promise<unknown>,
  counts: Damage,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const bytes = Uint8Array.from(sound);
    for (let change = random.integer(4); change >= 0; change--) bytes[place()] = random.integer(256);
    try {
      await read(bytes);
      counts.read++;
    } catch (error) {
      assert.ok(error instanceof UserError && error.hint, String((error as Error).stack));
      assert.match(error.message, /x\.parquet/);
      counts.refused++;
    }
  }
}

/** Facts and loading refuse alike. */
export async function refuseTable(
  folder: string,
  options: object,
  message: RegExp,
  hint = /./,
): Promise<void> {
  for (const read of [
    () => table.readFacts(chosen(options), folder, 1),
    () => loadDataSet(chosen(options), loadContext(folder)),
  ]) {
    await assert.rejects(read, (error) => {
      assert.ok(error instanceof UserError, String((error as Error).stack));
      assert.match(error.message, message);
      assert.match(error.hint!, hint);
      return true;
    });
  }
}
