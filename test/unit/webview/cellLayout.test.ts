import assert from 'node:assert/strict';
import { Random } from '../../../src/random';
import type { CellSpace } from '../../../src/space/cell/alpha';
import type { CellGenotype } from '../../../src/space/cell/genotype';
import {
  arrowHead,
  fitCell,
  labelHeight,
  layoutCell,
  scaleIn,
  smoothPath,
  type CellLayout,
} from '../../../webview/architecture/cellLayout';
import { dartsOperations } from '../../../src/space/operations';
import { sampleCells } from '../../support/cellSpaces';

const space: CellSpace = { operations: dartsOperations, nodes: 4, inputsPerNode: 2 };

/** Cells of many shapes, the same every time. */
const cells: CellGenotype[] = Array.from(
  { length: 40 },
  (_, seed) => sampleCells(space, Random.fromSeed(seed)).normal,
);

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function overlap(a: Box, b: Box): boolean {
  return Math.abs(a.x - b.x) * 2 < a.width + b.width && Math.abs(a.y - b.y) * 2 < a.height + b.height;
}

function boxes(layout: CellLayout): Box[] {
  const labels = layout.edges.flatMap(({ label }) => (label ? [{ ...label, height: labelHeight }] : []));
  return [...layout.nodes, ...labels];
}

describe('webview: layout of a cell', () => {
  it('is the same for the same cell', () => {
    assert.deepEqual(layoutCell(cells[0]!, 'LR'), layoutCell(cells[0]!, 'LR'));
  });

  it('has every node once and every edge with its operation', () => {
    for (const cell of cells) {
      const layout = layoutCell(cell, 'TB');
      assert.deepEqual(
        layout.nodes.map(({ role }) => role),
        ['input', 'input', 'node', 'node', 'node', 'node', 'output'],
      );
      const operations = layout.edges.flatMap(({ operation }) => operation ?? []);
      assert.deepEqual(
        operations.sort(),
        cell.nodes
          .flat()
          .map(({ operation }) => operation)
          .sort(),
      );
      assert.equal(layout.edges.length, operations.length + cell.concat.length);
      assert.equal(new Set(layout.edges.map(({ key }) => key)).size, layout.edges.length);
    }
  });

  it('lets edges run forward only', () => {
    for (const cell of cells) {
      const { nodes, edges } = layoutCell(cell, 'LR');
      for (const { key } of edges) {
        const [from, to] = key.split('-').map(Number);
        assert.ok(nodes[from!]!.x < nodes[to!]!.x, key);
      }
    }
  });

  it('keeps everything inside and nothing on top of something else', () => {
    for (const cell of cells) {
      for (const direction of ['LR', 'TB'] as const) {
        const layout = layoutCell(cell, direction);
        const all = boxes(layout);
        all.forEach((box, index) => {
          assert.ok(box.x - box.width / 2 >= 0 && box.x + box.width / 2 <= layout.width);
          assert.ok(box.y - box.height / 2 >= 0 && box.y + box.height / 2 <= layout.height);
          for (const other of all.slice(index + 1))
            assert.ok(!overlap(box, other), JSON.stringify([box, other]));
        });
        for (const { x, y } of layout.edges.flatMap(({ points }) => points)) {
          assert.ok(x >= 0 && x <= layout.width && y >= 0 && y <= layout.height);
        }
      }
    }
  });

  it('draws two edges between the same two nodes apart', () => {
    const twice: CellGenotype = {
      nodes: [
        [
          { operation: 'skip_connect', input: 0 },
          { operation: 'sep_conv_3x3', input: 0 },
        ],
      ],
      concat: [2],
    };
    const labels = layoutCell(twice, 'LR').edges.flatMap(({ label }) => label ?? []);
    assert.equal(labels.length, 2);
    assert.notEqual(labels[0]!.y, labels[1]!.y);
  });

  it('takes the direction that suits the room, and keeps it while it is good enough', () => {
    // Each node reads the one before: long along its direction, so that both directions suit an even room.
    const nodes = [0, 1, 2, 3].map((node) => [
      { operation: 'sep_conv_3x3', input: node + 1 },
      { operation: 'skip_connect', input: 0 },
    ]);
    const cell: CellGenotype = { nodes, concat: [2, 3, 4, 5] };
    const tall = { width: 200, height: 900 };
    const wide = { width: 900, height: 200 };
    assert.equal(fitCell(cell, tall).direction, 'TB');
    assert.equal(fitCell(cell, wide).direction, 'LR');
    const [across, down] = [layoutCell(cell, 'LR'), layoutCell(cell, 'TB')];
    const even = { width: across.width * 0.8, height: down.height * 0.8 };
    assert.ok(Math.abs(scaleIn(across, even) - scaleIn(down, even)) < 0.2);
    assert.equal(fitCell(cell, even, 'TB').direction, 'TB');
    assert.equal(fitCell(cell, even, 'LR').direction, 'LR');
  });

  it('draws paths from the first to the last point', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 10, y: 5 },
      { x: 20, y: 5 },
      { x: 30, y: 0 },
    ];
    const path = smoothPath(points);
    assert.match(path, /^M0\.0,0\.0Q/);
    assert.match(path, /30\.0,0\.0$/);
    assert.equal(smoothPath(points.slice(0, 2)), 'M0.0,0.0L10.0,5.0');
    assert.equal(smoothPath([]), '');
    assert.match(arrowHead(points), /^M30\.0,0\.0L/);
    assert.equal(arrowHead([]), '');
  });
});
