/** ONNX files: the official checker takes them, and ONNX Runtime computes what this project's own network does. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { encodeOnnx, type OnnxFileOptions } from '../../src/export/onnx';
import { makeCases, registerUnusual, toJson, type Case } from './cases';
import { difference } from './difference';
import { runPython, temporaryFolder } from './pythons';

interface Answer {
  readonly cases: readonly {
    readonly input: readonly [name: string, shape: readonly (number | string)[]];
    readonly output: readonly [name: string, shape: readonly (number | string)[]];
    readonly results: readonly (readonly number[])[];
    readonly metadata: Readonly<Record<string, string>>;
    readonly opset: number;
  }[];
}

describe('trained networks in ONNX', () => {
  const folder = temporaryFolder();
  let unregister = (): void => undefined;
  let cases: readonly Case[] = [];

  before(async () => {
    unregister = registerUnusual();
    cases = await makeCases();
  });
  after(() => {
    unregister();
    folder.dispose();
  });

  async function run(jobs: readonly { each: Case; options?: OnnxFileOptions; images?: Case['images'] }[]) {
    const written = jobs.map(({ each, options, images = each.images }, i) => {
      const file = path.join(folder.path, `${i}.onnx`);
      writeFileSync(file, encodeOnnx(each.file, each.trained, options));
      return { file, images };
    });
    return ((await runPython('onnx', folder.path, toJson({ cases: written }))) as Answer).cases;
  }

  it('compute the logits of this project’s own network, of every space and operation', async () => {
    const answers = await run(cases.map((each) => ({ each })));
    assert.equal(answers.length, cases.length);
    answers.forEach(({ results, input, output, opset }, i) => {
      const { title, logits, file } = cases[i]!;
      const { height, width, channels } = file.network.input;
      assert.deepEqual(input, ['images', ['batch', channels, height, width]], title);
      assert.deepEqual(output, ['logits', ['batch', file.network.classes]], title);
      assert.equal(opset, 17);
      const error = difference(results, logits);
      assert.ok(error < 1e-4, `${title}: ${error}`);
    });
  });

  it('take pixels, give probabilities and have a fixed batch where that is asked for', async () => {
    const each = cases.find(({ title }) => title.startsWith('DARTS V2, 12'))!;
    const { channels } = each.file.network.input;
    const normalization = {
      mean: [0.1, 0.2, 0.3].slice(0, channels),
      deviation: [0.5, 0.25, 2].slice(0, channels),
    };
    const file = { ...each.file, normalization, classNames: ['a', 'b', 'c', 'd', 'e'] };
    // Pixels that come to the images of the case.
    const pixels = each.images.values.map((value, i) => {
      const c = i % channels;
      return 255 * (value * normalization.deviation[c]! + normalization.mean[c]!);
    });
    const images = { shape: each.images.shape, values: pixels };
    const options = { rawPixels: true, softmax: true, batch: 2 };
    const [answer] = await run([{ each: { ...each, file }, options, images }]);
    assert.deepEqual(answer!.input, ['pixels', [2, channels, 12, 12]]);
    assert.deepEqual(answer!.output, ['probabilities', [2, 5]]);
    const expected = each.logits.map((row) => {
      const powers = row.map((logit) => Math.exp(logit - Math.max(...row)));
      const sum = powers.reduce((a, b) => a + b);
      return powers.map((power) => power / sum);
    });
    assert.ok(difference(answer!.results, expected) < 1e-4);
    const { metadata } = answer!;
    assert.deepEqual(JSON.parse(metadata['classes']!), ['a', 'b', 'c', 'd', 'e']);
    assert.deepEqual(JSON.parse(metadata['genotype']!), JSON.parse(JSON.stringify(file)));
    assert.equal(metadata['input'], 'pixels 0 to 255');
  });

  it('are refused where the weights are those of another network', () => {
    const [one, other] = cases as [Case, Case];
    assert.throws(() => encodeOnnx(one.file, other.trained), RangeError);
  });
});
