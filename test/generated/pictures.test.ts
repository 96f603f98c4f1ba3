/** Generated Python that classifies pictures with what a run trained, in the real Keras. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { safetensors } from '../../src/data/arrays/safetensors';
import { readWeights } from '../../src/job/weights';
import type { RunFolder } from '../../src/runs/runFolder';
import { known, knownRun } from '../support/knownNetwork';
import { nasHere } from '../support/nasHere';
import { pythonWith } from './pythons';

/** 4 × 2 grey pixels, in the simplest format of pictures. */
const picture = Buffer.from('P5 4 2 255\n\x00\x10\x20\x30\x40\x50\x60\x70', 'latin1');

describe('generated code with trained weights', () => {
  let folder: string;
  let run: RunFolder;
  let ruff: readonly [string, readonly string[]];

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nas-pictures-'));
    run = knownRun(folder);
    run.writeGenotype({
      ...readWeights(run).file,
      normalization: { mean: [0.5], deviation: [0.25] },
    });
    ruff = [await pythonWith('keras'), ['-m', 'ruff', '--quiet', '--no-cache']];
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const generated = async (language: string): Promise<string[]> => {
    const line = ['generate', run.path, '--language', language, '--out', folder, '--with', 'weights'];
    const { code, out, printed } = await nasHere(line);
    assert.equal(code, 0, printed);
    const files = out.split('\n');
    const [python, how] = ruff;
    execFileSync(python, [...how.slice(0, 2), 'check', ...how.slice(2), files[0]!]);
    execFileSync(python, [...how.slice(0, 2), 'format', '--check', ...how.slice(2), files[0]!]);
    return files;
  };

  it('names the classes of a picture in Keras, as the network has them', async () => {
    const [code] = await generated('keras');
    const image = path.join(folder, 'any.pgm');
    writeFileSync(image, picture);
    const env = { ...process.env, KERAS_BACKEND: 'tensorflow', TF_CPP_MIN_LOG_LEVEL: '3' };
    const said = execFileSync(await pythonWith('keras'), [code!, image], {
      ...{ encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] },
    });
    const expected = Object.entries(known)
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, 5)
      .map(([name, share]) => `  ${name} ${(100 * share).toFixed(1)}%`);
    assert.deepEqual(said.trimEnd().split('\n').slice(1), [image, ...expected]);
  });

  it('has its weights beside it in PyTorch', async () => {
    const [code, weights] = await generated('pytorch');
    assert.equal(path.dirname(weights!), folder);
    assert.ok(safetensors(weights!).has('classifier.weight'));
    assert.match(readFileSync(code!, 'utf8'), new RegExp(`WEIGHTS = "${path.basename(weights!)}"`));
  });

  it('is refused where there is nothing trained, or nothing that reads it', async () => {
    const line = ['generate', run.path, '--out', folder, '--with', 'weights', '--force'];
    for (const [more, message] of [
      [['--language', 'typescript'], /TypeScript code reads no pictures/],
      [['--language', 'keras', '--epoch', '1'], /Leave out --epoch or --with weights|no genotype/],
    ] as const) {
      const { code, printed } = await nasHere([...line, ...more]);
      assert.equal(code, 2);
      assert.match(printed, message);
    }
    rmSync(run.weightsPath);
    const { code, printed } = await nasHere([...line, '--language', 'keras']);
    assert.equal(code, 2);
    assert.match(printed, /has no weights of its found network/);
  });
});
