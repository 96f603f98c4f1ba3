import assert from 'node:assert/strict';
import type { RunEventOf } from '../../../src/protocol/events';
import { emptyRunState, type RunState } from '../../../src/protocol/runState';
import { bench201Edges } from '../../../src/space/bench201/space';
import { drawnBench201 } from '../../../src/space/bench201/forms';
import type { Genotype } from '../../../src/space/genotype';
import type { MbconvGenotype } from '../../../src/space/mbconv/genotype';
import { entryOf } from '../../../src/space/registry';
import { zeroEdges } from '../../support/genotypes';
import { layoutCell } from '../../../webview/architecture/cellLayout';
import { alarmText, allowedSkips, lastAlarm } from '../../../webview/gradient/collapse';
import { cellLines, skipsOf } from '../../../webview/architecture/drawnCell';
import { edgeShares, fits, heatmapModel } from '../../../webview/gradient/heatmapModel';
import { edgeText, nodeText } from '../../../webview/kit/naming';

const bench = {
  type: 'nasbench201',
  size: '15625',
  operations: ['none', 'skip_connect', 'nor_conv_1x1'],
  edges: [...bench201Edges],
  inputs: 1,
  inputsPerNode: 3,
};

describe('webview: cells with one input', () => {
  const operations = ['a', 'none', 'skip_connect', 'd', 'e', 'skip_connect'];
  const cell = drawnBench201(operations);

  it('puts the six operations on the edges of the paper', () => {
    assert.deepEqual(
      cellLines(cell, (state) => nodeText(state, 1)),
      ['1 ← a(0)', '2 ← none(0) + skip_connect(1)', '3 ← d(0) + e(1) + skip_connect(2)'],
    );
    assert.equal(skipsOf(cell), 2);
    assert.equal(edgeText({ from: 0, node: 2 }, 1), '0 → 3');
  });

  it('draws all edges into four states, the last of them the output', () => {
    const { nodes, edges } = layoutCell(cell, 'LR');
    assert.deepEqual(
      nodes.map(({ role }) => role),
      ['input', 'node', 'node', 'output'],
    );
    assert.equal(edges.length, 6);
    assert.ok(edges.every(({ operation, label }) => operation !== undefined && label));
  });

  it('keeps every edge, and its operation may be none', () => {
    const alpha = [
      [3, 0, 0],
      [0, 2, 0],
      [0, 0, 1],
      [0, 1, 0],
      [0, 0, 2],
      [1, 0, 0],
    ];
    assert.equal(fits(bench, alpha), true);
    const { rows, cell: drawn, inputs } = heatmapModel(bench, alpha);
    assert.deepEqual(
      rows.map(({ chosen, kept }) => [chosen, kept]),
      [0, 1, 2, 1, 2, 0].map((chosen) => [chosen, true]),
    );
    assert.equal(inputs, 1);
    assert.deepEqual(drawn.nodes[0], [{ operation: 'none', input: 0 }]);
  });
});

describe('webview: cells of zeros', () => {
  it('draws edges of none and nodes without edges, and says so in words', () => {
    const { nodes, edges } = layoutCell(zeroEdges.reduction, 'LR');
    assert.equal(nodes.length, 6, 'two inputs, three nodes, the output');
    assert.ok(nodes.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)));
    assert.deepEqual(
      edges.flatMap(({ operation }) => operation ?? []),
      ['max_pool_3x3', 'none', 'none'],
    );
    assert.deepEqual(
      cellLines(zeroEdges.reduction, (state) => nodeText(state, 2)),
      ['2 ← max_pool_3x3(c_{k-1}) + none(c_{k-2})', '3 ← zeros', '4 ← none(3)'],
    );
  });
});

