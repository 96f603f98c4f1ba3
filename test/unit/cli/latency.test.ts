/** `nas latency` and what `nas inspect` says of limits, as built. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LatencyFile } from '../../../src/cost/latencyTable';

const cli = join(__dirname, '../../../dist/cli.js');

const tiny = {
  space: { type: 'nasbench201', cellsPerStage: 1, channels: 4 },
  strategy: { type: 'random' },
  data: { set: 'synthetic', trainImages: 80, testImages: 40, imageSize: 8 },
  training: { batchSize: 8 },
  final: { epochs: 0, cells: 3, channels: 4 },
};

describe('latency on the command line', () => {
  let folder: string;
  before(() => assert.ok(existsSync(cli), 'dist/cli.js is missing: run npm run build'));
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nas-latency-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  interface Ended {
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
  }

  function nas(args: string[], onError?: (interrupt: () => void) => void): Promise<Ended> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [cli, ...args], { cwd: folder });
      const ended = { out: '', err: '' };
      let interrupted = false;
      child.stdout.on('data', (data) => (ended.out += String(data)));
      child.stderr.on('data', (data) => {
        ended.err += String(data);
        onError?.(() => {
          if (!interrupted) child.kill('SIGINT');
          interrupted = true;
        });
      });
      child.on('close', (code) => resolve({ code, ...ended }));
    });
  }

  function config(changes: object = {}): string {
    writeFileSync(join(folder, 'tiny.nas.json'), JSON.stringify({ ...tiny, ...changes }));
    return 'tiny.nas.json';
  }

  const table = (): LatencyFile =>
    JSON.parse(readFileSync(join(folder, 'latency.json'), 'utf8')) as LatencyFile;

  it('measures once, adds what is missing, and says how well it predicts', async () => {
    const first = await nas(['latency', config(), '--runs', '5', '--json']);
    assert.equal(first.code, 0, first.err);
    const report = JSON.parse(first.out) as Record<string, unknown> & { networks: unknown[] };
    assert.equal(report.engine, 'fused');
    assert.equal(report.parts, 22);
    assert.equal(report.added, 22);
    assert.equal(report.networks.length, 8);
    assert.equal(typeof report.meanError, 'number');
    assert.match(first.err, /Measured 22 of 22 parts/);

    const whole = table();
    const [key] = Object.keys(whole.entries);
    const { [key!]: _, ...rest } = whole.entries;
    writeFileSync(join(folder, 'latency.json'), JSON.stringify({ ...whole, entries: rest }));
    const again = await nas(['latency', 'tiny.nas.json', '--runs', '5']);
    assert.equal(again.code, 0, again.err);
    assert.match(again.out, /22 parts, 1 of them measured now[^]*Mean absolute error .* %, Spearman/);
    const { [key!]: measured, ...kept } = table().entries;
    assert.deepEqual(kept, rest);
    assert.equal(measured?.runs, 5);

    const foreign = await nas(['latency', 'tiny.nas.json', '--threads', '2']);
    assert.equal(foreign.code, 2);
    assert.match(foreign.err, /measured with another threads: 1, not 2.*--out/);
  });

  it('keeps what was measured on Ctrl+C, and ends with code 130', async () => {
    const stopped = await nas(['latency', config(), '--runs', '5'], (interrupt) => interrupt());
    assert.equal(stopped.code, 130, stopped.err);
    const count = Object.keys(table().entries).length;
    assert.ok(count > 0 && count < 22, `${count} parts`);
    assert.match(stopped.err, new RegExp(`keeps the ${count} parts`));
  });

  it('refuses a file that is no table, and does not touch it', async () => {
    writeFileSync(join(folder, 'latency.json'), '{ "format": "something else" }');
    const { code, err } = await nas(['latency', config()]);
    assert.equal(code, 2);
    assert.match(err, /latency\.json is no latency table/);
    assert.match(readFileSync(join(folder, 'latency.json'), 'utf8'), /something else/);
  });

  it('inspects costs at both scales, limits, and how small the costs get', async () => {
    const file = config({
      limits: { maxParameters: 1_000_000, maxFlops: 10, maxLatencyMs: 5, latencyTable: 'x.json' },
    });
    const { code, out, err } = await nas(['inspect', file, '--json']);
    assert.equal(code, 0, err);
    interface Values {
      readonly space: { size: string; powerOfTen: number };
      readonly costs: { proxy: unknown; final: { parameters: { min: number; max: number } }; note: string };
      readonly limits: { each: { limit: string; met: number; smallest: number }[]; reachable: boolean };
      readonly forms: { name: string }[];
    }
    const values = JSON.parse(out) as Values;
    assert.deepEqual([values.space.size, values.space.powerOfTen], ['15625', 4]);
    assert.match(values.costs.note, /x\.json does not exist/);
    assert.ok(values.costs.final.parameters.min < values.costs.final.parameters.max);
    assert.equal(values.limits.reachable, false);
    assert.deepEqual(
      values.limits.each.map(({ limit, met }) => [limit, met]),
      [
        ['maxParameters', 20],
        ['maxFlops', 0],
      ],
    );
    assert.ok(values.limits.each[1]!.smallest > 10);
    assert.ok(values.forms.some(({ name }) => name === 'one-each'));
  });

  it('gives the plain cell its 262,144 forms', async () => {
    const { code, out, err } = await nas([
      'inspect',
      config({ space: { type: 'cell', cells: 3, channels: 2 } }),
    ]);
    assert.equal(code, 0, err);
    assert.match(out, /262,144 = K\^\(N\(N−1\)\/2\).*6\.9·10\^10/);
  });
});
