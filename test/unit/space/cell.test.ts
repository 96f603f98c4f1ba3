import assert from 'node:assert/strict';
import { Random } from '../../../src/random';
import { alphaEntropy, cellEdges, discretize, discretizeCell, softmax } from '../../../src/space/cell/alpha';
import { isReduction, planSupernet } from '../../../src/space/cell/plan';
import { genotypeSchema } from '../../../src/space/genotype';
import { dartsOperations } from '../../../src/space/operations';
import { cellSearchSpace, sampleCells } from '../../support/cellSpaces';

const darts = { operations: dartsOperations, nodes: 4, inputsPerNode: 2 };

describe('cell space', () => {
  it('has 14 edges for four nodes and 2 + 3 + … for others', () => {
    assert.equal(cellEdges(4).length, 14);
    assert.equal(cellEdges(1).length, 2);
    assert.deepEqual(cellEdges(2)[2], { node: 1, from: 0 });
  });

  it('counts the space by enumeration on a case small enough', () => {
    const small = { operations: ['none', 'skip_connect', 'max_pool_3x3'], nodes: 2, inputsPerNode: 2 };
    // Node 0: 1 pair of inputs, 2² operations. Node 1: 3 pairs, 2² operations. Two kinds of cell.
    assert.equal(cellSearchSpace(small).size, (4n * 12n) ** 2n);
  });

  it('has the size that the paper gives for DARTS: about 10^9 for a cell', () => {
    // Π (k+1)k/2 · 7² over the four nodes, section 2.1 of the appendix.
    const cell = 1n * 3n * 6n * 10n * 49n ** 4n;
    assert.equal(cellSearchSpace(darts).size, cell * cell);
  });

  it('samples valid genotypes, the same for the same seed, all of a small space', () => {
    const draw = (seed: number) => sampleCells(darts, Random.fromSeed(seed));
    assert.deepEqual(draw(3), draw(3));
    assert.notDeepEqual(draw(3), draw(4));
    for (let seed = 0; seed < 50; seed++) genotypeSchema.parse(draw(seed));
    const tiny = { operations: ['skip_connect', 'max_pool_3x3'], nodes: 1, inputsPerNode: 1 };
    const random = Random.fromSeed(1);
    const seen = new Set(Array.from({ length: 400 }, () => JSON.stringify(sampleCells(tiny, random))));
    assert.equal(BigInt(seen.size), cellSearchSpace(tiny).size);
  });

  it('discretizes: strongest edges by their best non-none operation', () => {
    const space = { operations: ['none', 'skip_connect', 'max_pool_3x3'], nodes: 2, inputsPerNode: 2 };
    const weights = [
      [0, 1, 0], // node 0 ← 0
      [9, 0, 1], // node 0 ← 1: none is the strongest and must not be chosen
      [0, 3, 0], // node 1 ← 0: kept
      [5, 2, 0], // node 1 ← 1: its non-none share is small
      [0, 0, 2], // node 1 ← 2: kept
    ].map(softmax);
    assert.deepEqual(discretizeCell(space, weights).nodes, [
      [
        { operation: 'skip_connect', input: 0 },
        { operation: 'max_pool_3x3', input: 1 },
      ],
      [
        { operation: 'skip_connect', input: 0 },
        { operation: 'max_pool_3x3', input: 2 },
      ],
    ]);
    assert.deepEqual(discretize(space, { normal: weights, reduction: weights }).normal.concat, [2, 3]);
  });

  it('has the entropy ln K when undecided and 0 when decided', () => {
    assert.ok(Math.abs(alphaEntropy([[0, 0, 0, 0]]) - Math.log(4)) < 1e-12);
    assert.ok(alphaEntropy([[100, 0, 0, 0]]) < 1e-12);
  });
});

describe('network plan', () => {
  it('puts reductions at one and two thirds: 2 and 5 of 8, 6 and 13 of 20', () => {
    const at = (cells: number) =>
      Array.from({ length: cells }, (_, i) => i).filter((i) => isReduction(i, cells));
    assert.deepEqual(at(8), [2, 5]);
    assert.deepEqual(at(20), [6, 13]);
  });

  it('follows odd sizes through reductions', () => {
    const plan = planSupernet(darts, {
      cells: 3,
      channels: 4,
      stemMultiplier: 3,
      input: { height: 7, width: 9, channels: 1 },
      classes: 10,
    });
    assert.deepEqual(plan.features, { height: 2, width: 3, channels: 64 });
  });

  it('gives operations a share of the channels, and lets the others pass by, halved where the edge halves', () => {
    const skeleton = {
      cells: 3,
      channels: 8,
      stemMultiplier: 3,
      input: { height: 8, width: 8, channels: 1 },
      classes: 2,
    };
    const { cells } = planSupernet(darts, skeleton, { partialChannels: 4 });
    const [normal, reduction] = [cells[0]!.nodes[0]![0]!, cells[1]!.nodes[0]![0]!];
    assert.deepEqual([normal.bypass, reduction.bypass], [[], [{ kind: 'maxPool', kernel: 2, stride: 2 }]]);
    const separable = reduction.candidates.find((c) => c.operation === 'sep_conv_3x3');
    assert.deepEqual(separable?.layers[2], { kind: 'conv', kernel: 1, stride: 1, filters: 4 });
    assert.throws(() => planSupernet(darts, skeleton, { partialChannels: 3 }), /8 channels .* 3 equal parts/);
  });

  it('follows pools by a BN without parameters in the supernet only', () => {
    const plan = planSupernet(darts, {
      cells: 1,
      channels: 4,
      stemMultiplier: 1,
      input: { height: 8, width: 8, channels: 1 },
      classes: 2,
    });
    const pool = plan.cells[0]!.nodes[0]![0]!.candidates.find((c) => c.operation === 'max_pool_3x3');
    assert.deepEqual(pool?.layers.at(-1), { kind: 'batchNorm', affine: false });
  });
});
