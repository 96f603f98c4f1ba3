/** `nas scale`: from a genotype file to a larger one. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scale, scaledFile } from '../../../src/cli/scale';
import { networkCost } from '../../../src/cost/network';
import { UserError } from '../../../src/errors';
import { genotypeFileSchema, type Genotype } from '../../../src/space/genotype';
import { efficientNetB0 } from '../../../src/space/mbconv/known';
import { compoundFactors, efficientNetCoefficients, scaleGenotype } from '../../../src/study/compoundScaling';
import { planNetwork } from '../../../src/space/network';
import type { SpaceEntry } from '../../../src/space/entry';
import { spaces } from '../../../src/space/registry';
import { mbconvEntry } from '../../../src/space/mbconv/entry';
import { Random } from '../../../src/random';
import { useCommandLine } from '../../support/commandLine';

const options = { ...efficientNetCoefficients, phi: 1, step: 0.1 };

function fileOf(genotype: Genotype) {
  const text = {
    name: 'b0',
    runId: 'r',
    strategy: 'random',
    data: 'd',
    engine: 'fused engine',
    createdAt: 't',
    tool: 'v',
  };
  return {
    format: 'nas-workbench/genotype',
    version: 1,
    genotype,
    network: { input: { height: 224, width: 224, channels: 3 }, classes: 1000 },
    origin: { ...text, seed: 1, epoch: 1 },
  };
}

describe('nas scale', () => {
  let folder: string;
  let source: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nas-scale-'));
    source = join(folder, 'genotype.json');
    writeFileSync(source, JSON.stringify(fileOf(efficientNetB0)));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('writes a genotype file of about twice the multiply–accumulates, with larger images', async () => {
    const log = console.log;
    console.log = () => undefined;
    try {
      assert.equal(await scale(source, options), 0);
    } finally {
      console.log = log;
    }
    const target = join(folder, 'genotype-phi1.json');
    const { genotype, network, origin } = genotypeFileSchema.parse(JSON.parse(readFileSync(target, 'utf8')));
    assert.equal(network.input.height, Math.round(224 * 1.15));
    assert.equal(network.classes, 1000);
    assert.match(origin.name, /φ = 1/);
    const before = networkCost(planNetwork(efficientNetB0, fileOf(efficientNetB0).network)).flops;
    const ratio = networkCost(planNetwork(genotype, network)).flops / before;
    // Numbers of blocks are rounded up.
    assert.ok(ratio > 1.8 && ratio < 2.6, String(ratio));
  });

  it('does not write over a file, unless told to', async () => {
    const out = join(folder, 'there.json');
    writeFileSync(out, 'mine');
    await assert.rejects(scale(source, { ...options, out }), UserError);
    assert.equal(readFileSync(out, 'utf8'), 'mine');
  });

  it('says what is wrong with other files and with a φ that is too large', () => {
    writeFileSync(source, '{');
    assert.throws(() => scaledFile(source, 1, options), /is not JSON/);
    writeFileSync(source, '{}');
    assert.throws(() => scaledFile(source, 1, options), /is not a usable genotype file/);
    const cell: Genotype = { space: 'nasbench201', operations: Array<string>(6).fill('conv_3x3') };
    writeFileSync(source, JSON.stringify(fileOf(cell)));
    // Which spaces can be scaled, the entries say.
    const able = spaces.flatMap((entry: SpaceEntry) => (entry.scaled ? [`"${entry.name}"`] : []));
    const refusal = new RegExp(
      `holds a network of the space "nasbench201"; compound scaling is for ${able.join(', ')}`,
    );
    assert.throws(() => scaledFile(source, 1, options), refusal);
    writeFileSync(source, JSON.stringify(fileOf(efficientNetB0)));
    assert.throws(() => scaledFile(source, 15, options), /too large/);
    assert.ok(!existsSync(join(folder, 'genotype-phi15.json')));
  });
});

describe('nas scale --search', () => {
  const shell = useCommandLine();
  const { nas, config } = shell;
  const space = {
    ...{ type: 'mbconv', kernels: [3], expansions: [2], squeezeExcite: [false] },
    stages: [{ channels: 8, stride: 2, depths: [1] }],
    stem: { channels: 8, stride: 1, activation: 'relu' },
    head: { channels: 16, activation: 'relu', hidden: 0 },
  };
  const searching = { space, strategy: { type: 'random' }, estimator: { type: 'training', epochs: 1 } };
  const small = mbconvEntry.create(mbconvEntry.options.parse(space)).sample(Random.fromSeed(1));
  assert.ok(small.space === 'mbconv');

  function write(side: number, classes = 10): void {
    const file = fileOf(small);
    const network = { input: { height: side, width: side, channels: 1 }, classes };
    writeFileSync(join(shell.folder, 'genotype.json'), JSON.stringify({ ...file, network }));
  }
  const scaling = (name: string): string[] => [
    ...['scale', 'genotype.json', '--phi', '2', '--search', name, '--step', '0.2'],
  ];

  it('scales by the coefficients whose network was judged best', async () => {
    write(8);
    const { code, out, err } = await nas(scaling(config(searching)));
    assert.equal(code, 0, err);
    const judged = [...err.matchAll(/^α = ([\d.]+), β = ([\d.]+), γ = ([\d.]+): score ([\d.]+),/gm)].map(
      ([, ...numbers]) => numbers.map(Number),
    );
    assert.ok(judged.length >= 3, err);
    const best = judged.reduce((a, b) => (b[3]! > a[3]! ? b : a));
    const [alpha, beta, gamma] = best as [number, number, number];
    assert.ok(out[0]!.startsWith(`Best: α = ${alpha}, β = ${beta}, γ = ${gamma}: score ${best[3]}`), out[0]);
    const written = readFileSync(join(shell.folder, 'genotype-phi2.json'), 'utf8');
    const { genotype, network } = genotypeFileSchema.parse(JSON.parse(written));
    const factors = compoundFactors({ alpha, beta, gamma }, 2);
    assert.deepEqual(genotype, scaleGenotype(small, factors));
    assert.equal(network.input.height, Math.round(8 * factors.resolution));
  });

  it('stops on Ctrl+C with code 130, and writes nothing', async () => {
    write(8);
    const long = { ...searching, estimator: { type: 'training', epochs: 500 } };
    const { code, out } = await nas(scaling(config(long)), undefined, (line, interrupt) => {
      if (/network 1 of/.test(line)) interrupt();
    });
    assert.deepEqual([code, out], [130, []]);
    assert.ok(!existsSync(join(shell.folder, 'genotype-phi2.json')));
  });

  it('says why a config does not go with a network', async () => {
    write(8);
    const cells = config({ strategy: { type: 'random' } }, 'cells.nas.json');
    const table = config({ ...searching, estimator: { type: 'asha' } }, 'asha.nas.json');
    for (const [name, message] of [
      [cells, /searches the space "cell"/],
      [table, /estimator "asha" cannot judge.*training/s],
    ] as const) {
      const { code, err } = await nas(scaling(name));
      assert.equal(code, 2);
      assert.match(err, message);
    }
    write(8, 7);
    const others = await nas(scaling(config(searching)));
    assert.equal(others.code, 2);
    assert.match(others.err, /7 classes.*found with/s);
    write(500);
    const large = await nas(scaling(config(searching)));
    assert.equal(large.code, 2);
    assert.match(large.err, /No α, β, γ in steps of 0.2.*smaller/s);
  });
});
