import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { imageBytes, type LoadContext, type LoadedData } from '../../../../src/data/dataSet';
import { keptSets, pictureCacheFolder } from '../../../../src/data/pictures/cache';
import { loadDataSet } from '../../../../src/data/registry';
import { loadContext, useFolder } from '../helpers';

const photographs = path.join(__dirname, '../../../fixtures/photographs');
const names = ['whole.jpg', 'halves.jpg', 'quarters.jpg', 'restarts.jpg', 'grey.jpg'];

describe('decoded pictures that are kept', () => {
  const folder = useFolder();
  const at = (...parts: string[]): string => path.join(folder(), 'photos', ...parts);
  const kept = (): string => pictureCacheFolder(path.join(folder(), 'cache'));

  /** A picture; the number behind its end makes its content another. */
  function write(file: string, name: string, number: number): void {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, Buffer.concat([readFileSync(path.join(photographs, name)), Buffer.from([number])]));
  }

  beforeEach(() => {
    for (let i = 0; i < 20; i++) write(at(i < 10 ? 'a' : 'b', `${i}.jpg`), names[i % 4]!, i);
  });

  /** @returns the data, and how many pictures were decoded for it */
  async function load(more: object = {}, context: Partial<LoadContext> = {}): Promise<[LoadedData, number]> {
    let decoded = 0;
    const onProgress = ({ step }: { step: string }): void => {
      const found = /^Reading pictures: (\d+) of \1$/.exec(step);
      if (found) decoded = Number(found[1]);
    };
    const options = { set: 'folder', path: 'photos', testShare: 0.2, maxBroken: 0.5 } as const;
    const fitting = { imageSize: 24, fit: 'crop' } as const;
    const loaded = await loadDataSet(
      { ...options, ...fitting, ...more },
      loadContext(folder(), { onProgress, ...context }),
    );
    return [loaded, decoded];
  }

  function only(): string {
    const files = readdirSync(kept());
    assert.equal(files.length, 1, files.join(' '));
    return path.join(kept(), files[0]!);
  }

  it('are the same at the next start, when none is decoded', async () => {
    const [first, decoded] = await load();
    assert.equal(decoded, 20);
    const [second, again] = await load();
    assert.equal(again, 0);
    assert.deepEqual(second, first);
    const [listed] = await keptSets(kept());
    assert.deepEqual([listed?.source, listed?.pictures], [at(), 20]);
    assert.ok(listed!.bytes > 20 * 24 * 24 * 3);
  });

  it('are not held open once they are in memory', async function () {
    // Other systems do not list what a process has opened.
    if (process.platform !== 'linux') this.skip();
    const opened = (): string[] =>
      readdirSync('/proc/self/fd').flatMap((handle) => {
        const link = `/proc/self/fd/${handle}`;
        const target = existsSync(link) ? readlinkSync(link) : '';
        return target.startsWith(kept()) ? [target] : [];
      });
    for (const start of ['first', 'second']) {
      await load();
      assert.deepEqual(opened(), [], start);
    }
  });

  it('are of one fitting: with another one they are decoded anew, and both stay', async () => {
    await load();
    assert.equal((await load({ imageSize: 32 }))[1], 20);
    assert.equal((await load({ fit: 'pad' }))[1], 20);
    assert.equal((await load())[1], 0);
    assert.equal(readdirSync(kept()).length, 3);
  });

  it('follow a file that is renamed, and not one whose content is another, whatever its time says', async () => {
    const [first] = await load();
    renameSync(at('a', '3.jpg'), at('a', '33.jpg'));
    const [renamed, decoded] = await load({ testShare: 0.2 });
    assert.equal(decoded, 0);
    assert.equal(renamed.notice, undefined);
    const pictures = ({ train, test }: LoadedData) =>
      [train, test]
        .flatMap(({ files, images }) => files!.map((file, i) => [path.basename(file), images.at(i)] as const))
        .map(
          ([name, pixels]) => `${name === '33.jpg' ? '3.jpg' : name} ${Buffer.from(pixels).toString('hex')}`,
        )
        .sort();
    assert.deepEqual(pictures(renamed), pictures(first));

    const { atime, mtime, size } = statSync(at('b', '14.jpg'));
    const other = readFileSync(path.join(photographs, names[2]!));
    writeFileSync(at('b', '14.jpg'), Buffer.concat([other, Buffer.alloc(size - other.length, 99)]));
    utimesSync(at('b', '14.jpg'), atime, mtime);
    assert.equal(statSync(at('b', '14.jpg')).size, size);
    rmSync(at('b', '15.jpg'));
    write(at('b', '98.jpg'), 'grey.jpg', 98);
    write(at('b', '99.jpg'), 'whole.jpg', 99);
    const [changed, anew] = await load();
    assert.equal(anew, 3);
    assert.equal(
      changed.notice,
      'Of the pictures, since they were last read, 2 are new, 1 has changed, 1 is gone.',
    );
    const [after, none] = await load();
    assert.deepEqual([after.notice, none], [undefined, 0]);
  });

  it('grow by what further runs draw', async () => {
    const splits = {
      train: Int32Array.of(3, 9),
      validation: Int32Array.of(5),
      test: Int32Array.of(1),
      notices: [],
    };
    const [part, decoded] = await load({}, { draw: () => splits });
    assert.deepEqual([part.train.count, part.test.count, decoded], [3, 1, 4]);
    const [all, rest] = await load();
    assert.equal(rest, 16);
    assert.deepEqual([(await load({}, { draw: () => splits }))[1], (await load())[1]], [0, 0]);
    const pixels = imageBytes(all.train).subarray(1728 * 3, 1728 * 4);
    assert.deepEqual(imageBytes(part.train).subarray(0, 1728), pixels);
    assert.equal(all.notice, undefined);
  });

  it('with their broken ones are known to be broken', async () => {
    writeFileSync(at('a', '0.jpg'), 'no picture at all');
    const [first] = await load();
    const [second, decoded] = await load();
    assert.equal(decoded, 0);
    assert.equal(second.leftOut?.length, 1);
    assert.deepEqual(second, first);
  });

  it('are made again where the file is cut short, and those of which bytes are others', async () => {
    const [first] = await load();
    const bytes = readFileSync(only());
    for (const length of [0, 5, 200, bytes.length >> 1, bytes.length - 1]) {
      writeFileSync(only(), bytes.subarray(0, length));
      const [again, decoded] = await load();
      assert.equal(decoded, 20);
      assert.equal(again.notice, 'The kept pictures were damaged, so that all are decoded anew.');
      assert.deepEqual(imageBytes(again.train), imageBytes(first.train));
      assert.equal((await load())[1], 0);
    }
    const changed = readFileSync(only());
    // Behind the 24 bytes of the head, a picture after the other.
    changed[24]! ^= 1;
    changed[24 + 1728 * 3]! ^= 1;
    writeFileSync(only(), changed);
    const [again, decoded] = await load();
    assert.equal(decoded, 2);
    assert.equal(again.notice, 'Some of the kept pictures were damaged, so that they are decoded anew.');
    assert.deepEqual(
      [imageBytes(again.train), imageBytes(again.test)],
      [imageBytes(first.train), imageBytes(first.test)],
    );
    assert.equal((await load())[1], 0);
  });

  it('that cannot be written down are said, and the run goes on', async () => {
    writeFileSync(path.join(folder(), 'file'), '');
    const [loaded, decoded] = await load({}, { cacheFolder: path.join(folder(), 'file', 'cache') });
    assert.equal(decoded, 20);
    assert.match(loaded.notice!, /^The decoded pictures cannot be kept for the next start \(.*\)\.$/);
    assert.equal(loaded.train.count + loaded.test.count, 20);
  });

  it('are whole when two write them at once', async () => {
    const [[one], [other]] = await Promise.all([load(), load()]);
    assert.deepEqual(one, other);
    only();
    const [after, decoded] = await load();
    assert.equal(decoded, 0);
    assert.deepEqual(after, one);
  });

  it('that were decoded before a run was cancelled are not decoded again', async () => {
    for (let i = 20; i < 220; i++) write(at(i < 120 ? 'a' : 'b', `${i}.jpg`), names[i % 4]!, i);
    const cancelling = new AbortController();
    const onProgress = (): void => cancelling.abort();
    await assert.rejects(load({}, { onProgress, signal: cancelling.signal }), { code: 'cancelled' });
    const [kept] = await keptSets(pictureCacheFolder(path.join(folder(), 'cache')));
    assert.ok(kept!.pictures >= 100 && kept!.pictures < 220, `${kept!.pictures}`);
    const [all, decoded] = await load();
    assert.deepEqual([all.train.count + all.test.count, decoded], [220, 220 - kept!.pictures]);
    assert.equal(all.notice, undefined);
  });

  it('make room for others, and what another run left unfinished is removed after a day', async () => {
    mkdirSync(kept(), { recursive: true });
    const [old, young] = ['old.pictures.1.part', 'young.pictures.2.part'].map((name) =>
      path.join(kept(), name),
    );
    for (const file of [old!, young!]) writeFileSync(file, 'half');
    const before = new Date(Date.now() - 25 * 60 * 60 * 1000);
    utimesSync(old!, before, before);
    await load();
    assert.deepEqual([existsSync(old!), existsSync(young!)], [false, true]);
  });
});

