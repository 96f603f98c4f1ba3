/** A folder of pictures on the command line: the built bundle with its decoder, from config to events. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonLines, useCommandLine } from '../../support/commandLine';
import { packedDigits, writeDigits } from '../../support/pictures';

describe('a folder of pictures on the command line', () => {
  const line = useCommandLine();

  /** As long as the command runs, what is kept lies in the test's folder. */
  async function nas(...words: string[]) {
    const before = process.env['NAS_CACHE_DIR'];
    process.env['NAS_CACHE_DIR'] = join(line.folder, 'cache');
    try {
      return await line.nas(words);
    } finally {
      if (before === undefined) delete process.env['NAS_CACHE_DIR'];
      else process.env['NAS_CACHE_DIR'] = before;
    }
  }

  it('is decoded once; what is kept is listed, and removed', async () => {
    const { folder } = writeDigits(line.folder, await packedDigits(4, 2));
    const config = line.config({ data: { ...folder, imageSize: 8, trainImages: 30, testImages: 10 } });
    assert.match((await nas('cache')).out.join('\n'), /^No decoded pictures are kept in .*pictures\.$/);
    const first = await nas('data', config);
    assert.equal(first.code, 0, first.err);
    assert.match(first.err, /Reading pictures: 40 of 40/);
    const second = await nas('data', config);
    assert.doesNotMatch(second.err, /Reading pictures/);
    assert.deepEqual(second.out, first.out);
    const listed = JSON.parse((await nas('cache', '--json')).out.join('\n')) as {
      kept: { source: string; pictures: number }[];
    };
    assert.deepEqual(
      listed.kept.map(({ pictures }) => pictures),
      [40],
    );
    assert.match((await nas('cache')).out.join('\n'), /decoded pictures of 1 set, /);
    assert.match(
      (await nas('cache', '--clear')).out.join('\n'),
      /^Removed from .*: decoded pictures of 1 set/,
    );
    assert.match((await nas('data', config)).err, /Reading pictures: 40 of 40/);
  });

  it('is searched on with the same events as the same images from IDX files', async () => {
    const sections = writeDigits(line.folder, await packedDigits(8, 4));
    const events = async (data: object): Promise<unknown[]> => {
      const config = line.config({ data: { ...data, trainImages: 64, testImages: 40, imageSize: 8 } });
      const { code, out, err } = await nas('run', config, '--json');
      assert.equal(code, 0, err);
      // Those of the run's log; the others tell of the clock and of the files.
      const logged = jsonLines(out).filter(({ seq }) => seq !== undefined);
      return logged.map((event) => ({ ...event, time: 0, runId: '', data: '' }));
    };
    const [ours, theirs] = [await events(sections.folder), await events(sections.idx)];
    assert.ok(ours.length > 10);
    assert.deepEqual(ours, theirs);
  });

  it('is inspected, and a folder without classes is refused before anything starts', async () => {
    const { folder } = writeDigits(line.folder, await packedDigits(2, 1));
    const inspected = await line.nas([
      'inspect',
      line.config({ data: { ...folder, imageSize: [8, 6], colour: 'rgb', trainImages: 20, testImages: 10 } }),
    ]);
    assert.equal(inspected.code, 0, inspected.err);
    assert.match(inspected.out.join('\n'), /Images +28×28×1, shrunk to 8×6×3, 10 classes/);
    mkdirSync(join(line.folder, 'empty'));
    writeFileSync(join(line.folder, 'empty', 'notes.txt'), '');
    const { code, err } = await line.nas(['run', line.config({ data: { set: 'folder', path: 'empty' } })]);
    assert.notEqual(code, 0);
    assert.match(err, /data\.path: .*empty: it has no class folders\./);
  });

  it('gets a config by nas init, which can be inspected and is never written over another', async () => {
    writeDigits(line.folder, await packedDigits(6, 3));
    const made = await line.nas(['init', 'digits', '--threads', '1']);
    assert.equal(made.code, 0, made.err);
    assert.equal(made.out[0], 'digits.nas.json');
    assert.match(made.out[1]!, /^90 pictures in "digits", 10 classes: 0 9, 1 9, /);
    const inspected = await line.nas(['inspect', 'digits.nas.json']);
    assert.equal(inspected.code, 0, inspected.err);
    assert.match(inspected.out.join('\n'), /Images +28×28×1, 10 classes/);
    const again = await line.nas(['init', 'digits']);
    assert.equal(again.code, 2);
    assert.match(again.err, /digits\.nas\.json exists already\. Choose another file with --out\./);
    const none = await line.nas(['init', 'digits/train/0']);
    assert.equal(none.code, 2);
    assert.match(none.err, /pictures, but no class folders\. Make a subfolder for each class/);
  });
});
