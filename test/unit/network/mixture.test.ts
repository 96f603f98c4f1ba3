import assert from 'node:assert/strict';
import {
  flattenMixtures,
  partialGradient,
  partialMixtures,
  pathMixtures,
  softmaxGradient,
  softmaxMixtures,
  unflattenMixtures,
} from '../../../src/network/mixture';
import type { Mixtures } from '../../../src/network/supernet';
import { Random } from '../../../src/random';
import { cellEdges } from '../../../src/space/cell/alpha';

const edges = cellEdges(3);
const operations = 4;
const random = Random.fromSeed(11, 'mixtures');
const matrix = (): number[][] => edges.map(() => Array.from({ length: operations }, () => random.normal()));
const row = (): number[] => edges.map(() => random.normal());
const alphas = { normal: matrix(), reduction: matrix() };
const betas = { normal: row(), reduction: row() };

/** A function of a mixture whose gradient is known: L = Σ c·m² / 2, ∂L/∂m = c·m. */
const factors = Array.from({ length: 2 * edges.length * (operations + 1) }, () => random.normal());
const loss = (mixtures: Mixtures): number =>
  flattenMixtures(mixtures).reduce((sum, m, i) => sum + (factors[i]! * m * m) / 2, 0);
const gradientOf = (mixtures: Mixtures): Mixtures =>
  unflattenMixtures(
    flattenMixtures(mixtures).map((m, i) => factors[i]! * m),
    mixtures,
  );

/** ∂f/∂ each of `values`, which are moved in place for it. */
function numeric(values: number[], f: () => number): number[] {
  const h = 1e-5;
  return values.map((value, i) => {
    values[i] = value + h;
    const above = f();
    values[i] = value - h;
    const below = f();
    values[i] = value;
    return (above - below) / (2 * h);
  });
}

function assertClose(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) < 1e-8, `at ${i}: ${value} ≠ ${expected[i]}`),
  );
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('mixtures', () => {
  it('full: every edge shares out 1 among its operations', () => {
    for (const weights of softmaxMixtures(alphas).normal.operations) assertClose([sum(weights)], [1]);
  });

  it('full: the gradient of α is what finite differences give', () => {
    const gradient = softmaxGradient(alphas, gradientOf(softmaxMixtures(alphas)));
    for (const kind of ['normal', 'reduction'] as const) {
      alphas[kind].forEach((values, edge) =>
        assertClose(
          gradient[kind][edge]!,
          numeric(values, () => loss(softmaxMixtures(alphas))),
        ),
      );
    }
  });

  it('partial channels: the edges into a node share out 1, and an edge’s operations what the edge has', () => {
    const { bypass, operations: rows } = partialMixtures(alphas, betas, edges).normal;
    for (const node of [0, 1, 2]) {
      assertClose([sum(bypass!.filter((_, edge) => edges[edge]!.node === node))], [1]);
    }
    assertClose(rows.map(sum), [...bypass!]);
    assertClose([rows[3]![1]! / rows[3]![2]!], [Math.exp(alphas.normal[3]![1]! - alphas.normal[3]![2]!)]);
  });

  it('partial channels: the gradients of α and β are what finite differences give', () => {
    const value = () => loss(partialMixtures(alphas, betas, edges));
    const gradient = partialGradient(alphas, betas, edges, gradientOf(partialMixtures(alphas, betas, edges)));
    for (const kind of ['normal', 'reduction'] as const) {
      alphas[kind].forEach((values, edge) =>
        assertClose(gradient.alphas[kind][edge]!, numeric(values, value)),
      );
      assertClose(gradient.betas[kind], numeric(betas[kind], value));
    }
  });

  it('path: 1 at the choice and 0 elsewhere', () => {
    assert.deepEqual(pathMixtures({ normal: [2, 0], reduction: [] }, 3), {
      normal: {
        operations: [
          [0, 0, 1],
          [1, 0, 0],
        ],
      },
      reduction: { operations: [] },
    });
  });

  it('come back from one flat row as they were', () => {
    for (const mixtures of [softmaxMixtures(alphas), partialMixtures(alphas, betas, edges)]) {
      assert.deepEqual(unflattenMixtures(flattenMixtures(mixtures), mixtures), mixtures);
    }
  });
});
