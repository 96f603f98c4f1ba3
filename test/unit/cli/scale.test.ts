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
import { efficientNetCoefficients } from '../../../src/space/mbconv/scaling';
import { planNetwork } from '../../../src/space/network';

const options = { ...efficientNetCoefficients, phi: 1 };

function fileOf(genotype: Genotype) {
  const text = {
    name: 'b0',
    runId: 'r',
    strategy: 'random',
    data: 'd',
    backend: 'wasm',
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

  it('writes a genotype file of about twice the multiply–accumulates, with larger images', () => {
    const log = console.log;
    console.log = () => undefined;
    try {
      assert.equal(scale(source, options), 0);
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

  it('does not write over a file, unless told to', () => {
    const out = join(folder, 'there.json');
    writeFileSync(out, 'mine');
    assert.throws(() => scale(source, { ...options, out }), UserError);
    assert.equal(readFileSync(out, 'utf8'), 'mine');
  });

  it('says what is wrong with other files and with a φ that is too large', () => {
    writeFileSync(source, '{');
    assert.throws(() => scaledFile(source, options), /is not JSON/);
    writeFileSync(source, '{}');
    assert.throws(() => scaledFile(source, options), /is not a usable genotype file/);
    const cell: Genotype = { space: 'nasbench201', operations: Array<string>(6).fill('conv_3x3') };
    writeFileSync(source, JSON.stringify(fileOf(cell)));
    assert.throws(() => scaledFile(source, options), /compound scaling is for "mbconv"/);
    writeFileSync(source, JSON.stringify(fileOf(efficientNetB0)));
    assert.throws(() => scaledFile(source, { ...options, phi: 15 }), /too large/);
    assert.ok(!existsSync(join(folder, 'genotype-phi15.json')));
  });
});
