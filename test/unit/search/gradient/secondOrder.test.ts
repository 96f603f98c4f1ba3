import assert from 'node:assert/strict';
import { loadBackend } from '../../../../src/backend/load';
import { ReferenceSupernet } from '../../../../src/network/reference/referenceSupernet';
import { Random } from '../../../../src/random';
import { Architecture } from '../../../../src/search/gradient/architecture';
import { secondOrderGradient } from '../../../../src/search/gradient/secondOrder';
import { bench201Operations, planBench201Supernet } from '../../../../src/space/bench201/plan';
import { bench201Edges } from '../../../../src/space/bench201/space';
import { planSupernet } from '../../../../src/space/cell/plan';
import type { NetworkPlan } from '../../../../src/space/plan';
import type { Layer } from '../../../../src/space/layers';
import { cellEdges } from '../../../../src/space/cell/alpha';
import { randomBatch, smallSkeleton, smallSpace } from '../../../support/supernets';

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);
const norm = (a: ArrayLike<number>): number => Math.sqrt(dot(a, a));

/** The same network as a smooth function. */
function smooth(plan: NetworkPlan): NetworkPlan {
  const without = (layers: readonly Layer[]): Layer[] =>
    layers
      .filter(({ kind }) => kind !== 'relu')
      .map((layer) =>
        layer.kind === 'parallel' ? { ...layer, branches: layer.branches.map(without) } : layer,
      );
  const cells = plan.cells.map((cell) => ({
    ...cell,
    preprocess: cell.preprocess.map(without),
    nodes: cell.nodes.map((edges) =>
      edges.map((edge) => ({
        ...edge,
        // What passes by in a reduction is max-pooled.
        bypass: edge.bypass?.map((layer) =>
          layer.kind === 'maxPool' ? { ...layer, kind: 'avgPool' as const } : layer,
        ),
        candidates: edge.candidates.map(({ operation, layers }) => ({ operation, layers: without(layers) })),
      })),
    ),
  }));
  return { ...plan, stem: without(plan.stem), cells, head: without(plan.head) };
}

