/** Pictures through the network that a run has found, held against what the run itself took them for. */
import assert from 'node:assert/strict';
import { readFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { safetensors } from '../../../src/data/arrays/safetensors';
import { readWeights, writeWeights } from '../../../src/job/weights';
import { structureOf } from '../../../src/network/structure';
import { mostLikely, type PictureAnswer, type PictureOrigin } from '../../../src/protocol/classification';
import type { RunFolder } from '../../../src/runs/runFolder';
import { PictureClassifier } from '../../../src/study/classification';
import { encodePng, writePlain } from '../../support/pictures';
import { pictureRun } from '../../support/pictureRun';
import { createRun, tinyConfig } from '../../support/tinyConfig';

describe('classification of pictures', () => {
  let folder = '';
  let run: RunFolder;
  let tested: Awaited<ReturnType<typeof pictureRun>>['tested'];
  let classifier: PictureClassifier;
  const at = (name: string): string => path.join(folder, name);

  // One run for all: nothing here changes it.
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nas-classification-'));
    const before = process.env['NAS_CACHE_DIR'];
    process.env['NAS_CACHE_DIR'] = at('cache');
    try {
      ({ run, tested } = await pictureRun(folder));
    } finally {
      if (before === undefined) delete process.env['NAS_CACHE_DIR'];
      else process.env['NAS_CACHE_DIR'] = before;
    }
    classifier = await PictureClassifier.open(run, { threads: 1 });
  });
  after(() => {
    classifier.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  async function classify(...pictures: PictureOrigin[]): Promise<PictureAnswer[]> {
    const answers: PictureAnswer[] = [];
    await classifier.classify(pictures, { onAnswer: (answer) => answers.push(answer) });
    return answers;
  }

  async function classified(origin: PictureOrigin) {
    const [answer] = await classify(origin);
    assert.ok(answer?.kind === 'classified', JSON.stringify(answer));
    return answer;
  }

  async function refused(origin: PictureOrigin) {
    const [answer] = await classify(origin);
    assert.ok(answer?.kind === 'refused', JSON.stringify(answer));
    return `${answer.message} ${answer.hint ?? ''}`;
  }

  it('takes all test pictures of a run for what the run took them for', async () => {
    const found = run.readResult()!.found!;
    const pairs = new Map<string, number>();
    const pictures: Uint8Array[] = [];
    const answers = await classify(...tested.map(({ file }) => ({ name: file, file })));
    answers.forEach((answer, i) => {
      assert.ok(answer.kind === 'classified');
      assert.equal(answer.note, undefined);
      pictures.push(answer.picture.pixels);
      const pair = `${tested[i]!.label} ${answer.likely[0]!.label}`;
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    });
    const confusion = found.report!.confusion.map(([truth, predicted, images]) => [
      `${truth} ${predicted}`,
      images,
    ]);
    assert.deepEqual(Object.fromEntries(pairs), Object.fromEntries(confusion));
    // The probabilities are those of the run, too: their cross-entropy is its loss.
    const logits = await classifier.logits(pictures);
    const losses = tested.map(({ label }, i) => {
      const likely = mostLikely(logits.subarray(10 * i, 10 * (i + 1)), [], 10);
      return -Math.log(likely.find((each) => each.label === label)!.probability);
    });
    const loss = losses.reduce((sum, each) => sum + each, 0) / losses.length;
    assert.ok(Math.abs(loss - found.testLoss) < 1e-5, `${loss} and ${found.testLoss}`);
  });

  it('reads back the weights that were written, each by its name', () => {
    const stored = readWeights(run);
    const { layout, batchNorms } = structureOf(stored.plan);
    const channels = batchNorms.reduce((sum, count) => sum + count, 0);
    const weights = Float32Array.from({ length: layout.size }, (_, i) => i + 0.5);
    const statistics = Float32Array.from({ length: 2 * channels }, (_, i) => -i - 0.5);
    const copy = createRun(at('copies'), tinyConfig());
    writeFileSync(copy.resultPath, '{}');
    writeWeights(copy, stored.file, { weights, statistics });
    assert.deepEqual(readWeights(copy), { ...stored, weights, statistics });
    const tensors = safetensors(copy.weightsPath);
    assert.equal(tensors.size, layout.parameters.length + 2 * batchNorms.length);
    const { offset } = layout.parameters.find(({ name }) => name === 'stem.1.scale')!;
    const first = (tensor: string): number =>
      new DataView(tensors.get(tensor)!().source.start(4).slice().buffer).getFloat32(0, true);
    assert.equal(first('stem.1/gamma'), offset + 0.5);
    assert.equal(first('stem.1/moving_mean'), -0.5);
    assert.equal(first('stem.1/moving_variance'), -channels - 0.5);
    const bytes = readFileSync(copy.weightsPath);
    const older = bytes.indexOf('"version":"2"');
    writeFileSync(copy.weightsPath, bytes.fill('"version":"1"', older, older + 13));
    assert.throws(
      () => readWeights(copy),
      /written by a version of NAS Workbench that named tensors otherwise/,
    );
    writeFileSync(copy.weightsPath, bytes.fill('"version":"2"', older, older + 13));
    truncateSync(copy.weightsPath, 4000);
    assert.throws(() => readWeights(copy), {
      code: 'broken-data',
      message: /weights\.safetensors: .*cut short/,
    });
  });

  it('keeps the random networks, too, each with its own genotype', () => {
    const { random } = run.readResult()!;
    assert.ok(random.length > 0);
    const names = random.map((_, i) => `random-${i + 1}`);
    // With that of the trial which it found.
    assert.deepEqual(run.trainedNetworks, ['found', ...names, 'trial-1']);
    random.forEach(({ genotype }, i) => {
      const { file } = readWeights(run, names[i]);
      assert.deepEqual(file.genotype, genotype);
      assert.match(file.origin.name, new RegExp(` ${names[i]}$`));
    });
    assert.throws(() => readWeights(run, 'random-9'), {
      message: /no trained network "random-9"/,
      hint: `It has ${['found', ...names, 'trial-1'].join(', ')}.`,
    });
  });

  it('says in the result which file the weights are in and how large it is', () => {
    const { bytes, file } = run.readResult()!.weights!;
    const { layout } = structureOf(readWeights(run).plan);
    assert.equal(file, 'weights.safetensors');
    assert.equal(bytes > 4 * layout.size, true);
  });

  it('fits what is in colour, of another aspect or without a file, and says what became of it', async () => {
    const shape = { height: 20, width: 40, channels: 3 };
    const bytes = new Uint8Array(encodePng(shape, new Uint8Array(20 * 40 * 3).fill(100)));
    const { picture, note, likely } = await classified({ name: 'wide.png', bytes });
    assert.deepEqual(picture, { height: 8, width: 8, channels: 1, pixels: new Uint8Array(64).fill(100) });
    assert.match(note!, /aspect is not that of the run’s pictures: 20 × 40 became 8 × 8\.$/);
    assert.equal(likely.length, 5);
    assert.deepEqual(
      likely.map(({ name }) => name),
      likely.map(({ label }) => `${label}`),
    );
  });

  it('goes on after pictures that cannot be used, and says why', async () => {
    writeFileSync(at('text.png'), 'This is no picture.');
    writePlain(at('small.png'), 4, 4, 7);
    assert.match(
      await refused({ name: 'text.png', file: at('text.png') }),
      /^text\.png: it is no picture, or cut short/,
    );
    const small = await refused({ name: 'small.png', file: at('small.png') });
    assert.match(
      small,
      /^small\.png does not fit\. Images of 4 × 4 cannot be shrunk to 8 × 8\. Take a larger picture/,
    );
    assert.match(await refused({ name: 'none.png', file: at('none.png') }), /^none\.png: it cannot be read/);
    const { file } = tested[0]!;
    const kinds = (await classify({ name: 'x', file: at('text.png') }, { name: 'y', file })).map(
      ({ kind }) => kind,
    );
    assert.deepEqual(kinds, ['refused', 'classified']);
  });

  it('tells why a run has no network to ask', async () => {
    const lacks = (other: RunFolder): Promise<PictureClassifier> =>
      PictureClassifier.open(other, { threads: 1 });
    const unfinished = createRun(at('others'), tinyConfig());
    await assert.rejects(lacks(unfinished), { code: 'no-weights', message: /is not finished\.$/ });
    writeFileSync(unfinished.resultPath, '{}');
    await assert.rejects(lacks(unfinished), {
      code: 'no-weights',
      message: /weights\.safetensors is not in its folder/,
    });
    const untrained = createRun(at('others'), tinyConfig({ final: { epochs: 0 } }));
    writeFileSync(untrained.resultPath, '{}');
    await assert.rejects(lacks(untrained), { code: 'no-weights', message: /trained no final network/ });
  });

  it('stops when it is cancelled', async () => {
    const aborting = new AbortController();
    const { file } = tested[0]!;
    const answers: PictureAnswer[] = [];
    const pending = classifier.classify([{ name: 'x', file }], {
      signal: aborting.signal,
      onProgress: () => aborting.abort(),
      onAnswer: (answer) => answers.push(answer),
    });
    await assert.rejects(pending, { code: 'cancelled' });
    assert.deepEqual(answers, []);
  });
});

describe('the most likely classes', () => {
  it('are those of the softmax, the largest first, at most five', () => {
    const likely = mostLikely(Float32Array.from([0, Math.log(2), 0, 0, 0, 1000].slice(0, 5)), [
      'a',
      'b',
      'c',
      'd',
      'e',
    ]);
    const sixths = likely.map(({ name, probability }) => `${name} ${(6 * probability).toFixed(6)}`);
    assert.deepEqual(sixths, ['b 2.000000', 'a 1.000000', 'c 1.000000', 'd 1.000000', 'e 1.000000']);
    const [first, ...others] = mostLikely(Float32Array.from([0, 1, 2, 3, 4, 1000]), ['a']);
    assert.deepEqual([first!.name, first!.probability, others.length], ['5', 1, 4]);
  });
});
