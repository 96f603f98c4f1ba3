/** `nas export`, of a run with a known network. What the files compute, test/generated/onnx.test.ts asks of ONNX Runtime. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { safetensors, safetensorsMetadata } from '../../../src/data/arrays/safetensors';
import { exportFormats } from '../../../src/export/formats';
import type { RunFolder } from '../../../src/runs/runFolder';
import { genotypeFile } from '../generate/files';
import { dartsV2 } from '../../support/genotypes';
import { knownRun } from '../../support/knownNetwork';
import { nasHere } from '../../support/nasHere';

describe('nas export', () => {
  let folder: string;
  let run: RunFolder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nas-export-'));
    run = knownRun(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const exported = (...options: string[]) =>
    nasHere(['export', run.path, '--format', 'onnx', '--out', join(folder, 'code'), ...options]);
  const written = () => (existsSync(join(folder, 'code')) ? readdirSync(join(folder, 'code')) : []);

  it('writes a file, names it, and says what it takes and gives', async () => {
    const { code: exit, out, printed } = await exported();
    assert.equal(exit, 0, printed);
    const [name] = written();
    assert.equal(out, join(folder, 'code', name!));
    assert.match(name!, /^[\w-]+\.onnx$/);
    assert.match(printed, /ONNX: normalized images \[N, 1, 8, 8\] to logits \[N, 6\], float32\./);
    // The field of the file's version, 8, comes first.
    assert.deepEqual([...readFileSync(out).subarray(0, 2)], [0x08, 0x08]);
  });

  it('says so where it takes pixels, gives probabilities and has a batch', async () => {
    const { printed } = await exported('--raw-pixels', '--softmax', '--batch', '4');
    assert.match(printed, /pixels from 0 to 255 \[4, 1, 8, 8\] to probabilities \[4, 6\], float32/);
  });

  it('writes the state_dict of generated PyTorch code, which takes no options', async () => {
    const pytorch = (...options: string[]) =>
      nasHere(['export', run.path, '--format', 'pytorch', '--out', join(folder, 'code'), ...options]);
    const refused = await pytorch('--softmax');
    assert.equal(refused.code, 2);
    assert.match(refused.printed, /weights alone.*--format onnx/s);
    assert.deepEqual(written(), []);
    const { code, out, printed } = await pytorch();
    assert.equal(code, 0, printed);
    const tensors = safetensors(out);
    assert.deepEqual(tensors.get('classifier.bias')!().shape, [6]);
    assert.equal(tensors.get('classifier.weight')!().shape[0], 6);
    assert.ok(tensors.has('cells.0.preprocess0.1.weight'));
    assert.equal(safetensorsMetadata(out)['format'], 'pt');
  });

  it('writes a graph model of TensorFlow.js with its weights, which takes any number of images', async () => {
    const tfjs = (...options: string[]) =>
      nasHere(['export', run.path, '--format', 'tfjs', '--out', join(folder, 'code'), ...options]);
    const refused = await tfjs('--batch', '2');
    assert.equal(refused.code, 2);
    assert.match(refused.printed, /TensorFlow\.js has no --batch/);
    const { code, out, printed } = await tfjs('--softmax');
    assert.equal(code, 0, printed);
    assert.match(printed, /normalized images \[N, 8, 8, 1\] to probabilities \[N, 6\]/);
    assert.match(out, /-tfjs[\\/]model\.json$/);
    const { weightsManifest } = JSON.parse(readFileSync(out, 'utf8')) as {
      weightsManifest: { paths: string[]; weights: { shape: number[] }[] }[];
    };
    const [{ paths, weights }] = weightsManifest as [(typeof weightsManifest)[number]];
    assert.deepEqual(paths, ['group1-shard1of1.bin']);
    const values = weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    assert.equal(readFileSync(join(dirname(out), paths[0]!)).length, 4 * values);
  });

  it('replaces a file only where that is asked for, and leaves nothing else', async () => {
    await exported();
    const [name] = written();
    writeFileSync(join(folder, 'code', name!), 'mine');
    const refused = await exported();
    assert.equal(refused.code, 2);
    assert.match(refused.printed, /exists already\..*--force/s);
    assert.equal(readFileSync(join(folder, 'code', name!), 'utf8'), 'mine');
    assert.equal((await exported('--force')).code, 0);
    assert.ok(readFileSync(join(folder, 'code', name!)).length > 1000);
    assert.deepEqual(written(), [name]);
  });

  it('refuses what is no trained network, and writes nothing', async () => {
    const refusals: [RegExp, () => void][] = [
      [/damaged|cut short|shorter/, () => truncateSync(run.weightsPath, 5000)],
      [/has no weights of its found network/, () => rmSync(run.weightsPath)],
      [/is not finished/, () => rmSync(run.resultPath)],
      [/run folder|does not exist/, () => rmSync(run.path, { recursive: true })],
    ];
    for (const [reason, spoil] of refusals) {
      spoil();
      const { code: exit, printed } = await exported();
      assert.equal(exit, 2, printed);
      assert.match(printed, reason);
    }
    assert.deepEqual(written(), []);
    assert.equal((await nasHere(['export', run.path])).code, 2);
  });

  it('says so where the place is no folder, or Python is not asked', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'mine');
    const to = (...options: string[]) => nasHere(['export', run.path, '--format', 'onnx', ...options]);
    for (const place of [file, join(file, 'x')]) {
      const { code, printed } = await to('--out', place);
      assert.equal(code, 2);
      assert.match(printed, /is a file, not a folder/);
    }
    assert.equal(readFileSync(file, 'utf8'), 'mine');
    assert.match((await to('--python', 'python3')).printed, /ONNX needs no Python/);
    assert.match((await to('--network', 'random-7')).printed, /no trained network "random-7"/);
  });

  it('has file names that are names everywhere, whatever the run is called', () => {
    const names = ['../a/b', 'Größe', '', '🙂', 'con fig.v2'].map((name) =>
      exportFormats[0]!.fileName(genotypeFile(dartsV2, undefined, { origin: { name } })),
    );
    assert.deepEqual(names, ['a-b.onnx', 'gro-e.onnx', 'network.onnx', 'network.onnx', 'con-fig-v2.onnx']);
  });
});
