/** Pages of Parquet are checked before the library decodes them: what was damaged in them is refused at once, and by name. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openParquet } from '../../../../src/data/table/parquet';
import { Random } from '../../../../src/random';
import { useFolder } from '../helpers';
import { damage } from '../tableHelpers';

const fixtures = path.join(__dirname, '../../../fixtures/tables');

/** All rows of a table. */
async function readAll(file: string): Promise<unknown[][]> {
  const { outline, read } = await openParquet(file, readFileSync(file).length);
  const columns = outline.columns.map(() => [] as unknown[]);
  for (let group = 0; group + 1 < outline.starts.length; group++) {
    const values = await read(outline.columns, group);
    values.forEach((column, i) => columns[i]!.push(...column));
  }
  return columns;
}

describe('pages of Parquet', () => {
  const folder = useFolder();
  const damaged = (bytes: Uint8Array): string => {
    const file = path.join(folder(), 'x.parquet');
    writeFileSync(file, bytes);
    return file;
  };

  for (const version of [1, 2]) {
    it(`of version ${version} are read in every encoding that has counts of its own`, async () => {
      const [blobs, texts, numbers, large, shares, flags] = await readAll(
        path.join(fixtures, `deltas${version}.parquet`),
      );
      const rows = Array.from({ length: 140 }, (_, i) => i);
      const [pictures] = await readAll(path.join(fixtures, 'none.parquet'));
      assert.deepEqual(
        blobs,
        rows.map((i) => pictures![i % 12]),
      );
      assert.deepEqual(
        texts!.map((text) => text ?? null),
        rows.map((i) => (i % 11 === 0 ? null : `same${i % 5}`)),
      );
      assert.deepEqual(
        numbers,
        rows.map((i) => (i * i) % 1000),
      );
      assert.deepEqual(
        large,
        rows.map((i) => BigInt(i) * 1_000_000_000n),
      );
      assert.deepEqual(
        shares,
        rows.map((i) => i / 4),
      );
      assert.deepEqual(
        flags,
        rows.map((i) => i % 3 === 0),
      );
    });
  }

  it('are refused where a run is longer than the rows', async () => {
    // Not packed, so that the levels of the first page stand as they are: their length, then one run of the level 1 for 12 rows.
    const sound = readFileSync(path.join(fixtures, 'none.parquet'));
    const levels = Buffer.from([2, 0, 0, 0, 12 << 1, 1]);
    const at = sound.indexOf(levels);
    assert.ok(at > 0);
    const bytes = Uint8Array.from(sound);
    bytes[at + 4] = 100 << 1;
    await assert.rejects(readAll(damaged(bytes)), {
      message: /x\.parquet: .*the length of a run is 100, and at most 12 can be/,
    });
    bytes[at + 4] = 12 << 1;
    bytes[at] = 255;
    bytes[at + 3] = 255;
    await assert.rejects(readAll(damaged(bytes)), { message: /x\.parquet: .*the length of its levels/ });
  });

  it('are refused where deltas stand in blocks of no length', async () => {
    const sound = readFileSync(path.join(fixtures, 'deltas2.parquet'));
    const [, , , large] = await readAll(path.join(fixtures, 'deltas2.parquet'));
    assert.equal(large!.length, 140);
    // Blocks of 128 deltas in 4 parts, and 140 values: as pyarrow writes all of these columns. hyparquet goes back with fewer parts.
    const beginning = Buffer.from([0x80, 0x01, 4, 0x8c, 0x01]);
    const bytes = Uint8Array.from(sound);
    const at = sound.indexOf(beginning);
    assert.ok(at > 0);
    bytes[at + 2] = 0;
    await assert.rejects(readAll(damaged(bytes)), {
      message: /x\.parquet: .*blocks of 128 values in 0 parts/,
    });
  });

  it('are read or refused by name where their bytes were changed', async () => {
    const random = Random.fromSeed(2, 'mutated pages');
    const counts = { read: 0, refused: 0 };
    const names = ['huggingface', 'zstd', 'wide', 'deltas1', 'deltas2', 'lz4', 'gzip'];
    for (const name of names) {
      const sound = readFileSync(path.join(fixtures, `${name}.parquet`));
      const pages = sound.length - 8 - sound.readUInt32LE(sound.length - 8);
      const place = () => 4 + random.integer(pages - 4);
      await damage(sound, 40, random, place, (bytes) => readAll(damaged(bytes)), counts);
    }
    assert.ok(counts.read > 50 && counts.refused > 50, JSON.stringify(counts));
  });
});