describe('second-order gradient', () => {
  describe('on quadratic losses, in double precision', () => {
    // L_train = ½ wᵀAw + αᵀBw, L_val = ½ |w − t|² + αᵀCw + cᵀα, with three weights and two α.
    const A = [
      [2, 0.5, 0],
      [0.5, 1, -0.3],
      [0, -0.3, 3],
    ];
    const B = [
      [1, -2, 0.5],
      [0.3, 0.7, -1],
    ];
    const C = [
      [0.2, 0, -0.4],
      [-0.6, 1.1, 0.9],
    ];
    const t = [0.4, -1, 0.8];
    const c = [0.25, -0.5];
    const alpha = [0.7, -0.2];
    const w = Float64Array.from([1, 2, -1.5]);
    const velocity = Float64Array.from([0.1, -0.4, 0.2]);
    const [momentum, weightDecay, rate] = [0.9, 0.05, 0.3];

    const times = (M: readonly number[][], x: ArrayLike<number>): number[] => M.map((row) => dot(row, x));
    const transposed = (M: readonly number[][]): number[][] => M[0]!.map((_, i) => M.map((row) => row[i]!));
    const sum = (...vectors: ArrayLike<number>[]): number[] =>
      Array.from(vectors[0]!, (_, i) => vectors.reduce((total, vector) => total + vector[i]!, 0));

    const losses = {
      trainWeights: (x: Float64Array) =>
        Promise.resolve(Float64Array.from(sum(times(A, x), times(transposed(B), alpha)))),
      trainArchitecture: (x: Float64Array) => Promise.resolve(times(B, x)),
      validation: (x: Float64Array) => {
        const weights = sum(
          x,
          t.map((value) => -value),
          times(transposed(C), alpha),
        );
        const architecture = sum(times(C, x), c);
        return Promise.resolve({ weights: Float64Array.from(weights), architecture, result: 'kept' });
      },
    };

    it('is the closed form, with momentum and weight decay in the step', async () => {
      const before = [...w];
      const { gradient, result } = await secondOrderGradient(
        losses,
        { weights: w, velocity, settings: { momentum, weightDecay } },
        rate,
        new Float64Array(3),
      );
      const slope = sum(times(A, w), times(transposed(B), alpha));
      const ahead = Array.from(
        w,
        (x, i) => x - rate * (momentum * velocity[i]! + slope[i]! + weightDecay * x),
      );
      const v = sum(
        ahead,
        t.map((value) => -value),
        times(transposed(C), alpha),
      );
      // ∂w'/∂α = −ξBᵀ, exactly.
      const expected = sum(
        times(C, ahead),
        c,
        times(B, v).map((x) => -rate * x),
      );
      gradient.forEach((g, i) => assert.ok(Math.abs(g - expected[i]!) < 1e-10, `${g} ≠ ${expected[i]}`));
      assert.equal(result, 'kept');
      assert.deepEqual([...w], before);
    });

    it('is that of first order at the step’s end where L_val is flat in w', async () => {
      const flat = {
        ...losses,
        validation: () =>
          Promise.resolve({ weights: new Float64Array(3), architecture: [3, 4], result: undefined }),
      };
      const step = { weights: w, velocity, settings: { momentum, weightDecay } };
      const { gradient } = await secondOrderGradient(flat, step, rate, new Float64Array(3));
      assert.deepEqual(gradient, [3, 4]);
    });
  });

  describe('of supernets, against the numeric gradient of L_val(w − ξ·(μ·buffer + ∇w L_train + λ·w))', () => {
    before(() => loadBackend('wasm'));

    const { input, classes } = smallSkeleton;
    // No max pools, and below no ReLU: with kinks between two points of a difference, second derivatives jump.
    const operations = ['none', 'skip_connect', 'avg_pool_3x3', 'sep_conv_3x3'];
    const cell = { ...smallSpace, operations, nodes: 1 };
    const cases = {
      DARTS: {
        space: { kinds: ['normal', 'reduction'] as const, operations, edges: cellEdges(1) },
        plan: planSupernet(cell, smallSkeleton),
        edgeNormalization: false,
      },
      'PC-DARTS': {
        space: { kinds: ['normal', 'reduction'] as const, operations, edges: cellEdges(1) },
        plan: planSupernet(cell, smallSkeleton, { partialChannels: 2 }),
        edgeNormalization: true,
      },
      'NAS-Bench-201': {
        space: { kinds: ['normal'] as const, operations: bench201Operations, edges: bench201Edges },
        plan: planBench201Supernet(bench201Operations, { channels: 4, cellsPerStage: 1, input, classes }),
        edgeNormalization: false,
      },
    };
    const settings = { momentum: 0.9, weightDecay: 3e-4 };
    const rate = 0.5;

    for (const [title, { space, plan, edgeNormalization }] of Object.entries(cases)) {
      it(title, async function () {
        const random = Random.fromSeed(4, 'second order');
        const adam = { learningRate: 1, beta1: 0.5, beta2: 0.999, weightDecay: 0 };
        const architecture = new Architecture(
          space,
          { ...adam, initialScale: 0.5, edgeNormalization },
          random,
        );
        const supernet = new ReferenceSupernet(smooth(plan));
        const weights = supernet.layout.initialize(random);
        const velocity = weights.map(() => 0.02 * random.normal());
        const [train, validation] = [randomBatch(plan, 24, random), randomBatch(plan, 24, random)];
        const step = { weights, velocity, settings };

        const at = (point: ArrayLike<number>) => {
          const mixtures = architecture.mixtures(point);
          return {
            trainWeights: async (w: Float32Array) =>
              (await supernet.differentiate(train, w, mixtures, 'weights')).weights!,
            trainArchitecture: async (w: Float32Array) =>
              architecture.gradient(
                (await supernet.differentiate(train, w, mixtures, 'mixtures')).mixtures!,
                point,
              ),
            validation: async (w: Float32Array) => {
              const both = await supernet.differentiate(validation, w, mixtures, 'both');
              const gradient = architecture.gradient(both.mixtures!, point);
              return { weights: both.weights!, architecture: gradient, result: gradient };
            },
          };
        };
        const point = [...architecture.values];
        const { gradient, result: direct } = await secondOrderGradient(
          at(point),
          step,
          rate,
          new Float32Array(weights.length),
        );

        /** L_val after the step that w takes at this α. */
        const outer = async (moved: readonly number[]): Promise<number> => {
          const slope = await at(moved).trainWeights(weights);
          const { momentum, weightDecay } = settings;
          const ahead = weights.map(
            (x, i) => x - rate * (momentum * velocity[i]! + slope[i]! + weightDecay * x),
          );
          return (await supernet.evaluate(validation, ahead, architecture.mixtures(moved))).loss;
        };
        const through = gradient.map((g, i) => g - direct[i]!);
        // The part that only second order has must be large enough to be seen missing.
        assert.ok(norm(through) > 0.1 * norm(gradient), `${norm(through)} of ${norm(gradient)}`);
        for (const direction of [gradient, through, point.map(() => random.normal())]) {
          const unit = direction.map((x) => x / norm(direction));
          const expected = dot(gradient, unit);
          const errors: number[] = [];
          // Large steps bend, small ones drown in the rounding of a float32 loss.
          for (const h of [0.05, 0.02, 0.01]) {
            const ahead = (t: number) => outer(point.map((x, i) => x + t * unit[i]!));
            const near = (await ahead(h)) - (await ahead(-h));
            const far = (await ahead(2 * h)) - (await ahead(-2 * h));
            errors.push(Math.abs((8 * near - far) / (12 * h) - expected));
          }
          const error = Math.min(...errors) / norm(gradient);
          assert.ok(error < 0.01, `slope ${expected} is off by ${error} of the norm`);
        }
      });
    }
  });
});
