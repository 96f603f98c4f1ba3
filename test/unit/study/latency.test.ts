import assert from 'node:assert/strict';
import { configSchema, type Config } from '../../../src/config/schema';
import { LatencyTable, type LatencyFile } from '../../../src/cost/latencyTable';
import { networkParts, partKey, type Part } from '../../../src/cost/parts';
import {
  agreement,
  checkTable,
  drawNetworks,
  latencyPlans,
  measureTable,
} from '../../../src/study/latencyMeasure';
import { configParts } from '../../../src/study/latencyParts';
import { largerPlan, summarize } from '../../../src/study/latencyProbe';
import { forecastForm, supernetForms } from '../../../src/study/supernetForms';
import { prepareEngine, type JobEngine } from '../../../src/job/engine';
import { finalNetwork, spaceOf } from '../../../src/job/plan';
import { Random } from '../../../src/random';
import { planNetwork } from '../../../src/space/network';
import type { NetworkPlan } from '../../../src/space/plan';

const frame = { input: { height: 8, width: 8, channels: 1 }, classes: 3 };

function config(space: object, strategy: 'random' | 'darts' = 'random'): Config {
  return configSchema.parse({ space, strategy: { type: strategy }, final: { cells: 3, channels: 4 } });
}
const cells = config({ type: 'cell', nodes: 2, cells: 3, channels: 2 });
const bench201 = config({ type: 'nasbench201', cellsPerStage: 1, channels: 4 });

/** What computes networks when the choice is free. */
function engineOf(plans: readonly NetworkPlan[]): Promise<JobEngine> {
  return prepareEngine({ choice: 'auto', threads: 1, plans, wanted: 'every' });
}

describe('the parts of a config', () => {
  for (const [title, each] of [
    ['cells', cells],
    ['NAS-Bench-201', bench201],
  ] as const) {
    it(`are those of every network that can be drawn: ${title}`, async () => {
      const parts = configParts(each, spaceOf(each), frame);
      const random = Random.fromSeed(77, 'other draws');
      for (let i = 0; i < 100; i++) {
        const plan = planNetwork(spaceOf(each).sample(random), finalNetwork(each, frame));
        for (const part of networkParts(plan)) assert.ok(parts.has(partKey(part)), partKey(part));
      }
      const plans = latencyPlans(each, spaceOf(each), frame, parts);
      assert.equal((await engineOf(plans)).name, 'fused');
    });
  }

  it('are five operations at three sizes, what is between the stages and around all in NAS-Bench-201', () => {
    assert.equal(configParts(bench201, spaceOf(bench201), frame).size, 5 * 3 + 2 * 2 + 3);
  });

  it('are also those of the supernet where one is searched', () => {
    const parts = configParts(
      config({ type: 'cell', nodes: 2, cells: 3, channels: 2 }, 'darts'),
      spaceOf(cells),
      frame,
    );
    const supernet = spaceOf(cells).supernet!.plan(frame);
    assert.ok(networkParts(supernet).every((part) => parts.has(partKey(part))));
  });
});

