/** Limits as constraints of a gradient search. */
import assert from 'node:assert/strict';
import { layersCost } from '../../../../src/cost/layers';
import type { LimitedCost } from '../../../../src/cost/limits';
import { operationCosts } from '../../../../src/cost/operationCosts';
import { Random } from '../../../../src/random';
import { Architecture } from '../../../../src/search/gradient/architecture';
import { LimitPenalty } from '../../../../src/search/gradient/limitPenalty';
import { CostPenalty } from '../../../../src/search/gradient/penalty';
import { bench201Operations } from '../../../../src/space/cell/bench201';
import { Bench201SearchSpace } from '../../../../src/space/cell/bench201Space';
import type { Genotype } from '../../../../src/space/genotype';

const space = new Bench201SearchSpace({
  operations: bench201Operations,
  cellsPerStage: 5,
  channels: 16,
}).supernet;
const frame = { input: { height: 32, width: 32, channels: 3 }, classes: 10 };
const costs = operationCosts(space.plan(frame), ({ layers, input }) => layersCost(layers, input).flops);

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
    const limited: LimitedCost = {
      cost: 'flops',
      ratio: (genotype) => costOf(genotype) / (share * most),
      describe: () => 'too many',
    };
    const penalty = new CostPenalty(1, costs, uniform);
    const limits = new LimitPenalty([{ limited, penalty }]);
    const genotype = (): Genotype => space.discretize(parameters.edgeWeights());
    return { parameters, uniform, limits, limited, penalty, genotype };
  }

  it('weighs by how far they are broken, at most 1 an epoch, and not at all within them', () => {
    const { genotype, penalty } = limitOf(0.5);
    const ratios = [0.9, 1.25, 1.5, 40, 0.9, 0.1, 0.5];
    const found = genotype();
    const each = { cost: 'flops', describe: () => 'too many' } as const;
    let next = 0;
    const scripted = new LimitPenalty([{ limited: { ...each, ratio: () => ratios[next++]! }, penalty }]);
    const said = ratios.map(() => scripted.ascend(found));
    assert.deepEqual(said, [[], ['too many'], [], [], [], [], []]);
    assert.ok(Math.abs(scripted.state()[0]! - 0.25) < 1e-12);
  });

  it('adds λ times the expected cost', () => {
    const { uniform, limits, penalty } = limitOf(0.5);
    assert.equal(limits.added(uniform), uniform);
    limits.restore([3]);
    assert.deepEqual(limits.added(uniform), penalty.added(uniform, 3));
  });

  it('leads α to a network within the limit, and then lets go', () => {
    const { parameters, uniform: loss, limits, limited, genotype } = limitOf(0.3);
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
      ratios.push(limited.ratio(genotype()));
      limits.ascend(genotype());
    }
    assert.ok(Math.max(...ratios.slice(0, 10)) > 1, 'the loss alone leads outside');
    assert.ok(
      ratios.slice(20).some((ratio) => ratio <= 1),
      ratios.join(' '),
    );
  });
});
