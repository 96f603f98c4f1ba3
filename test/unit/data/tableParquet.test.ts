import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadDataSet } from '../../../src/data/registry';
import { table } from '../../../src/data/sets/table';
import { openTable } from '../../../src/data/table/openTable';
import type { Piece } from '../../../src/data/table/tableFile';
import { Random } from '../../../src/random';
import { writePlain } from '../../support/pictures';
import { loadContext, useFolder } from './helpers';
import { chosen, damage, loadTable, refuseTable, valuesOf } from './tableHelpers';

const fixtures = path.join(__dirname, '../../fixtures/tables');

describe('a table of pictures in Parquet, as pyarrow writes it', () => {
  const folder = useFolder();
  const at = (...parts: string[]): string => path.join(folder(), ...parts);
  const load = (options: object, seed?: number) => loadTable(folder(), options, seed);
  const refused = (options: object, message: RegExp, hint?: RegExp) =>
    refuseTable(folder(), options, message, hint);
  const use = (name: string): string => {
    copyFileSync(path.join(fixtures, name), at(name));
    return name;
  };

  it('is Hugging Face’s layout: bytes and path, and classes by the names in its metadata', async () => {
    const file = use('huggingface.parquet');
    const { train, test } = await load({ file, testShare: 0.25 });
    assert.deepEqual(train.classNames, ['Zebra', 'ant', 'cat']);
    assert.deepEqual([train.height, train.width, train.channels], [6, 8, 1]);
    for (const set of [train, test])
      assert.deepEqual(
        [...set.labels],
        valuesOf(set).map((value) => value % 3),
      );
    assert.deepEqual(
      [...valuesOf(train), ...valuesOf(test)].sort((a, b) => a - b),
      [...Array(12).keys()],
    );
    const { train: renamed } = await load({ file, classNames: ['cat', 'ant', 'Zebra'], testShare: 0.25 });
    assert.deepEqual(
      [...renamed.labels],
      valuesOf(renamed).map((value) => 2 - (value % 3)),
    );
  });

  it('is unpacked from every codec, with plain bytes and texts', async () => {
    for (const codec of ['none', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4']) {
      const opened = await openTable(path.join(fixtures, `${codec}.parquet`));
      const pieces = opened.pieces(['picture', 'class', 'split']);
      const [pictureCells, classes, splits] = (await pieces.next()).value as Piece;
      assert.deepEqual([classes!.length, classes![1], splits![11]], [12, 'ant', 'test'], codec);
      assert.ok(pictureCells![3] instanceof Uint8Array && pictureCells![3][1] === 0x50, codec);
    }
    const { train, test } = await load({ file: use('zstd.parquet') });
    assert.deepEqual(train.classNames, ['Zebra', 'ant', 'cat']);
    assert.deepEqual(
      [valuesOf(train), valuesOf(test)],
      [
        [0, 1, 2, 3, 4, 5, 6, 7, 8],
        [9, 10, 11],
      ],
    );
    assert.deepEqual([...test.labels], [0, 1, 2]);
  });

  it('has large binaries, dictionaries, pages of version 2 and groups', async () => {
    const { train, test } = await load({ file: use('wide.parquet') });
    for (const set of [train, test]) {
      assert.deepEqual(
        [...set.labels],
        valuesOf(set).map((value) => value % 3),
      );
      const patients = valuesOf(set).map((value) => Math.floor(value / 3));
      assert.deepEqual([...set.groups!], patients);
    }
    assert.equal(test.count, 3);
  });

  it('names pictures by paths beside it, in a column of texts or where a struct has no bytes', async () => {
    for (let i = 0; i < 12; i++) writePlain(at(`${i}.png`), 6, 8, i);
    for (const name of ['paths.parquet', 'mixed.parquet']) {
      const { train, test } = await load({ file: use(name), testShare: 0.25 });
      for (const set of [train, test])
        assert.deepEqual(
          [...set.labels],
          valuesOf(set).map((value) => value % 3),
        );
      assert.equal(train.count + test.count, 12);
    }
    for (let i = 0; i < 12; i += 2) rmSync(at(`${i}.png`));
    await assert.rejects(loadDataSet(chosen({ file: 'mixed.parquet' }), loadContext(folder())), {
      message: /mixed\.parquet: 6 of 12 pictures cannot be read: row 1 \(it cannot be read \(ENOENT/,
    });
  });

  it('is not decoded again at the next start, unless the table is another', async () => {
    const file = use('huggingface.parquet');
    const decoded = async (mostHeld?: number): Promise<[string[], number[]]> => {
      const steps: string[] = [];
      const onProgress = ({ step }: { step: string }): void => void steps.push(step);
      const { train } = await loadDataSet(
        chosen({ file, testShare: 0.25 }),
        loadContext(folder(), { onProgress, ...(mostHeld !== undefined && { mostHeld }) }),
      );
      return [steps.filter((step) => step.startsWith('Reading pictures')), valuesOf(train)];
    };
    const [first, values] = await decoded();
    assert.deepEqual(first, ['Reading pictures: 12 of 12']);
    assert.deepEqual(await decoded(), [[], values]);
    assert.deepEqual(await decoded(0), [[], values]);
    utimesSync(at(file), 1e9, 1e9);
    assert.deepEqual(await decoded(), [first, values]);
  });

  it('is refused by name where it is empty, cut short, without labels or without pictures', async () => {
    await refused({ file: use('empty.parquet') }, /empty\.parquet: has no rows/);
    await refused({ file: use('unlabelled.parquet') }, /unlabelled\.parquet: row 2 has no label/);
    await refused({ file: use('lists.parquet') }, /lists\.parquet: its column "image" holds lists/);
    const sound = readFileSync(path.join(fixtures, 'huggingface.parquet'));
    writeFileSync(at('cut.parquet'), sound.subarray(0, sound.length - 100));
    await refused({ file: 'cut.parquet' }, /cut\.parquet: is no Parquet file that can be read \(/);
  });

  it('is read or refused by name where bytes of its metadata were changed', async () => {
    const random = Random.fromSeed(1, 'mutated tables');
    const counts = { read: 0, refused: 0 };
    for (const name of ['huggingface.parquet', 'zstd.parquet', 'wide.parquet']) {
      const sound = readFileSync(path.join(fixtures, name));
      const length = 8 + sound.readUInt32LE(sound.length - 8);
      const place = () => sound.length - 1 - random.integer(length);
      const read = (bytes: Uint8Array) => {
        writeFileSync(at('x.parquet'), bytes);
        return table.readFacts(chosen({ file: 'x.parquet' }), folder(), 1);
      };
      await damage(sound, 60, random, place, read, counts);
    }
    assert.ok(counts.read > 10 && counts.refused > 10, JSON.stringify(counts));
  });
});
