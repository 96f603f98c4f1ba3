/** Keras and LiteRT files through the real converters: they classify as the network does, and failures are told. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { encodeGraphModel } from '../../src/export/tfjs';
import { convert, convertedFormats } from '../../src/export/python';
import { findPython } from '../../src/export/python/find';
import type { ArrayBatch } from '../../src/network/batch';
import { Random } from '../../src/random';
import { loadGraphModel } from '../support/graphModel';
import { makeCases, registerUnusual, type Case } from './cases';
import { pythonWith } from './pythons';

const count = 200;

describe('trained networks converted in Python', () => {
  let unregister = (): void => undefined;
  let each: Case;
  let batch: ArrayBatch;

  before(async () => {
    unregister = registerUnusual();
    each = (await makeCases()).find(({ title }) => title.startsWith('best of NAS-Bench-201'))!;
    const { height, width, channels } = each.file.network.input;
    const random = Random.fromSeed(1, 'convert');
    const images = Float32Array.from({ length: count * height * width * channels }, () => random.normal());
    // What the network takes them for, by another way than through Python.
    const graph = await loadGraphModel(encodeGraphModel(each.file, each.trained));
    const labels = tf.tidy(() => {
      const x = tf.tensor4d(images, [count, height, width, channels]);
      return (graph.predict(x) as tf.Tensor2D).argMax(1).dataSync();
    });
    batch = { images, labels: Int32Array.from(labels), shape: [count, height, width, channels] };
  });
  after(() => unregister());

  const data = { training: () => [batch], test: () => [batch] };

  for (const format of convertedFormats) {
    it(`classify as before: ${format.title}`, async () => {
      const python = await findPython(await pythonWith('keras'));
      const steps: string[] = [];
      const { content, report } = await convert(format, each.file, each.trained, {}, data, {
        ...{ python, threads: 1, onStep: (step: string) => steps.push(step) },
      });
      assert.deepEqual(steps, ['Building the model', 'Converting', 'Testing']);
      assert.equal(report.images, count);
      // Eight bits are few, and the weights of this network are random.
      if (format.calibrates) assert.ok(report.right > 0.8 * count, `${report.right}`);
      else assert.equal(report.right, count);
      const start = Buffer.from(content.subarray(0, 8)).toString('latin1');
      if (format.id === 'keras') assert.ok(start.startsWith('PK'), start);
      else assert.equal(start.slice(4), 'TFL3');
    });
  }

  it('say what is missing: a Python, packages, or what a library said', async () => {
    await assert.rejects(findPython('/no/python'), {
      code: 'no-python',
      message: /\/no\/python is no Python that starts/,
      hint: /nas setup --python/,
    });
    const folder = mkdtempSync(path.join(tmpdir(), 'nas-python-'));
    try {
      const fake = path.join(folder, 'python');
      writeFileSync(fake, '#!/bin/sh\necho "ImportError: no keras" >&2\nexit 3\n');
      chmodSync(fake, 0o755);
      const context = { python: fake, threads: 1 };
      await assert.rejects(convert(convertedFormats[0]!, each.file, each.trained, {}, data, context), {
        code: 'conversion',
        message: 'Python could not make the file (code 3): ImportError: no keras',
      });
      const signal = AbortSignal.abort();
      const cancelled = convert(convertedFormats[0]!, each.file, each.trained, {}, data, {
        ...context,
        signal,
      });
      await assert.rejects(cancelled, { code: 'cancelled' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('are not looked for among the modules of the current folder', async () => {
    const python = await pythonWith('keras');
    const folder = mkdtempSync(path.join(tmpdir(), 'nas-python-'));
    const before = process.cwd();
    try {
      for (const name of ['json', 'importlib', 'keras'])
        writeFileSync(
          path.join(folder, `${name}.py`),
          `open(${JSON.stringify(path.join(folder, 'ran'))}, "w")\n`,
        );
      process.chdir(folder);
      assert.equal(await findPython(python), python);
      assert.equal(existsSync(path.join(folder, 'ran')), false);
    } finally {
      process.chdir(before);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
