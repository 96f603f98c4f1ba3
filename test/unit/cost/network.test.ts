import assert from 'node:assert/strict';
import { networkCost } from '../../../src/cost/network';
import { planFoundNetwork, planSupernet } from '../../../src/space/cell/plan';
import { dartsOperations } from '../../../src/space/operations';
import { dartsV1, dartsV2, pcDartsCifar, zeroEdges } from '../../support/genotypes';

const cifar = { input: { height: 32, width: 32, channels: 3 }, classes: 10, stemMultiplier: 3 };

describe('costs of networks', () => {
  it('gives the DARTS supernet (C 16, 8 cells) its published 1,930,618 parameters', () => {
    const space = { operations: dartsOperations, nodes: 4, inputsPerNode: 2 };
    const plan = planSupernet(space, { ...cifar, cells: 8, channels: 16 });
    assert.equal(networkCost(plan).parameters, 1_930_618);
  });

  const published = [
    ['DARTS_V1', dartsV1, 3_169_414],
    ['DARTS_V2', dartsV2, 3_349_342],
    ['PC_DARTS_cifar', pcDartsCifar, 3_634_678],
  ] as const;
  for (const [name, genotype, parameters] of published) {
    it(`gives ${name} (C 36, 20 cells) its published ${parameters} parameters`, () => {
      const plan = planFoundNetwork(genotype, { ...cifar, cells: 20, channels: 36 });
      assert.equal(networkCost(plan).parameters, parameters);
    });
  }

  it('counts nothing for edges of `none`', () => {
    const without = structuredClone(zeroEdges);
    for (const { nodes } of [without.normal, without.reduction]) {
      nodes.forEach((edges, node) => (nodes[node] = edges.filter(({ operation }) => operation !== 'none')));
    }
    const [cost, same] = [zeroEdges, without].map((genotype) =>
      networkCost(planFoundNetwork(genotype, { ...cifar, cells: 4, channels: 4 })),
    );
    assert.deepEqual(cost, same);
  });

  it('counts the multiply–accumulates of a stem by hand', () => {
    const one = networkCost(planFoundNetwork(dartsV1, { ...cifar, cells: 1, channels: 4 }));
    const two = networkCost(planFoundNetwork(dartsV1, { ...cifar, cells: 1, channels: 4, classes: 20 }));
    // A class more costs one row of the classifier: 4 nodes of 8 channels (the only cell is a reduction).
    assert.equal(two.flops - one.flops, 10 * 32);
    assert.equal(two.parameters - one.parameters, 10 * 33);
  });
});
