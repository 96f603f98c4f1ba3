/** Tests of generated code, run as a person runs them: they hold for what a run trained, and for nothing else. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RunFolder } from '../../src/runs/runFolder';
import { nasHere } from '../support/nasHere';
import { pythonWith } from './pythons';

const config = {
  name: 'tiny',
  space: { nodes: 1, cells: 3, channels: 2, stemMultiplier: 1 },
  data: { set: 'synthetic', trainImages: 80, testImages: 40, imageSize: 8 },
  training: { batchSize: 8 },
  budget: { epochs: 1 },
  final: { epochs: 2, cells: 3, channels: 2, batchSize: 16, proof: false },
};

describe('tests of generated code', () => {
  let folder: string;
  let run: RunFolder;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nas-code-test-'));
    writeFileSync(path.join(folder, 'tiny.nas.json'), JSON.stringify(config));
    const { code, printed } = await nasHere(['run', path.join(folder, 'tiny.nas.json')]);
    assert.equal(code, 0, printed);
    const runs = path.join(folder, 'runs');
    run = RunFolder.open(path.join(runs, readdirSync(runs)[0]!));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** @returns paths of the files */
  async function generated(language: string): Promise<string[]> {
    const out = path.join(folder, language);
    const line = ['generate', run.path, '--language', language, '--out', out, '--with', 'test'];
    const { code, out: files, printed } = await nasHere(line);
    assert.equal(code, 0, printed);
    return files.split('\n').sort();
  }

  function ended(
    program: string,
    args: readonly string[],
    cwd = folder,
  ): Promise<{ failed: boolean; said: string }> {
    const env = {
      ...process.env,
      KERAS_BACKEND: 'tensorflow',
      TF_CPP_MIN_LOG_LEVEL: '3',
      PYTHONDONTWRITEBYTECODE: '1',
      NODE_PATH: path.join(__dirname, '../../node_modules'),
    };
    return new Promise((resolve) =>
      execFile(program, [...args], { env, cwd }, (error, stdout, stderr) =>
        resolve({ failed: error !== null, said: stdout + stderr }),
      ),
    );
  }

  /** Runs a test as it is, and with other weights than the run's. */
  async function holdsAlone(test: () => ReturnType<typeof ended>): Promise<void> {
    const first = await test();
    assert.equal(first.failed, false, first.said);
    const whole = readFileSync(run.weightsPath);
    const other = Buffer.from(whole);
    // The last values are those of the last layer's tensors, where every value counts.
    for (let at = other.length - 4; at > other.length - 400; at -= 4) other.writeFloatLE(-3, at);
    writeFileSync(run.weightsPath, other);
    try {
      assert.equal((await test()).failed, true);
    } finally {
      writeFileSync(run.weightsPath, whole);
    }
  }

  it('hold in Keras', async () => {
    const files = await generated('keras');
    assert.deepEqual(
      files.map((file) => path.basename(file)),
      ['test_tiny_keras.py', 'tiny-samples.json', 'tiny_keras.py'],
    );
    const python = await pythonWith('keras');
    await holdsAlone(() => ended(python, [files[0]!]));
    const folderOf = path.dirname(files[0]!);
    for (const check of [['check'], ['format', '--check']]) {
      // In its folder, as a person has it: modules beside a file are its own.
      const line = ['-m', 'ruff', ...check, '--no-cache', '.'];
      const { failed, said } = await ended(python, line, folderOf);
      assert.equal(failed, false, said);
    }
  });

  it('hold in TypeScript', async () => {
    const files = await generated('typescript');
    const test = files.find((file) => file.endsWith('.test.ts'))!;
    const tsx = require.resolve('tsx');
    await holdsAlone(() => ended(process.execPath, ['--require', tsx, test]));
  });

  it('have their weights beside them in PyTorch', async () => {
    const files = await generated('pytorch');
    assert.deepEqual(
      files.map((file) => path.basename(file)),
      ['test_tiny_torch.py', 'tiny-samples.json', 'tiny-torch.safetensors', 'tiny_torch.py'],
    );
    const text = readFileSync(files[0]!, 'utf8');
    assert.match(text, /^WEIGHTS = "tiny-torch\.safetensors"$/m);
    assert.match(text, /^import tiny_torch as code$/m);
  });

  it('are written over nothing, and not for what was not trained', async () => {
    const line = ['generate', run.path, '--language', 'keras', '--with', 'test'];
    const { code, printed } = await nasHere([...line, '--out', path.join(folder, 'keras')]);
    assert.equal(code, 2);
    assert.match(printed, /exists already/);
    const alone = path.join(folder, 'genotype.json');
    writeFileSync(alone, readFileSync(run.genotypePath));
    const elsewhere = ['--out', path.join(folder, 'none'), '--with', 'test'];
    const untrained = await nasHere(['generate', alone, '--language', 'keras', ...elsewhere]);
    assert.equal(untrained.code, 2);
    assert.ok(!readdirSync(folder).includes('none'));
  });
});
