/** The process that looks at data, as the host meets it: forked from the built bundle. */
import { imageBytes } from '../../../src/data/dataSet';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PictureAnswer } from '../../../src/protocol/classification';
import type { DataCommand, DataMessage, Pictures } from '../../../src/protocol/dataProcess';
import { DataProcess } from '../../../src/worker/dataClient';
import { childGone } from '../../support/children';
import { known, knownRun } from '../../support/knownNetwork';
import { packedDigits, writeDigits, writePlain } from '../../support/pictures';
import { useFolder } from '../data/helpers';

const script = path.join(__dirname, '../../../dist/dataProcess.js');

describe('the process that looks at data', () => {
  const folder = useFolder();
  const at = (...parts: string[]): string => path.join(folder(), ...parts);
  let child: DataProcess | undefined;
  before(() => assert.ok(existsSync(script), 'dist/dataProcess.js is missing: run npm run build'));
  afterEach(() => child?.dispose());

  const steps: string[] = [];
  let heard: (message: DataMessage) => void;

  /** The first answer to a command that is no progress. */
  function ask(command: DataCommand): Promise<DataMessage> {
    return new Promise((resolve) => {
      heard = (told) => {
        if (told.type === 'progress') steps.push(told.step);
        else resolve(told);
      };
      child!.send(command);
    });
  }

  /** The same of a new process. */
  function answer(command: DataCommand, program = script): Promise<DataMessage> {
    start(program);
    return ask(command);
  }

  function start(program: string): void {
    const message = (told: DataMessage): void => heard(told);
    child = new DataProcess({ script: program }, { message, output: () => undefined });
  }

  const open = (data: object, more: object = {}): Promise<DataMessage> =>
    answer({
      type: 'open',
      file: at('own.nas.json'),
      text: JSON.stringify({ preset: 'laptop', name: 'own', data, ...more }),
    });

  it('proposes a config for a folder of pictures', async () => {
    for (const name of ['a', 'b'])
      for (let i = 0; i < 12; i++) writePlain(at('photos', name, `${i}.png`), 40, 40, i);
    const root = at('photos');
    const proposed = await answer({ type: 'propose', root, configFolder: folder(), name: 'x', threads: 1 });
    assert.ok(proposed.type === 'proposal', JSON.stringify(proposed));
    assert.match(proposed.text, /"path": "photos"/);
    assert.ok(steps.includes('Timing a few steps of a search'));
  });

  it('says what is wrong and what to do next', async () => {
    const command = {
      type: 'propose',
      root: at('none'),
      configFolder: folder(),
      name: 'x',
      threads: 1,
    } as const;
    const failed = await answer(command);
    assert.ok(failed.type === 'failed');
    assert.match(failed.message, /none: there is no such folder\.$/);
    assert.match(failed.hint!, /^Check the path/);
    assert.equal(failed.stack, undefined);
  });

  it('that ends by itself is told of', async () => {
    writeFileSync(at('ends.cjs'), 'process.exit(3);');
    const ended = await answer({ type: 'open', text: '', file: '' }, at('ends.cjs'));
    assert.ok(ended.type === 'failed');
    assert.match(ended.message, /ended unexpectedly \(code 3\)/);
  });

  it('tells what is in a folder of pictures and gives them, as they are and augmented as for training', async () => {
    const digits = await packedDigits(6, 3);
    const { folder: data } = writeDigits(folder(), digits);
    const first = at('digits', 'train', '0', '00000.png');
    writeFileSync(at('digits', 'test', '1', 'copy.png'), readFileSync(first));
    writeFileSync(at('digits', 'train', '2', 'text.png'), 'This is no picture.');
    const told = await open({ ...data, imageSize: 28, colour: 'grey', augmentation: { flip: true } });
    assert.ok(told.type === 'summary', JSON.stringify(told));
    const { counts, classes, copies, duplicates, broken, files, augmentation, notices } = told.summary;
    // The copy of a test image does not train.
    assert.deepEqual([counts.train + counts.validation, counts.test], [59, 31]);
    assert.deepEqual(classes[1], { name: '1', train: 3, validation: 3, test: 4 });
    assert.deepEqual([copies.testInOthers, copies.leftOut, copies.otherClass, copies.equal], [0, 1, 2, 2]);
    assert.equal(duplicates.length, 1);
    assert.deepEqual(duplicates[0]!.images.map(({ file }) => file).toSorted(), [
      at('digits', 'test', '1', 'copy.png'),
      first,
    ]);
    assert.deepEqual(
      broken.map(({ name, file }) => [name, file]),
      [[path.join('train', '2', 'text.png'), at('digits', 'train', '2', 'text.png')]],
    );
    assert.deepEqual(files!.sizes, [{ height: 28, width: 28, count: 91 }]);
    assert.deepEqual(files!.formats, [{ name: 'png', count: 91 }]);
    assert.equal(augmentation, 'mirrored');
    assert.deepEqual(
      notices.filter((notice) => notice.includes('broken')),
      [],
    );

    const page = async (query: Partial<Pictures['query']>): Promise<Pictures> => {
      const all = { split: 'test', from: 0, count: 60, augmented: 0 } as const;
      const given = await ask({ type: 'pictures', query: { ...all, ...query } });
      assert.ok(given.type === 'pictures');
      return given.pictures;
    };
    const tests = await page({});
    assert.equal(tests.total, 31);
    assert.deepEqual(tests.pictures[0]!.pixels, imageBytes(digits.test).slice(0, 784));
    const sevens = await page({ label: 7, from: 1, count: 2 });
    assert.deepEqual([sevens.total, sevens.pictures.map(({ label }) => label)], [3, [7, 7]]);
    const { pictures } = await page({ split: 'train', augmented: 4 });
    const mirrored = (pixels: Uint8Array): Uint8Array =>
      pixels.map((_, i) => pixels[i - (i % 28) + 27 - (i % 28)]!);
    const kinds = new Set<string>();
    for (const { pixels, augmented } of pictures) {
      assert.equal(augmented.length, 4);
      for (const sample of augmented) {
        const kind = Buffer.compare(sample, pixels) === 0 ? 'as it is' : 'mirrored';
        kinds.add(kind);
        if (kind === 'mirrored') assert.deepEqual(sample, mirrored(pixels));
      }
    }
    assert.deepEqual([...kinds].toSorted(), ['as it is', 'mirrored']);
  });

  it('takes pictures for what the network of a run takes them for, one command after the other', async () => {
    const { path: runFolder } = knownRun(folder());
    writePlain(at('grey.png'), 8, 8, 200);
    const bytes = new Uint8Array(readFileSync(at('grey.png')));
    const answers: PictureAnswer[] = [];
    const answered = new Promise<void>((resolve, reject) => {
      heard = (told) => {
        if (told.type === 'failed') reject(new Error(told.message));
        if (told.type === 'answer' && answers.push(told.answer) === 3) resolve();
      };
    });
    start(script);
    const command = { type: 'classify', runFolder, threads: 1 } as const;
    const named = { name: 'named', file: at('grey.png') };
    child!.send({ ...command, pictures: [named, { name: 'none', file: at('none.png') }] });
    child!.send({ ...command, pictures: [{ name: 'dropped', bytes }] });
    await answered;
    assert.deepEqual(
      answers.map(({ kind, name }) => [kind, name]),
      [
        ['classified', 'named'],
        ['refused', 'none'],
        ['classified', 'dropped'],
      ],
    );
    const [first, , last] = answers;
    assert.ok(first?.kind === 'classified' && last?.kind === 'classified');
    assert.deepEqual(first.picture, {
      height: 8,
      width: 8,
      channels: 1,
      pixels: new Uint8Array(64).fill(200),
    });
    assert.deepEqual({ ...first, name: '' }, { ...last, name: '' });
    for (const { name, probability } of first.likely)
      assert.ok(Math.abs(probability - known[name]!) < 1e-5, name);
  });

  it('gives up an export when it is told to, and ends its Python', async function () {
    if (process.platform === 'win32') this.skip();
    const { path: runFolder } = knownRun(folder());
    const python = at('python');
    // Says that it has begun, and never ends by itself.
    const script = [
      '#!/bin/sh',
      `if [ "$1" = -c ]; then echo '[]'; exit; fi`,
      `echo $$ > ${at('pid')}`,
      `echo '{"step":"Converting"}'`,
      'exec sleep 600',
    ];
    writeFileSync(python, `${script.join('\n')}\n`, { mode: 0o755 });
    const target = at('tiny.keras');
    const begun = new Promise<void>((resolve) => {
      heard = (told) => told.type === 'progress' && told.step === 'Converting' && resolve();
    });
    start(path.join(__dirname, '../../../dist/dataProcess.js'));
    child!.send({ type: 'export', runFolder, format: 'keras', options: {}, target, python, threads: 1 });
    await begun;
    const told = await ask({ type: 'cancel' });
    assert.ok(told.type === 'failed');
    assert.equal(told.code, 'cancelled');
    assert.ok(!existsSync(target));
    await childGone(Number(readFileSync(at('pid'), 'utf8')));
  });
});
