/** A table as a data set, for its tests: options checked, facts held against what is loaded. */
import assert from 'node:assert/strict';
import { configSchema, type ConfigInput } from '../../../src/config/schema';
import type { ImageSet, LoadedData } from '../../../src/data/dataSet';
import { loadDataSet } from '../../../src/data/registry';
import { table } from '../../../src/data/sets/table';
import { UserError } from '../../../src/errors';
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
