import assert from 'node:assert/strict';
import { LatencyTable, parseLatencyFile, type LatencyFile } from '../../../src/cost/latencyTable';
import { networkParts, partKey } from '../../../src/cost/parts';
import { trialCosts } from '../../../src/cost/trialCosts';
import { UserError } from '../../../src/errors';
import { bench201Operations, planBench201Network } from '../../../src/space/bench201/plan';
import { planFoundNetwork, planSupernet } from '../../../src/space/cell/plan';
import { dartsV1 } from '../../support/genotypes';
import { dartsSpace } from '../../support/supernets';

const skeleton = {
  input: { height: 32, width: 32, channels: 3 },
  classes: 10,
  stemMultiplier: 3,
  cells: 6,
  channels: 8,
};

const plan201 = (operation: string) =>
  planBench201Network(new Array<string>(6).fill(operation), { ...skeleton, channels: 16, cellsPerStage: 2 });

/** A table of every part of some networks, each with the time that `ms` gives it. */
function tableOf(plans: readonly ReturnType<typeof plan201>[], ms: (key: string) => number): LatencyTable {
  const keys = plans.flatMap((plan) => networkParts(plan).map(partKey));
  const entries = Object.fromEntries(keys.map((key) => [key, { ms: ms(key), spread: 0, runs: 5 }]));
  return new LatencyTable({ ...head, entries }, 'table.json');
}

const head: Omit<LatencyFile, 'entries'> = {
  format: 'nas-workbench/latency',
  version: 1,
  device: 'a device',
  engine: 'fused',
  threads: 1,
  overhead: { ms: 0.5, spread: 0, runs: 5 },
};

describe('parts of networks', () => {
  it('are as many as a cell of NAS-Bench-201 has edges, and what is around them', () => {
    const parts = networkParts(plan201('conv_3x3'));
    // Three stages of two cells with six edges; two residual blocks of two branches; stem, head, classifier.
    assert.equal(parts.length, 3 * 2 * 6 + 2 * 2 + 3);
    assert.equal(parts.filter(({ label }) => label === 'conv_3x3').length, 36);
    assert.equal(new Set(parts.map(partKey)).size, 3 + 2 * 2 + 3);
  });

  it('have a text that tells shapes, strides and branches apart, and not whether BN is learned', () => {
    const input = { height: 8, width: 8, channels: 4 };
    const key = (layers: Parameters<typeof make>[0]): string => partKey(make(layers));
    const make = (layers: Extract<ReturnType<typeof networkParts>[number], { kind: 'layers' }>['layers']) =>
      ({ kind: 'layers', label: 'x', layers, input }) as const;
    const conv = (stride: 1 | 2) => ({ kind: 'conv', kernel: 3, stride, filters: 4 }) as const;
    assert.equal(
      key([{ kind: 'relu' }, conv(1), { kind: 'batchNorm', affine: true }]),
      'relu, conv filters 4 kernel 3 stride 1, batchNorm @ 8×8×4',
    );
    assert.equal(
      key([conv(1), { kind: 'batchNorm', affine: true }]),
      key([conv(1), { kind: 'batchNorm', affine: false }]),
    );
    assert.notEqual(key([conv(1)]), key([conv(2)]));
    assert.equal(
      key([{ kind: 'parallel', branches: [[conv(2)], [{ kind: 'shift' }, conv(2)]] }]),
      'parallel branches (conv filters 4 kernel 3 stride 2 | shift, conv filters 4 kernel 3 stride 2) @ 8×8×4',
    );
    assert.equal(key([{ kind: 'identity' }]), 'identity @ 8×8×4');
  });

  it('are the same in a supernet and in a network found in it, up to BN after pools', () => {
    const supernet = new Set(networkParts(planSupernet(dartsSpace, skeleton)).map(partKey));
    const found = networkParts(planFoundNetwork(dartsV1, skeleton));
    const foreign = found.filter((part) => !supernet.has(partKey(part)));
    assert.ok(
      foreign.every(({ label }) => label.includes('pool')),
      foreign.map(partKey).join('\n'),
    );
    assert.ok(foreign.length < found.length / 2);
  });
});

describe('a latency table', () => {
  it('adds up what it has for every part, and what a pass takes anyway', () => {
    const plan = plan201('conv_1x1');
    const table = tableOf([plan], (key) => (key.includes('kernel 1 stride 1, batchNorm') ? 1 : 0.25));
    // 36 edges of 1 ms; stem, four branches, head and classifier of 0.25 ms; 0.5 ms of overhead.
    assert.ok(Math.abs(table.predict(plan) - (36 + 7 * 0.25 + 0.5)) < 1e-9);
    assert.equal(trialCosts(plan, table).latencyMs, table.predict(plan));
    assert.equal(trialCosts(plan).latencyMs, undefined);
  });

  it('says which operation is missing and how to measure it', () => {
    const table = tableOf([plan201('conv_1x1')], () => 1);
    assert.throws(
      () => table.predict(plan201('conv_3x3')),
      (error: UserError) =>
        error instanceof UserError &&
        /table.json has no conv_3x3 over 32×32×16/.test(error.message) &&
        /nas latency/.test(error.hint ?? ''),
    );
    assert.equal(bench201Operations.includes('conv_3x3'), true);
  });

  it('survives its file', () => {
    const table = tableOf([plan201('avg_pool_3x3')], () => 2);
    const read = LatencyTable.parse(JSON.stringify(table.file), 'x.json');
    assert.deepEqual(read.file, table.file);
  });

  const bad: [string, unknown, RegExp][] = [
    ['no JSON', '{', /not valid JSON/],
    ['another format', { format: 'nas-workbench/genotype' }, /is no latency table/],
    ['a list', [1, 2], /is no latency table/],
    ['another version', { ...head, version: 2, entries: {} }, /broken at version/],
    ['no threads', { ...head, threads: 0, entries: {} }, /broken at threads/],
    [
      'a time below zero',
      { ...head, entries: { x: { ms: -1, spread: 0, runs: 1 } } },
      /broken at entries\.x\.ms/,
    ],
    ['a time that is a text', { ...head, entries: { x: { ms: '1', spread: 0, runs: 1 } } }, /entries\.x\.ms/],
    ['no overhead', { ...head, overhead: undefined, entries: {} }, /broken at overhead/],
  ];
  for (const [title, value, message] of bad) {
    it(`refuses a file with ${title}`, () => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      assert.throws(
        () => parseLatencyFile(text, 'bad.json'),
        (error: UserError) =>
          error instanceof UserError && message.test(error.message) && error.message.includes('bad.json'),
      );
    });
  }
});
