/** `nas classify`, asked of a network whose answer is known. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PictureAnswer } from '../../../src/protocol/classification';
import type { RunFolder } from '../../../src/runs/runFolder';
import { knownRun } from '../../support/knownNetwork';
import { nasHere } from '../../support/nasHere';
import { writePlain } from '../../support/pictures';

describe('nas classify', () => {
  let folder: string;
  let run: RunFolder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nas-classify-'));
    run = knownRun(folder);
    writePlain(join(folder, 'one.png'), 8, 8, 200);
    writePlain(join(folder, 'two.png'), 16, 12, 7, 3);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const classify = (names: readonly string[], ...options: string[]) =>
    nasHere(['classify', run.path, ...names.map((name) => join(folder, name)), '--threads', '1', ...options]);

  it('prints the five likeliest classes of each picture, and what became of it', async () => {
    const { code, out, printed } = await classify(['one.png', 'two.png']);
    assert.equal(code, 0, printed);
    const likely = ['dog  35.0 %', 'fox  29.0 %', 'bee  20.0 %', 'cat  10.0 %', 'ape   5.0 %'];
    const lines = likely.map((line) => `  ${line}`);
    const note = '  Note: Its aspect is not that of the run’s pictures: 16 × 12 became 8 × 8.';
    const wanted = [join(folder, 'one.png'), ...lines, join(folder, 'two.png'), ...lines, note];
    assert.deepEqual(out.replaceAll('\u00a0', ' ').split('\n'), wanted);
  });

  it('gives the same as JSON, and a code that tells of pictures that could not be used', async () => {
    writeFileSync(join(folder, 'text.png'), 'This is no picture.');
    mkdirSync(join(folder, 'more'));
    const { code, out } = await classify(['text.png', 'one.png', 'more', 'none.png'], '--json');
    assert.equal(code, 2);
    const told = JSON.parse(out) as ({ picture: string; error?: string } & {
      classes?: Extract<PictureAnswer, { kind: 'classified' }>['likely'];
    })[];
    assert.deepEqual(
      told.map(({ picture }) => picture),
      ['text.png', 'one.png', 'more', 'none.png'].map((name) => join(folder, name)),
    );
    const [text, one, more, none] = told;
    assert.match(text!.error!, /text\.png: it is no picture, or cut short/);
    assert.match(more!.error!, /more: it cannot be read/);
    assert.match(none!.error!, /none\.png: it cannot be read/);
    assert.deepEqual(
      one!.classes!.map(({ label, name, probability }) => [label, name, probability.toFixed(4)]),
      [
        [3, 'dog', '0.3500'],
        [5, 'fox', '0.2900'],
        [1, 'bee', '0.2000'],
        [2, 'cat', '0.1000'],
        [0, 'ape', '0.0500'],
      ],
    );
  });

  it('names on standard error what could not be used, beside what could', async () => {
    writePlain(join(folder, 'small.png'), 4, 4, 7);
    const { code, out, printed } = await classify(['small.png', 'one.png']);
    assert.equal(code, 2);
    assert.match(printed, /small\.png does not fit\. .*4 × 4.* Take a larger picture/);
    assert.ok(out.startsWith(join(folder, 'one.png')), out);
  });

  it('says why a run cannot be asked, and what to do', async () => {
    rmSync(run.weightsPath);
    const old = await classify(['one.png']);
    assert.equal(old.code, 2);
    assert.match(old.printed, /^The run \S+ has no weights of its found network: .* Run the search again\.$/);
    rmSync(run.resultPath);
    const unfinished = await classify(['one.png']);
    assert.match(unfinished.printed, /^The run \S+ is not finished\. Wait for its end, or resume it\.$/);
    assert.equal((await nasHere(['classify', join(folder, 'more'), 'one.png'])).code, 2);
  });
});
