import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { mock } from 'node:test';
import { parseWithFiles } from '../../../src/config/parse';
import { parseConfig } from '../../../src/config/parse';
import { type Fitting, imageBytes, type ImageSet, type LoadedData } from '../../../src/data/dataSet';
import { decodePictures } from '../../../src/data/pictures/decoder';
import type { DecodeAnswer } from '../../../src/data/pictures/messages';
import { readingStep } from '../../../src/data/pictures/reading';
import { loadDataSet } from '../../../src/data/registry';
import { folder as folderSet } from '../../../src/data/sets/folder';
import type { DrawnSplits } from '../../../src/data/splits';
import { splitsOf } from '../../../src/job/data';
import { Random } from '../../../src/random';
import { encodePng, packedDigits, writeDigits, writePlain } from '../../support/pictures';
import { loadContext, useFolder } from './helpers';

const defaults = { set: 'folder', path: 'photos', testShare: 0.2, maxBroken: 0.05 } as const;

describe('a folder of pictures', () => {
  const folder = useFolder();
  const at = (...parts: string[]): string => path.join(folder(), 'photos', ...parts);
  const load = (more: object = {}, context: object = {}) =>
    loadDataSet({ ...defaults, ...more }, loadContext(folder(), context));
  const facts = (more: Fitting & { readonly group?: string } = {}) =>
    folderSet.readFacts({ ...defaults, ...more }, folder(), 1);

  const counts = async (): Promise<number[]> => {
    const { trainCount, testCount } = await facts();
    return [trainCount, testCount];
  };

  /** Grey pictures whose value is their number. */
  function write(place: string, count: number, size: [number, number] = [6, 8], channels = 1): void {
    for (let i = 0; i < count; i++) writePlain(at(place, `${i}.png`), ...size, i, channels);
  }

  it('gives the digits of MNIST to the byte, with the facts that it told before', async () => {
    const digits = await packedDigits(6, 3);
    const { folder: data } = writeDigits(folder(), digits);
    const loaded = await load(data);
    for (const part of ['train', 'test'] as const) {
      assert.deepEqual(imageBytes(loaded[part]), imageBytes(digits[part]));
      assert.deepEqual(loaded[part].labels, digits[part].labels);
      assert.deepEqual(loaded[part].classNames, digits[part].classNames);
    }
    const { sizes, ...told } = await folderSet.readFacts({ ...defaults, ...data }, folder(), 1);
    assert.deepEqual(
      sizes!.map((size) => [size.height, size.width]),
      [[28, 28]],
    );
    const { height, width, channels, classes } = loaded.train;
    const counts = { trainCount: loaded.train.count, testCount: loaded.test.count };
    assert.deepEqual(told, { height, width, channels, classes, ...counts });
    assert.equal(loaded.notice, undefined);
  });

  it('has its classes in the order of code points, and of each a seeded share that tests', async () => {
    for (const [name, count] of [
      ['b', 10],
      ['Z', 5],
      ['a', 2],
      ['ä', 20],
    ] as const)
      write(name, count);
    const [one, same, other] = [await load(), await load(), await load({}, { seed: 2 })];
    assert.deepEqual(one.train.classNames, ['Z', 'a', 'b', 'ä']);
    assert.deepEqual(one, same);
    assert.notDeepEqual(imageBytes(one.test), imageBytes(other.test));
    const byClass = (labels: Uint16Array) =>
      [0, 1, 2, 3].map((c) => labels.filter((label) => label === c).length);
    assert.deepEqual(
      [byClass(one.test.labels), byClass(one.train.labels)],
      [
        [1, 1, 2, 4],
        [4, 1, 8, 16],
      ],
    );
    assert.deepEqual(await counts(), [one.train.count, one.test.count]);
    // Together they are all pictures, each once: 48 pixels of the value of its number.
    const values = [one.train, one.test].flatMap(({ images, labels }) =>
      [...labels].map((label, i) => `${label} ${images.at(i)[0]}`),
    );
    assert.equal(new Set(values).size, 37);
  });

  it('keeps groups, which a pattern finds in the paths, on one side, and says where it finds none', async () => {
    for (const name of ['a', 'b'])
      for (let i = 0; i < 12; i++) writePlain(at(name, `p${i >> 1}_${i}.png`), 6, 8, i);
    const group = 'p(\\d+)_';
    const { train, test } = await load({ group });
    assert.deepEqual(await facts({ group }).then(({ testCount }) => testCount), test.count);
    const of = ({ images, count }: typeof train) =>
      Array.from({ length: count }, (_, i) => images.at(i)[0]! >> 1);
    assert.ok(test.count > 0 && train.count + test.count === 24);
    assert.deepEqual([...train.groups!], of(train));
    assert.deepEqual([...test.groups!], of(test));
    assert.deepEqual(
      [...new Set(of(test))].filter((patient) => of(train).includes(patient)),
      [],
    );
    writePlain(at('b', 'other.png'), 6, 8, 1);
    await assert.rejects(facts({ group }), {
      message: /photos: "group" finds nothing in 1 of 25 paths, such as b\/other\.png/,
    });
    const messages = ['p\\d+', '(a)(b)', '(', group].map((pattern) =>
      folderSet
        .checks({ ...defaults, group: pattern })
        .map(({ path: key, message }) => `${key.join('.')}: ${message}`),
    );
    assert.match(
      messages.join('; '),
      /^group: It captures nothing\.; group: It captures 2 parts\.; group: Invalid regular expression.+; $/,
    );
  });

  it('takes train, val and test as they are; without test, val tests', async () => {
    write('train/x', 4);
    write('train/y/deep', 3);
    write('val/x', 2);
    write('val/y', 1);
    const two = await load();
    assert.deepEqual([two.train.count, two.test.count, two.notice], [7, 3, undefined]);
    write('test/x', 1);
    write('test/y', 5);
    const three = await load();
    assert.deepEqual([three.train.count, three.test.count], [10, 6]);
    assert.deepEqual([...three.train.labels], [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
    assert.match(three.notice!, /pictures of val are among those to train on/);
    assert.deepEqual(await counts(), [10, 6]);
  });

  it('of several sizes and of grey and colour comes to one shape, which costs and checks know before', async () => {
    write('a', 3, [40, 60]);
    write('b', 3, [50, 30], 3);
    const fitting = { imageSize: 16, fit: 'crop' } as const;
    const { train } = await load(fitting);
    assert.deepEqual([train.height, train.width, train.channels], [16, 16, 3]);
    assert.equal((await load({ ...fitting, colour: 'grey' })).train.channels, 1);
    assert.deepEqual(await facts(), {
      ...{ height: 50, width: 30, channels: 3, classes: 2, trainCount: 4, testCount: 2 },
      sizes: [
        { height: 50, width: 30, example: at('b', '0.png') },
        { height: 40, width: 60, example: at('a', '0.png') },
      ],
    });
    const problem = async (data: object): Promise<string> => {
      const text = JSON.stringify({
        data: { set: 'folder', path: 'photos', ...data },
        training: { batchSize: 1 },
        final: { epochs: 0 },
      });
      const { issues } = await parseWithFiles(text, folder());
      return issues.map(({ path: key, message, hint }) => `${key}: ${message} ${hint}`).join();
    };
    assert.match(
      await problem({}),
      /^data\.imageSize: The pictures are of 2 sizes, from 50 × 30 to 40 × 60.*"imageSize": 30, "fit": "crop"/,
    );
    assert.match(
      await problem({ imageSize: 64, fit: 'crop' }),
      /^data\.imageSize: Images of 50 × 30 \(.*photos.b.0\.png\) cannot be shrunk to 64/,
    );
    assert.equal(await problem({ imageSize: [16, 24] }), '');
    assert.match(await problem({ path: 'elsewhere' }), /^data\.path: .*elsewhere: there is no such folder/);
    await assert.rejects(load(), { code: 'image-size', message: /The pictures are of 2 sizes/ });
  });

  it('leaves out broken files up to a share, and lists them with the reason', async () => {
    write('a', 30);
    write('b', 30);
    const sound = readFileSync(at('a', '0.png'));
    writeFileSync(at('a', 'cut.png'), sound.subarray(0, sound.length - 20));
    writeFileSync(
      at('b', 'huge.png'),
      encodePng({ height: 1, width: 1, channels: 1 }, Uint8Array.of(1), [50_000, 50_000]),
    );
    writeFileSync(at('b', 'text.jpg'), 'This is no picture.');
    const { train, test, notice, leftOut } = await load();
    assert.equal(train.count + test.count, 60);
    assert.deepEqual(
      leftOut?.map(({ file }) => file),
      [at('a', 'cut.png'), at('b', 'huge.png'), at('b', 'text.jpg')],
    );
    assert.match(leftOut[2]!.reason, /^it is no picture/);
    const valueOf = (file: string): number => Number(/\d+/.exec(path.basename(file))![0]);
    for (const { files, images } of [train, test])
      files!.forEach((file, i) => assert.equal(images.at(i)[0], valueOf(file), file));
    assert.match(
      notice!,
      /3 pictures are left out, since broken: a\/cut\.png \(.+\), b\/huge\.png \(it has 50,000 × 50,000 pixels by its header.*\), b\/text\.jpg \(it is no picture/,
    );
    await assert.rejects(load({ maxBroken: 0.04 }), {
      message: /photos: 3 of 63 pictures cannot be read: a\/cut\.png/,
    });
    for (let i = 0; i < 30; i++) writeFileSync(at('a', `${i}.png`), '');
    await assert.rejects(load({ maxBroken: 1 }), {
      message: /none of the pictures of the class a can be read: a\/0\.png \(it is empty\)/,
    });
  });

  it('says what is wrong with it as a whole', async () => {
    const refused = async (message: RegExp): Promise<void> => {
      await assert.rejects(facts(), { name: 'UserError', message });
      await assert.rejects(load(), { name: 'UserError', message });
    };
    await refused(/photos: there is no such folder/);
    mkdirSync(at(), { recursive: true });
    await refused(/photos: it has no class folders/);
    write('.', 2);
    await refused(/photos: it has 2 pictures, but no class folders/);
    write('a', 3);
    await refused(/photos: it has one class folder alone, a\./);
    mkdirSync(at('b'));
    await refused(/photos: there are no pictures in the class folder b\./);
    write('b', 1);
    await refused(/photos: the class b has one picture/);
    rmSync(at(), { recursive: true });
    write('train/a', 2);
    write('train/b', 2);
    write('test/a', 2);
    await refused(/photos\/test: no image is of the class "b"/);
    write('test/c', 2);
    await refused(/photos: the class folder test\/c has no counterpart in train/);
    rmSync(at(), { recursive: true });
    for (const name of ['a', 'b']) {
      mkdirSync(at(name), { recursive: true });
      for (const file of ['1.png', '2.png']) writeFileSync(at(name, file), 'no picture');
    }
    await refused(/photos: none of its pictures can be read/);
  });

  it('follows links to its own files, and refuses those that lead out or to folders', async function () {
    if (process.platform === 'win32') return this.skip();
    write('a', 2);
    write('b', 2);
    symlinkSync(at('a', '1.png'), at('b', 'link.png'));
    const { trainCount, testCount } = await facts();
    assert.equal(trainCount + testCount, 5);
    writePlain(path.join(folder(), 'outside.png'), 6, 8, 1);
    symlinkSync(path.join(folder(), 'outside.png'), at('b', 'out.png'));
    await assert.rejects(load(), {
      message: /photos: the symbolic link b\/out\.png leads out of the folder, to .*outside\.png/,
    });
    rmSync(at('b', 'out.png'));
    symlinkSync(at(), at('b', 'round'));
    await assert.rejects(facts(), {
      message: /the symbolic link b\/round leads (out of the folder|to a folder)/,
    });
    rmSync(at('b', 'round'));
    symlinkSync(at('nowhere'), at('b', 'gone.png'));
    await assert.rejects(facts(), { message: /b\/gone\.png leads nowhere/ });
  });

  it('of which a run takes a part is drawn before it is decoded: the images that it would draw of all', async () => {
    write('a', 40);
    write('b', 20);
    const { config } = parseConfig(
      JSON.stringify({ seed: 5, data: { ...defaults, trainImages: 12, testImages: 4 } }),
    );
    const draw = (sets: LoadedData) => splitsOf(config!, sets);
    const all = await load();
    const wanted = draw(all);
    // What is not drawn may be broken: nobody looks.
    const used = [
      ...[...wanted.train, ...wanted.validation].map((i) => all.train.files![i]!),
      ...Array.from(wanted.test, (i) => all.test.files![i]!),
    ];
    for (const file of [...all.train.files!, ...all.test.files!]) {
      if (!used.includes(file)) writeFileSync(file, 'no picture');
    }
    const part = await load({}, { draw });
    assert.deepEqual([part.train.count, part.test.count, part.leftOut], [12, 4, []]);
    const splits = splitsOf(config!, part);
    const told = (data: LoadedData, { train, validation, test }: DrawnSplits) => [
      ...[train, validation].map((positions) => Array.from(positions, (i) => picture(data.train, i))),
      Array.from(test, (i) => picture(data.test, i)),
    ];
    const picture = ({ files, labels, images }: ImageSet, i: number) => [
      path.relative(folder(), files![i]!),
      labels[i],
      [...images.at(i)],
    ];
    assert.deepEqual(told(part, splits), told(all, wanted));
    // A broken one is left out of its part, and the others stay where they are.
    writeFileSync(all.train.files![wanted.train[1]!]!, 'no picture');
    const broken = await load({ maxBroken: 0.5 }, { draw });
    assert.deepEqual(
      told(broken, splitsOf(config!, broken)),
      told(all, { ...wanted, train: wanted.train.filter((_, i) => i !== 1) }),
    );
  });

  it('tells how long reading still takes, once that can be told', () => {
    assert.equal(readingStep(100, 50_000, 1), 'Reading pictures: 100 of 50,000');
    assert.equal(readingStep(12_000, 50_000, 12), 'Reading pictures: 12,000 of 50,000, 38 s left');
    assert.equal(readingStep(50_000, 50_000, 50), 'Reading pictures: 50,000 of 50,000');
  });

  it('can be cancelled while it is read, and tells how far it is', async () => {
    write('a', 150);
    write('b', 150);
    const control = new AbortController();
    const steps: string[] = [];
    const onProgress = ({ step }: { step: string }): void => {
      steps.push(step);
      control.abort();
    };
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    // Mocha sets its own timer once a test has begun to wait.
    await Promise.resolve();
    const before = timers();
    await assert.rejects(load({}, { signal: control.signal, onProgress }), { code: 'cancelled' });
    assert.equal(steps.length, 1);
    assert.match(steps[0]!, /^Reading pictures: 100 of 300(, .* left)?$/);
    assert.ok(timers() <= before, 'a timer keeps the process alive');
  });

  it('survives files in which bytes were changed: each is a picture or broken with a reason', async () => {
    const fixtures = path.join(__dirname, '../../fixtures/pictures');
    const names = readdirSync(fixtures).filter((name) => !/\.(py|json)$/.test(name));
    const random = Random.fromSeed(1, 'mutated pictures');
    const files: string[] = [];
    for (let i = 0; i < 320; i++) {
      const name = names[i % names.length]!;
      const bytes = Uint8Array.from(readFileSync(path.join(fixtures, name)));
      for (let change = random.integer(12); change >= 0; change--) {
        // Half of the changes fall into the header.
        const length = random.uniform() < 0.5 ? Math.min(64, bytes.length) : bytes.length;
        bytes[random.integer(length)] = random.integer(256);
      }
      const kept = random.uniform() < 0.2 ? random.integer(bytes.length) : bytes.length;
      files.push(path.join(folder(), `${i}-${name}`));
      writeFileSync(files[i]!, bytes.subarray(0, kept));
    }
    const answers = new Map<number, DecodeAnswer>();
    const fitting = { imageSize: 8, fit: 'pad' } as const;
    await decodePictures({
      ...{ files, fitting, threads: 2 },
      onAnswer: (index, answer) => {
        assert.ok(!answers.has(index));
        answers.set(index, answer);
      },
    });
    assert.equal(answers.size, files.length);
    const kinds = { picture: 0, broken: 0, unfit: 0 };
    for (const answer of answers.values()) {
      kinds[answer.kind]++;
      if (answer.kind === 'broken') assert.match(answer.reason, /^\S.{10,}/);
    }
    assert.ok(kinds.picture > 20 && kinds.broken > 20, JSON.stringify(kinds));
  });
});

describe('the decoder of pictures', () => {
  const folder = useFolder();
  const decode = async (code: string, files: string[]): Promise<string[]> => {
    const program = path.join(folder(), 'decoder.cjs');
    writeFileSync(program, code);
    const answers: string[] = [];
    await decodePictures({
      ...{ files, fitting: {}, threads: 2, program },
      onAnswer: (index, answer) => (answers[index] = answer.kind === 'broken' ? answer.reason : answer.kind),
    });
    return answers;
  };

  it('finds the file on which it breaks down or stands still, and reads the others', async () => {
    const code = `const { BroadcastChannel, parentPort } = require('node:worker_threads');
      parentPort.on('message', (requests) => {
        for (const { id, file } of requests) {
          if (file === 'crash') process.exit(3);
          if (file === 'throw') throw new Error('trap');
          if (file === 'still') new BroadcastChannel('decoder').postMessage('stands still');
          else parentPort.postMessage([{ id, kind: 'broken', reason: file }]);
        }
      });
      parentPort.postMessage('ready');`;
    const files = ['1', '2', 'crash', '3', 'throw', '4', 'still', '5'];
    const bad = 'the decoder breaks down at it';
    // Time passes when a decoder says that it stands still, and at no other time.
    mock.timers.enable({ apis: ['setTimeout'] });
    const channel = new BroadcastChannel('decoder');
    channel.onmessage = () => mock.timers.tick(600_000);
    try {
      assert.deepEqual(await decode(code, files), ['1', '2', bad, '3', bad, '4', bad, '5']);
    } finally {
      channel.close();
      mock.timers.reset();
    }
  });

  it('is kept for the next load, unless it broke down', async () => {
    const code = `const { parentPort, threadId } = require('node:worker_threads');
      parentPort.on('message', (requests) => {
        for (const { id, file } of requests) {
          if (file === 'crash') process.exit(3);
          parentPort.postMessage([{ id, kind: 'broken', reason: String(threadId) }]);
        }
      });
      parentPort.postMessage('ready');`;
    const [first] = await decode(code, ['1']);
    assert.deepEqual(await decode(code, ['1', '2']), [first, first]);
    const [, other] = await decode(code, ['crash', '1']);
    assert.notEqual(other, first);
  });

  it('that does not start is an error, not a broken file', async () => {
    await assert.rejects(decode(`throw new Error('no such module')`, ['1']), /no such module/);
  });
});
