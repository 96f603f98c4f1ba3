import assert from 'node:assert/strict';
import { cellEdges } from '../../../src/space/cell/alpha';
import { fits, heatmapModel, rampMaximum, rampPlace } from '../../../webview/gradient/heatmapModel';

const space: Parameters<typeof fits>[0] = {
  type: 'cell',
  size: '2304',
  operations: ['none', 'skip_connect', 'sep_conv_3x3'],
  edges: cellEdges(2),
  inputs: 2,
  inputsPerNode: 2,
};
// Edges 0→2, 1→2, 0→3, 1→3, 2→3.
const alpha = [
  [5, 1, 0],
  [0, 0, 1],
  [0, 3, 0],
  [0, 0, 2],
  [0, 0, 0],
];

describe('webview: heat map', () => {
  it('marks the strongest operation of each edge, never none', () => {
    assert.deepEqual(
      heatmapModel(space, alpha).rows.map((row) => row.chosen),
      [1, 2, 1, 2, 1],
    );
  });

  it('marks the edges that discretization keeps', () => {
    assert.deepEqual(
      heatmapModel(space, alpha).rows.map((row) => row.kept),
      [true, true, true, true, false],
    );
  });

  it('shows weights that sum to one', () => {
    for (const row of heatmapModel(space, alpha).rows) {
      assert.ok(Math.abs(row.weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-12);
    }
  });

  it('refuses α that does not fit the space', () => {
    assert.equal(fits(space, alpha), true);
    assert.equal(fits(space, alpha.slice(1)), false);
    assert.equal(fits(space, [...alpha.slice(1), [0, 0]]), false);
    assert.equal(fits(space, []), false);
  });

  it('stretches the ramp with the largest weight, in steps', () => {
    const eight = { ...space, operations: Array.from({ length: 8 }, (_, k) => `op_${k}`) };
    const at = (largest: number) => {
      const row = [largest, 0, 0, 0, 0, 0, 0, 0];
      return rampMaximum([
        heatmapModel(
          eight,
          Array.from({ length: 5 }, () => row),
        ),
      ]);
    };
    assert.equal(at(0), 0.4, 'undecided weights of 1/8 stay quiet');
    assert.equal(at(1.6), 0.5);
    assert.equal(at(9), 1);
    assert.equal(rampMaximum([]), 1);
  });

  it('places weights linearly and within the ramp', () => {
    assert.equal(rampPlace(0.1, 0.4), 0.25);
    assert.equal(rampPlace(0.9, 0.4), 1);
    assert.equal(rampPlace(0, 0.4), 0);
  });
});