describe('pictures that are too many for the memory', () => {
  const folder = useFolder();
  const photos = (): string => path.join(folder(), 'photos');
  const kept = (): string => pictureCacheFolder(path.join(folder(), 'cache'));
  const options = { set: 'folder', path: 'photos', testShare: 0.2, maxBroken: 0.5 } as const;
  const load = (context: Partial<LoadContext> = {}): Promise<LoadedData> =>
    loadDataSet({ ...options, imageSize: 24, fit: 'crop' }, loadContext(folder(), context));
  const pixelsOf = ({ train, test }: LoadedData) => [imageBytes(train), imageBytes(test)];
  const file = (): string => path.join(kept(), readdirSync(kept())[0]!);

  beforeEach(() => {
    for (let i = 0; i < 12; i++) {
      mkdirSync(path.join(photos(), `${i % 2}`), { recursive: true });
      const bytes = readFileSync(path.join(photographs, names[i % 4]!));
      writeFileSync(path.join(photos(), `${i % 2}`, `${i}.jpg`), Buffer.concat([bytes, Buffer.from([i])]));
    }
    writeFileSync(path.join(photos(), '0', 'broken.jpg'), 'no picture at all');
  });

  it('are read from the file, are the same as those in memory, and so are their sums', async () => {
    const held = await load({ cacheFolder: path.join(folder(), 'other') });
    for (const start of ['first', 'second']) {
      const stored = await load({ mostHeld: 0 });
      assert.deepEqual(pixelsOf(stored), pixelsOf(held), start);
      const sums = ({ train }: LoadedData) => [...train.labels.keys()].map((i) => train.images.checksum(i));
      assert.deepEqual(sums(stored), sums(held), start);
      assert.deepEqual(stored.leftOut, held.leftOut, start);
    }
  });

  it('share the file with those in memory, and one picture more is all that is decoded', async () => {
    const first = await load({ mostHeld: 0 });
    writeFileSync(path.join(photos(), '1', 'more.jpg'), readFileSync(path.join(photographs, 'grey.jpg')));
    const steps: string[] = [];
    const onProgress = ({ step }: { step: string }): void => void steps.push(step);
    const more = await load({ mostHeld: 0, onProgress });
    assert.deepEqual(
      steps.filter((step) => step.startsWith('Reading')),
      ['Reading pictures: 1 of 1'],
    );
    assert.equal(more.train.count + more.test.count, first.train.count + first.test.count + 1);
    assert.deepEqual(pixelsOf(await load()), pixelsOf(more));
    assert.equal(readdirSync(kept()).length, 1);
  });

  it('say when bytes in the file are others than were written, and what to do', async () => {
    const { train } = await load({ mostHeld: 0 });
    const bytes = readFileSync(file());
    bytes.fill(7, 24, 24 + 12 * 1728);
    writeFileSync(file(), bytes);
    assert.throws(() => train.images.at(0), {
      code: 'broken-data',
      message: `The decoded pictures in ${file()} cannot be read: its bytes are others than were written.`,
    });
  });

  it('are refused where they cannot be written', async () => {
    writeFileSync(path.join(folder(), 'file'), '');
    await assert.rejects(load({ mostHeld: 0, cacheFolder: path.join(folder(), 'file') }), {
      code: 'picture-cache',
      message:
        /^The pictures take 0 MB once they are decoded, and cannot be written to .*file.pictures \(.*\)\.$/,
    });
  });
});
