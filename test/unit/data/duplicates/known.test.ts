import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { knownDuplicates, mostKept } from '../../../../src/data/duplicates/known';
import { Random } from '../../../../src/random';
import { drawn, setOf, waves } from './pictures';

const side = 16;

describe('which images are copies', () => {
  const random = Random.fromSeed(3);
  const originals = Array.from({ length: 12 }, () => drawn(side, waves(random)));
  const copies = [originals[4]!, drawn(side, waves(random)), originals[9]!];
  const sets = () => ({ train: setOf(originals, side), test: setOf(copies, side) });
  let folder: string;
  /** How often it was looked for them. */
  let looked = 0;
  const context = { onProgress: () => void looked++ };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nas-known-'));
    looked = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is kept, and is the same when it is asked for again', async () => {
    const first = await knownDuplicates(sets(), folder, context);
    assert.deepEqual([...first!.test], [0, -1, 1]);
    const after = looked;
    assert.ok(after > 0);
    assert.deepEqual(await knownDuplicates(sets(), folder, context), first);
    assert.equal(looked, after);
  });

  it('is kept where there are none as well', async () => {
    const none = () => ({ train: setOf(originals, side), test: setOf([], side) });
    assert.equal(await knownDuplicates(none(), folder, context), undefined);
    const after = looked;
    assert.equal(await knownDuplicates(none(), folder, context), undefined);
    assert.equal(looked, after);
  });

  it('is looked for anew once a pixel is another, images change sides or what was kept is damaged', async () => {
    await knownDuplicates(sets(), folder, context);
    const changed = sets();
    changed.test.images.at(2)[5]! ^= 255;
    let before = looked;
    assert.deepEqual([...(await knownDuplicates(changed, folder, context))!.test].slice(0, 2), [0, -1]);
    assert.ok(looked > before);
    before = looked;
    const all = { train: setOf([...originals, ...copies], side), test: setOf([], side) };
    assert.equal((await knownDuplicates(all, folder, context))!.train[12], 0);
    assert.ok(looked > before);
    const whole = await knownDuplicates(sets(), folder, context);
    for (const damage of [
      (text: string) => text.slice(0, text.length / 2),
      () => '[[4,99]]',
      () => '[[4]]',
      () => '{}',
    ]) {
      for (const name of readdirSync(folder)) {
        const file = path.join(folder, name);
        writeFileSync(file, damage(readFileSync(file, 'utf8')));
      }
      before = looked;
      assert.deepEqual(await knownDuplicates(sets(), folder, context), whole);
      assert.ok(looked > before);
    }
  });

  it('is found where nothing can be written', async () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    const found = await knownDuplicates(sets(), path.join(file, 'below'), context);
    assert.deepEqual([...found!.test], [0, -1, 1]);
  });

  it('makes room by what was not used for longest', async () => {
    for (let i = 0; i < mostKept; i++) {
      const file = path.join(folder, `${i}.json`);
      writeFileSync(file, '[]');
      utimesSync(file, new Date(1e12 + 1e6 * i), new Date(1e12 + 1e6 * i));
    }
    await knownDuplicates(sets(), folder, context);
    const names = readdirSync(folder);
    assert.equal(names.length, mostKept);
    assert.ok(!names.includes('0.json') && names.includes('1.json'));
  });
});
