/** Limits as constraints of a gradient search. */
import assert from 'node:assert/strict';
import { layersCost } from '../../../../src/cost/layers';
import { operationCosts } from '../../../../src/cost/operationCosts';
import type { TrialCosts } from '../../../../src/cost/trialCosts';
import { Random } from '../../../../src/random';
import { Architecture } from '../../../../src/search/gradient/architecture';
import { LimitPenalty } from '../../../../src/search/gradient/limitPenalty';
import { ExpectedCost } from '../../../../src/search/gradient/expectedCost';
import { bench201Operations } from '../../../../src/space/bench201/plan';
import { Bench201SearchSpace } from '../../../../src/space/bench201/space';
import type { Genotype } from '../../../../src/space/genotype';

const space = new Bench201SearchSpace({
  operations: bench201Operations,
  cellsPerStage: 5,
  channels: 16,
}).supernet;
const frame = { input: { height: 32, width: 32, channels: 3 }, classes: 10 };
const costs = operationCosts(space.plan(frame), ({ layers, input }) => layersCost(layers, input).flops);

const costing = (flops: number): TrialCosts => ({ parameters: 0, flops, memoryMiB: 0 });

describe('limits in a gradient search', () => {
  /** A limit on multiply–accumulates of the cells, as a share of what all convolutions would cost. */
  function limitOf(share: number) {
    const settings = { learningRate: 0.1, beta1: 0.5, beta2: 0.999, weightDecay: 0 };
    const options = { ...settings, initialScale: 1, edgeNormalization: false };
    const parameters = new Architecture(space, options, Random.fromSeed(3, 'architecture'));
    const uniform = parameters.mixtures(parameters.values.map(() => 0));
    const most = costs.normal.reduce((sum, row) => sum + Math.max(...row), 0);
    const costOf = (genotype: Genotype): number => {
      assert.ok(genotype.space === 'nasbench201');
      return genotype.operations.reduce(
        (sum, name, edge) => sum + costs.normal[edge]![space.operations.indexOf(name)]!,
        0,
      );
    };
    const allowed = share * most;
    const cost = new ExpectedCost(costs, uniform);
    const limits = new LimitPenalty([{ limit: 'maxFlops', allowed, cost }]);
    const flops = (): number => costOf(space.discretize(parameters.edgeWeights()));
    return { parameters, uniform, limits, allowed, cost, flops };
  }

  it('weighs by how far they are broken, at most 1 an epoch, and not at all within them', () => {
    const { cost } = limitOf(0.5);
    const limits = new LimitPenalty([{ limit: 'maxFlops', allowed: 1000, cost }]);
    const said = [900, 1250, 1500, 40_000, 900, 100, 500].map((flops) => limits.ascend(costing(flops)));
    const sentence = '1,250 multiply–accumulates, more than the limit of 1,000';
    assert.deepEqual(said, [[], [sentence], [], [], [], [], []]);
    assert.ok(Math.abs(limits.state()[0]! - 0.25) < 1e-12);
  });

  it('adds λ times the expected cost', () => {
    const { uniform, limits, cost } = limitOf(0.5);
    assert.equal(limits.added(uniform), uniform);
    limits.restore([3]);
    assert.deepEqual(limits.added(uniform), cost.added(uniform, 3));
  });

  it('leads α to a network within the limit, and then lets go', () => {
    const { parameters, uniform: loss, limits, allowed, flops } = limitOf(0.3);
    // A loss that falls with every convolution.
    const wanted = {
      ...loss,
      normal: {
        ...loss.normal,
        operations: loss.normal.operations.map((row) =>
          row.map((_, o) => (space.operations[o] === 'conv_3x3' ? -0.1 : 0)),
        ),
      },
    };
    const ratios: number[] = [];
    for (let epoch = 0; epoch < 60; epoch++) {
      for (let step = 0; step < 20; step++) {
        parameters.apply(parameters.gradient(limits.added(wanted)));
      }
      ratios.push(flops() / allowed);
      limits.ascend(costing(flops()));
    }
    assert.ok(Math.max(...ratios.slice(0, 10)) > 1, 'the loss alone leads outside');
    assert.ok(
      ratios.slice(20).some((ratio) => ratio <= 1),
      ratios.join(' '),
    );
  });
});
