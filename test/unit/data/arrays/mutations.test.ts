/**
 * Files of arrays and of CIFAR that were cut or whose bytes were changed: they are refused by an error that names the file, or read
 * as what they then are. Nothing else may be thrown.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type DataFacts, imageBytes } from '../../../../src/data/dataSet';
import { type DataOptions, dataSetNamed, loadDataSet } from '../../../../src/data/registry';
import { UserError } from '../../../../src/errors';
import { Random } from '../../../../src/random';
import { cifarBytes, npyBytes } from '../../../support/arrayFiles';
import { loadContext, useFolder } from '../helpers';
import { fixture } from './fixtures';

/** Of every file; each changes one to four bytes. */
const mutations = 400;

describe('damaged files of arrays', () => {
  const folder = useFolder();

  /** What is found in a file, by facts and by loading; or that it was refused. */
  async function outcome(options: DataOptions, file: string): Promise<DataFacts | 'refused'> {
    const attempt = async <T>(read: () => T | Promise<T>): Promise<T | 'refused'> => {
      try {
        return await read();
      } catch (error) {
        assert.ok(error instanceof UserError && error.hint, `${String((error as Error).stack)}`);
        assert.ok(error.message.startsWith(`${file}`), error.message);
        return 'refused';
      }
    };
    const entry = dataSetNamed(options.set);
    assert.ok('readFacts' in entry);
    const facts = await attempt(() => entry.readFacts(options, folder(), 1));
    const loaded = await attempt(() => loadDataSet(options, loadContext(folder())));
    // What only pixels show is found by loading alone, but never the other way round.
    if (loaded === 'refused') return 'refused';
    const { height, width, channels, classes, count } = loaded.train;
    const found = { height, width, channels, classes, trainCount: count, testCount: loaded.test.count };
    assert.deepEqual(facts, found);
    assert.equal(imageBytes(loaded.train).length, count * height * width * channels);
    return found;
  }

  /** @returns how many changed files were refused and how many read */
  async function damage(options: DataOptions, file: string, sound: Uint8Array) {
    const counts = { refused: 0, read: 0 };
    const tryOut = async (bytes: Uint8Array): Promise<void> => {
      writeFileSync(file, bytes);
      counts[(await outcome(options, file)) === 'refused' ? 'refused' : 'read']++;
    };
    await tryOut(sound);
    assert.deepEqual(counts, { refused: 0, read: 1 }, 'the sound file is read');
    for (let part = 0; part < 50; part++) {
      await tryOut(sound.subarray(0, Math.floor((part * sound.length) / 50)));
    }
    assert.deepEqual(counts, { refused: 50, read: 1 }, 'whatever is cut short is refused');
    const random = Random.fromSeed(1, 'mutations');
    for (let mutation = 0; mutation < mutations; mutation++) {
      const bytes = Uint8Array.from(sound);
      for (let change = 1 + random.integer(4); change > 0; change--) {
        bytes[random.integer(bytes.length)] = random.integer(256);
      }
      await tryOut(bytes);
    }
    assert.equal(counts.refused + counts.read, 51 + mutations);
    return counts;
  }

  const sets = ['keras.npz', 'keras-deflated.npz', 'zip64.npz', 'zip64-directory.npz', 'keras.safetensors'];
  for (const name of sets) {
    it(`are refused by name, or read: ${name}`, async () => {
      const file = path.join(folder(), name);
      const options: DataOptions = { set: 'arrays', file: name, testShare: 0.2 };
      const { refused } = await damage(options, file, readFileSync(fixture(name)));
      assert.ok(refused > 51);
    });
  }

  it('are refused by name, or read: .npy', async () => {
    const labels = Uint8Array.from({ length: 12 }, (_, i) => i % 3);
    writeFileSync(path.join(folder(), 'y.npy'), npyBytes([12], labels));
    const files = { trainImages: 'x.npy', trainLabels: 'y.npy' };
    const sound = npyBytes([12, 4, 4], new Uint8Array(192));
    const options: DataOptions = { set: 'arrays', files, testShare: 0.25 };
    const { refused } = await damage(options, path.join(folder(), 'x.npy'), sound);
    assert.ok(refused > 51);
  });

  it('are refused by name, or read: a batch of CIFAR', async () => {
    const images = new Uint8Array(2 * 3072);
    mkdirSync(path.join(folder(), 'c'));
    const file = (name: string) => path.join(folder(), 'c', name);
    writeFileSync(
      file('train.bin'),
      cifarBytes(images, [
        [1, 2],
        [3, 4],
      ]),
    );
    // Seven records, so that no cut is one between two of them.
    const sound = cifarBytes(
      new Uint8Array(7 * 3072),
      [...'1234567'].map((digit) => [Number(digit), 98]),
    );
    const options: DataOptions = { set: 'cifar', folder: 'c', labels: 'fine' };
    const counts = await damage(options, file('test.bin'), sound);
    assert.ok(counts.read > 1);
  });
});