describe('measured latencies', () => {
  const origin = { device: 'here', engine: 'fused', threads: 1 };
  const options = {
    engine: { engine: 'fused', threads: 1 } as const,
    runs: 5,
    origin,
    onPart: () => undefined,
  };

  it('make a table that predicts whole networks; what is there already is not measured again', async () => {
    const parts = configParts(bench201, spaceOf(bench201), frame);
    let asked = 0;
    const begun = await measureTable({ ...options, parts, stopped: () => asked++ === 3 });
    assert.equal(Object.keys(begun.entries).length, 3);

    // Times that no measurement gives, so that they show where they were kept.
    const kept = Object.fromEntries(
      Object.keys(begun.entries).map((key) => [key, { ms: 7, spread: 0, runs: 1 }]),
    );
    const known: LatencyFile = { ...begun, entries: kept };
    const told: string[] = [];
    const onPart = (done: number, of: number): void => void told.push(`${done}/${of}`);
    const table = await measureTable({ ...options, parts, known, onPart, stopped: () => false });
    assert.deepEqual(Object.keys(table.entries).sort(), [...parts.keys()].sort());
    assert.equal(told.at(-1), `${parts.size - 3}/${parts.size - 3}`);
    for (const key of Object.keys(kept)) assert.equal(table.entries[key]?.ms, 7);
    assert.deepEqual(table.overhead, begun.overhead);

    const check = await checkTable(
      new LatencyTable(table, 'x'),
      drawNetworks(bench201, spaceOf(bench201), frame, 3),
      options,
    );
    assert.equal(check.networks.length, 3);
    assert.ok(check.networks.every(({ predicted, measured }) => predicted > 0 && measured.ms > 0));
  });

  it('are the median and the quartiles of the quietest stretch', () => {
    // Stretches of five: the second one is disturbed, the third is the fastest.
    const times = [5, 5, 5, 5, 5, 90, 90, 3, 90, 90, 4, 2, 3, 1, 9].map((ms) => [ms]);
    assert.deepEqual(
      summarize(times, ([ms]) => ms!),
      { ms: 3, spread: 2, runs: 15 },
    );
    assert.equal(summarize([[1, 2]], ([a, b]) => b! - a!).ms, 1);
    assert.equal(summarize([[2, 1]], ([a, b]) => b! - a!).ms, 0);
  });

  it('agree with predictions by the mean of the shares that these are off, and by rank', () => {
    const networks = [
      [1, 2],
      [3, 4],
      [6, 4.8],
    ].map(([predicted, ms]) => ({ predicted: predicted!, measured: { ms: ms!, spread: 0, runs: 1 } }));
    const { meanError, spearman } = agreement(networks);
    assert.ok(Math.abs(meanError - (0.5 + 0.25 + 0.25) / 3) < 1e-12);
    assert.equal(spearman, 1);
  });

  it('come from the reference where the fused engine has no kernels', async () => {
    const part = (kinds: ('relu' | 'identity')[]): Part => ({
      kind: 'layers',
      label: 'x',
      layers: kinds.map((kind) => ({ kind })),
      input: { height: 4, width: 4, channels: 4 },
    });
    assert.equal((await engineOf([largerPlan(part(['identity']))])).name, 'fused');
    // A ReLU at the end of an operation has no kernel.
    const both = [part(['identity']), part(['relu'])].map(largerPlan);
    const engine = await engineOf(both);
    assert.equal(engine.engine, 'reference');
    assert.match(engine.notices.join(), /^The fused engine has no kernels for a ReLU at the end/);
  });
});

describe('forms of weight sharing', () => {
  const space = spaceOf(config({ type: 'cell', nodes: 4, cells: 3, channels: 8 }));
  const rgb = { input: { height: 16, width: 16, channels: 3 }, classes: 10 };
  const forms = new Map(
    supernetForms(space, rgb, { seed: 1 }).map((form) => [form.name, forecastForm(form, 8, 1)]),
  );

  it('take the less memory and work the less they compute', () => {
    const memory = (['all', 'partial', 'one-each', 'path'] as const).map(
      (name) => forms.get(name)!.memory!.ofStep,
    );
    assert.deepEqual(
      [...memory].sort((a, b) => b - a),
      memory,
    );
    const [all, one] = [forms.get('all')!, forms.get('one-each')!];
    // At most K times the activations, since stem and preprocessing are there in any case.
    const ratio = all.activations / one.activations;
    assert.ok(ratio > 4 && ratio < 8, String(ratio));
    assert.ok(all.stepWork > one.stepWork);
  });

  it('leave partial channels out where the channels cannot be divided', () => {
    const odd = spaceOf(config({ type: 'cell', nodes: 2, cells: 3, channels: 6 }));
    const names = supernetForms(odd, rgb, { seed: 1 }).map(({ name }) => name);
    assert.deepEqual(names, ['all', 'one-each', 'path']);
  });
});