describe('webview: β', () => {
  const space = {
    ...bench,
    type: 'cell',
    operations: ['none', 'skip_connect'],
    edges: [
      { node: 0, from: 0 },
      { node: 0, from: 1 },
      { node: 1, from: 0 },
      { node: 1, from: 1 },
      { node: 1, from: 2 },
    ],
    inputs: 2,
    inputsPerNode: 2,
  };

  it('is shared out among the edges into each node', () => {
    const shares = edgeShares(space, [0, 0, Math.log(2), Math.log(1), Math.log(5)]);
    [0.5, 0.5, 0.25, 0.125, 0.625].forEach((share, edge) =>
      assert.ok(Math.abs(shares[edge]! - share) < 1e-12, `edge ${edge}: ${shares[edge]}`),
    );
  });

  it('decides with α which edges stay', () => {
    const alpha = Array.from({ length: 5 }, () => [0, 1]);
    const kept = (betas?: number[]): boolean[] =>
      heatmapModel(space, alpha, betas).rows.map((row) => row.kept);
    assert.deepEqual(kept(), [true, true, true, true, false], 'ties go to the earlier edges');
    assert.deepEqual(kept([0, 0, 0, 1, 2]), [true, true, false, true, true]);
    assert.equal(heatmapModel(space, alpha).rows[0]!.share, undefined);
  });
});

const drawingOf = (genotype: Genotype) => entryOf(genotype).drawing(genotype);

describe('webview: chains and stages', () => {
  it('reads a chain layer by layer', () => {
    const layers = [
      { operation: 'conv_3x3', channels: 16, stride: 1 as const },
      { operation: 'skip_connect', channels: 32, stride: 2 as const },
    ];
    assert.deepEqual(drawingOf({ space: 'chain', connections: 'sequential', layers }), {
      kind: 'layers',
      note: 'one after the other',
      layers,
    });
  });

  it('puts equal blocks of a stage together and differing ones in order', () => {
    const block = { kernel: 3 as const, hidden: 48, squeeze: 0 };
    const genotype: MbconvGenotype = {
      space: 'mbconv',
      stem: { channels: 16, stride: 2, activation: 'hard_swish' },
      stages: [
        { channels: 24, stride: 2, activation: 'relu', blocks: [block, block] },
        {
          channels: 40,
          stride: 1,
          activation: 'swish',
          blocks: [block, { kernel: 5, hidden: 72, squeeze: 24 }],
        },
      ],
      gate: 'sigmoid',
      head: { channels: 960, activation: 'hard_swish', hidden: 1280 },
    };
    const drawing = drawingOf(genotype);
    assert.ok(drawing.kind === 'table');
    assert.deepEqual(
      drawing.columns.map(({ title }) => title),
      ['Stage', 'Blocks', 'Channels', 'Stride', 'Kernel', 'Inside', 'Squeeze', 'Activation'],
    );
    assert.deepEqual(drawing.rows, [
      ['Stem', '', '16', '2', '3×3', '', '', 'h-swish'],
      ['1', '2', '24', '2', '3×3', '48', '–', 'relu'],
      ['2', '2', '40', '1', '3×3, 5×5', '48, 72', '–, 24', 'swish'],
      ['Head', '', '960', '', '1×1', '1280 linear', '', 'h-swish'],
    ]);
  });
});

describe('webview: collapse', () => {
  const said = (epoch: number, change: Partial<RunEventOf<'collapse'>>): RunEventOf<'collapse'> => ({
    ...{ type: 'collapse', seq: epoch, time: 0, epoch, skips: 1, allowed: 2, stopped: false, keep: epoch },
    ...change,
  });
  const state = (...collapses: RunEventOf<'collapse'>[]): RunState => ({ ...emptyRunState, collapses });

  it('speaks up with the guard alone', () => {
    assert.equal(lastAlarm(state(said(0, {}), said(1, {}))), undefined);
    assert.equal(lastAlarm(state(said(0, {}), said(1, { rule: 'skips' }), said(2, {})))?.epoch, 1);
    assert.equal(allowedSkips(state(said(0, { allowed: 3 }))), 3);
    assert.equal(allowedSkips(emptyRunState), undefined);
  });

  it('says what happened, what was kept and what to do', () => {
    const { message, hint } = alarmText(said(4, { rule: 'skips', skips: 3, stopped: true, keep: 3 }));
    assert.match(message, /3 skip connections in the normal cell, 2 are allowed/);
    assert.match(message, /ended with epoch 5 and keeps the architecture of epoch 4/);
    assert.match(hint, /Generate Code uses the kept architecture/);
    const other = alarmText(said(4, { rule: 'eigenvalue', eigenvalue: 1.2345 }));
    assert.match(other.message, /largest eigenvalue 1\.23/);
  });
});
