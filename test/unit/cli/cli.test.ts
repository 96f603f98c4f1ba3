/** `nas` as a shell meets it: the built bundle, its output and exit codes. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DoctorReport } from '../../../src/backend/doctor';
import { jsonLines, useCommandLine } from '../../support/commandLine';

describe('command line', () => {
  const shell = useCommandLine();
  const { nas, config } = shell;

  it('runs a config, says what it found, and generates its code', async () => {
    const { code, out, err } = await nas(['run', config()]);
    assert.equal(code, 0, err);
    assert.match(
      out.join('\n'),
      /\nVerdict: trained too little to say\n {2}The found network was trained for \d+ steps/,
    );
    assert.match(out.join('\n'), /Found network: {3}test accuracy .* %[^]*Random networks: test accuracy/);
    const [runId] = readdirSync(join(shell.folder, 'runs'));
    const genotype = join('runs', runId!, 'genotype.json');
    for (const [language, extension] of [
      ['typescript', '.ts'],
      ['keras', '.py'],
      ['pytorch', '.py'],
    ] as const) {
      const generated = await nas([
        'generate',
        genotype,
        '--language',
        language,
        '--out',
        `code-${language}`,
      ]);
      assert.equal(generated.code, 0, generated.err);
      assert.ok(generated.out[0]?.endsWith(extension));
      assert.match(readFileSync(join(shell.folder, generated.out[0]!), 'utf8'), new RegExp(runId!));
      const again = await nas(['generate', genotype, '--language', language, '--out', `code-${language}`]);
      assert.equal(again.code, 2);
      assert.match(again.err, /exists already.*--force/);
    }
    const inspected = await nas(['inspect', genotype, '--json']);
    assert.equal(
      typeof (JSON.parse(inspected.out.join('\n')) as { parameters: unknown }).parameters,
      'number',
    );
  });

  it('writes nowhere but beside the config unasked', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'nas-elsewhere-'));
    try {
      const linked = join(shell.folder, 'linked');
      symlinkSync(elsewhere, linked);
      for (const folder of ['../nas-out', elsewhere, 'linked', 'linked/deeper']) {
        const { code, err } = await nas(['run', config({ output: { folder } })]);
        assert.equal(code, 2, folder);
        assert.match(err, /output\.folder is .+, which is outside of the folder of the config\..*--out/);
      }
      assert.deepEqual(readdirSync(elsewhere), []);
      const agreed = await nas(['run', config({ output: { folder: elsewhere } }), '--out', elsewhere]);
      assert.equal(agreed.code, 0, agreed.err);
      const [runId] = readdirSync(elsewhere);
      // A link in the place of generated code is replaced, and what it leads to stays.
      const precious = join(elsewhere, 'precious');
      writeFileSync(precious, 'mine');
      mkdirSync(join(shell.folder, 'code'));
      symlinkSync(precious, join(shell.folder, 'code', 'tiny_keras.py'));
      const line = ['generate', join(elsewhere, runId!), '--language', 'keras', '--out', 'code', '--force'];
      const generated = await nas(line);
      assert.equal(generated.code, 0, generated.err);
      assert.equal(readFileSync(precious, 'utf8'), 'mine');
      assert.match(readFileSync(join(shell.folder, 'code', 'tiny_keras.py'), 'utf8'), /def build_model/);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  it('says at the end what the check of the generated code came to', async () => {
    const final = { epochs: 1, cells: 3, channels: 2, batchSize: 16 };
    const { code, out, err } = await nas(['run', config({ final })]);
    assert.equal(code, 0, err);
    const lines = out.filter((line) =>
      /^Checked in TensorFlow.*: \d+ of 40 right, all predictions equal$/.test(line),
    );
    // As it happens, and in the summary.
    assert.equal(lines.length, 2, out.join('\n'));
  });

  it('marks warnings as such', async () => {
    const { code, out } = await nas(['run', config({ limits: { maxParameters: 300 } })]);
    assert.equal(code, 0);
    assert.ok(out.some((line) => /^Warning: No network .* more than the limit of 300/.test(line)));
  });

  it('prints events as JSON lines, stops on Ctrl+C with a checkpoint and code 130, and resumes', async () => {
    const file = config({ budget: { epochs: 50 }, output: { logEverySteps: 1 } });
    const stopped = await nas(
      ['run', file, '--json', '--seed', '9', '--out', 'elsewhere'],
      (line, interrupt) => {
        if ((JSON.parse(line) as { type: string; step?: number }).type === 'step') interrupt();
      },
    );
    assert.equal(stopped.code, 130, stopped.err);
    const lines = jsonLines(stopped.out);
    const path = lines[0]!.path as string;
    assert.ok(path.startsWith(join(shell.folder, 'elsewhere')));
    assert.equal(lines.find((line) => line.type === 'run')?.seed, 9);
    assert.ok(readdirSync(join(path, 'checkpoint')).length > 0);
    const resumed = await nas(['resume', path, '--json'], (line, interrupt) => {
      if ((JSON.parse(line) as { type: string }).type === 'step') interrupt();
    });
    assert.equal(resumed.code, 130, resumed.err);
    assert.ok(jsonLines(resumed.out).some((line) => line.type === 'resumed'));
  });

  it('refuses to resume a finished run', async () => {
    await nas(['run', config({ final: { epochs: 0 } })]);
    const [runId] = readdirSync(join(shell.folder, 'runs'));
    const { code, err } = await nas(['resume', join('runs', runId!)]);
    assert.equal(code, 2);
    assert.match(err, /is finished/);
  });

  it('inspects the reference search: published parameter count and number of α', async () => {
    writeFileSync(join(shell.folder, 'reference.nas.json'), '{ "data": { "set": "mnist" } }');
    const { code, out, err } = await nas(['inspect', 'reference.nas.json', '--json']);
    assert.equal(code, 0, err);
    const report = JSON.parse(out.join('\n')) as { supernet: { parameters: number; alphas: number } };
    // 1,930,618 for three channels; the stem over one channel has 2 · 9 · 48 weights less.
    assert.equal(report.supernet.parameters, 1_930_618 - 2 * 9 * 48);
    assert.equal(report.supernet.alphas, 224);
  });

  const bad: [string, (folder: string) => string[], RegExp][] = [
    ['no such file', () => ['run', 'nothing.nas.json'], /nothing.nas.json does not exist/],
    [
      'broken JSON',
      (f) => (writeFileSync(join(f, 'x.nas.json'), '{\n "seed": }'), ['run', 'x.nas.json']),
      /x\.nas\.json:2:\d+ This is not valid JSON/,
    ],
    [
      'an unknown key',
      (f) => (writeFileSync(join(f, 'x.nas.json'), '{ "sede": 1 }'), ['inspect', 'x.nas.json']),
      /x\.nas\.json:1:3 sede: .*Did you mean "seed"/,
    ],
    ['an unknown option', () => ['run', 'x', '--fast'], /unknown option/],
    ['an unknown engine', () => ['run', 'x', '--engine', 'abacus'], /Allowed choices/],
    [
      'a config with the key that "engine" was before',
      (f) => (writeFileSync(join(f, 'x.nas.json'), '{ "backend": "wasm" }'), ['inspect', 'x.nas.json']),
      /x\.nas\.json:1:3 backend: .*It is called "engine" now/,
    ],
    [
      'a folder that is no run',
      (f) => (mkdirSync(join(f, 'r')), ['resume', 'r']),
      /config.json does not exist/,
    ],
    [
      'a genotype that is none',
      (f) => (writeFileSync(join(f, 'g.json'), '{"a":1}'), ['generate', 'g.json', '--language', 'keras']),
      /g\.json/,
    ],
  ];
  for (const [name, prepare, expected] of bad) {
    it(`ends with code 2 and says why: ${name}`, async () => {
      const { code, err } = await nas(prepare(shell.folder));
      assert.equal(code, 2, err);
      assert.match(err, expected);
      assert.doesNotMatch(err, /^\s+at /m);
    });
  }

  it('fails with code 1 when most trials of a search failed, and says how many and why', async () => {
    const cell = '|nor_conv_3x3~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|';
    writeFileSync(join(shell.folder, 'small.csv'), `architecture,reward\n${cell},90\n`);
    const file = config({
      space: { type: 'nasbench201' },
      strategy: { type: 'random' },
      estimator: { type: 'table', file: 'small.csv' },
      budget: { trials: 20 },
    });
    const { code, out, err } = await nas(['run', file]);
    assert.equal(code, 1, err);
    assert.match(err, /1[01] of 1\d trials failed.* for a reason like this: small\.csv does not have/);
    assert.ok(!out.some((line) => /Found network|Best of/.test(line)), out.join('\n'));
  });

  it('says in run and inspect how many rows of a table are left out', async () => {
    const rows = ['none', 'nor_conv_1x1', 'nor_conv_3x3'].flatMap((a) =>
      ['skip_connect', 'nor_conv_3x3'].map((b) => `|${a}~0|+|${a}~0|${a}~1|+|${b}~0|${b}~1|${b}~2|,50`),
    );
    writeFileSync(join(shell.folder, 'all.csv'), `architecture,reward\n${rows.join('\n')}\n`);
    const file = config({
      space: { type: 'nasbench201', operations: ['nor_conv_3x3'] },
      strategy: { type: 'random' },
      estimator: { type: 'table', file: 'all.csv' },
      budget: { trials: 1 },
      final: { epochs: 0 },
    });
    const said =
      /^5 of 6 rows of all\.csv are left out: this space does not have their architectures\. The first is line 2/;
    for (const command of ['run', 'inspect']) {
      const { code, out, err } = await nas([command, file]);
      assert.equal(code, 0, err);
      assert.ok(
        out.some((line) => said.test(line)),
        out.join('\n'),
      );
    }
  });

  it('ends with code 2 when the output folder cannot be written', async function () {
    const locked = join(shell.folder, 'locked');
    mkdirSync(locked);
    chmodSync(locked, 0o500);
    // For root no folder is locked; a file in its place is, for everyone.
    const out = process.getuid?.() === 0 ? 'tiny.nas.json' : 'locked';
    const { code, err } = await nas(['run', config(), '--out', out]);
    assert.equal(code, 2, err);
    assert.match(err, /cannot be written|is a file, not a folder/);
  });

  it('names truncated data files', async () => {
    const names = ['trainImages', 'trainLabels', 'testImages', 'testLabels'];
    for (const name of names)
      writeFileSync(join(shell.folder, name), Buffer.from([0, 0, 8, 3, 0, 0, 0, 9, 0]));
    const files = Object.fromEntries(names.map((name) => [name, name]));
    const { code, err } = await nas(['run', config({ data: { set: 'idx', files } })]);
    assert.equal(code, 2, err);
    assert.match(err, /train(Images|Labels): cut short at byte 9/);
  });

  it('has a doctor that says what computes and why', async () => {
    const { code, out } = await nas(['doctor', '--json']);
    assert.equal(code, 0);
    const report = JSON.parse(out.join('\n')) as DoctorReport;
    assert.match(
      report.engine,
      /^fused engine \d.*, WebAssembly SIMD with.* fused multiply–add, \d+ threads?$/,
    );
    assert.ok(report.tensors.reason.length > 0);
  });
});
