import assert from 'node:assert/strict';
import { networkCost } from '../../../src/cost/network';
import {
  bench201Operations,
  planBench201Network,
  planBench201Supernet,
} from '../../../src/space/bench201/plan';

const skeleton = {
  channels: 16,
  cellsPerStage: 5,
  input: { height: 32, width: 32, channels: 3 },
  classes: 10,
};
const cell = (...operations: string[]): string[] => [
  ...operations,
  ...Array<string>(6 - operations.length).fill('none'),
];

describe('network plans of NAS-Bench-201', () => {
  it('stack three stages of cells with a block of stride 2 between them', () => {
    const { cells, features } = planBench201Supernet(bench201Operations, skeleton);
    assert.deepEqual(cells.map(({ kind }) => (kind === 'fixed' ? '-' : 'c')).join(''), 'ccccc-ccccc-ccccc');
    assert.deepEqual(features, { height: 8, width: 8, channels: 64 });
  });

  it('connect every node with all states before it', () => {
    const { nodes, concat } = planBench201Supernet(bench201Operations, skeleton).cells[0]!;
    assert.deepEqual(
      nodes.map((edges) => edges.map(({ from }) => from)),
      [[0], [0, 1], [0, 1, 2]],
    );
    assert.deepEqual(concat, [3]);
  });

  it('follow pools by no BN', () => {
    const { candidates } = planBench201Supernet(bench201Operations, skeleton).cells[0]!.nodes[0]![0]!;
    const pool = candidates.find(({ operation }) => operation === 'avg_pool_3x3');
    assert.deepEqual(pool?.layers, [{ kind: 'avgPool', kernel: 3, stride: 1 }]);
  });

  it('cost what the benchmark says: 7.78 M MAC, 3.93 M more for a 1×1 and 35.39 M for a 3×3 convolution', () => {
    const flops = (...operations: string[]): number =>
      networkCost(planBench201Network(cell(...operations), skeleton)).flops;
    // The benchmark counts the ten additions of the classifier's bias, too.
    assert.equal(flops(), 7_783_050 - 10);
    assert.equal(flops('conv_1x1'), 7_783_040 + 3_932_160);
    assert.equal(flops('none', 'conv_3x3'), 7_783_040 + 35_389_440);
  });

  it('refuse a cell with another number of edges', () => {
    assert.throws(() => planBench201Network(['none'], skeleton), /has 6 edges, not 1/);
  });
});
