import assert from 'node:assert/strict';
import { flattenMixtures, unflattenMixtures } from '../../../../src/network/mixture';
import type { Mixtures } from '../../../../src/network/supernet';
import { Random } from '../../../../src/random';
import { Architecture } from '../../../../src/search/gradient/architecture';
import { dominantEigenvalue } from '../../../../src/search/gradient/eigenvalue';
import { ExpectedCost } from '../../../../src/search/gradient/expectedCost';
import { layersCost } from '../../../../src/cost/layers';
import { operationCosts } from '../../../../src/cost/operationCosts';
import { networkCost } from '../../../../src/cost/network';
import { Bench201SearchSpace } from '../../../../src/space/bench201/space';
import type { SupernetSpace } from '../../../../src/space/searchSpace';
import { bench201Operations } from '../../../../src/space/bench201/plan';
import { CellSearchSpace } from '../../../../src/space/cell/space';
import { dartsOperations } from '../../../../src/space/operations';

const frame = { input: { height: 32, width: 32, channels: 3 }, classes: 10 };
const darts: SupernetSpace = new CellSearchSpace({
  operations: dartsOperations,
  nodes: 4,
  inputsPerNode: 2,
  cells: 8,
  channels: 16,
  stemMultiplier: 3,
}).supernet;
const bench201: SupernetSpace = new Bench201SearchSpace({
  operations: bench201Operations,
  cellsPerStage: 5,
  channels: 16,
}).supernet;
const adam = { learningRate: 0.1, beta1: 0.5, beta2: 0.999, weightDecay: 0 };

function architecture(space: typeof darts, edgeNormalization: boolean): Architecture {
  const options = { ...adam, initialScale: 1, edgeNormalization };
  return new Architecture(space, options, Random.fromSeed(3, 'architecture'));
}

/** Gradient of f by central differences. */
function numeric(point: ArrayLike<number>, f: (point: number[]) => number): number[] {
  const h = 1e-5;
  const values = Array.from(point);
  return values.map((value, i) => {
    const at = (x: number): number => f(values.map((other, k) => (k === i ? x : other)));
    return (at(value + h) - at(value - h)) / (2 * h);
  });
}

function assertClose(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) < 1e-7, `at ${i}: ${value} ≠ ${expected[i]}`),
  );
}

const zeros = (mixtures: Mixtures): Mixtures =>
  unflattenMixtures(
    flattenMixtures(mixtures).map(() => 0),
    mixtures,
  );

describe('supernets of partial channels', () => {
  it('have 299,578 parameters at C 16 and 8 cells, the full one 1,930,618', () => {
    assert.equal(networkCost(darts.plan(frame, { partialChannels: 4 })).parameters, 299_578);
    assert.equal(networkCost(darts.plan(frame)).parameters, 1_930_618);
  });

  it('of NAS-Bench-201 have a sixteenth of the weights in their operations, and whole blocks between the stages', () => {
    const searched = (partialChannels: number): number =>
      networkCost(bench201.plan(frame, { partialChannels })).parameters -
      networkCost(bench201.plan(frame)).parameters;
    // Five cells a stage of C, 2C and 4C channels, six edges, 1×1 and 3×3 convolutions.
    const full = 5 * 6 * (16 ** 2 + 32 ** 2 + 64 ** 2) * (1 + 9);
    assert.equal(searched(4), full / 16 - full);
    assert.throws(() => bench201.plan(frame, { partialChannels: 3 }), /cannot be divided into 3/);
  });
});

describe('architecture parameters', () => {
  it('are 224 α for DARTS, with 28 β for PC-DARTS; 30 and 6 for NAS-Bench-201', () => {
    assert.equal(architecture(darts, false).values.length, 224);
    assert.equal(architecture(darts, true).values.length, 224 + 28);
    assert.equal(architecture(bench201, false).values.length, 30);
    assert.equal(architecture(bench201, true).values.length, 30 + 6);
  });

  for (const [title, space] of [
    ['cells', darts],
    ['NAS-Bench-201', bench201],
  ] as const) {
    it(`${title}: the gradient of α and β is what finite differences give`, () => {
      const parameters = architecture(space, true);
      const mixtures = parameters.mixtures();
      const random = Random.fromSeed(1, 'factors');
      const factors = flattenMixtures(mixtures).map(() => random.normal());
      const loss = (m: Mixtures): number =>
        flattenMixtures(m).reduce((sum, x, i) => sum + (factors[i]! * x * x) / 2, 0);
      const ofMixtures = unflattenMixtures(
        flattenMixtures(mixtures).map((x, i) => factors[i]! * x),
        mixtures,
      );
      assertClose(
        parameters.gradient(ofMixtures),
        numeric(parameters.values, (point) => loss(parameters.mixtures(point))),
      );
    });

    it(`${title}: α and β move in one Adam, and go on from a saved state`, () => {
      const parameters = architecture(space, true);
      const before = [...parameters.values];
      const gradient = before.map((_, i) => (i % 2 === 0 ? 1 : -1));
      parameters.apply(gradient);
      // Adam’s first step has the size of its learning rate, whatever the gradient.
      parameters.values.forEach((value, i) => {
        assert.ok(Math.abs(value - before[i]! + 0.1 * gradient[i]!) < 1e-6);
      });
      const other = architecture(space, true);
      other.restore(JSON.parse(JSON.stringify(parameters.state())) as never);
      for (const each of [parameters, other]) each.apply(gradient);
      assert.deepEqual(other.alphas, parameters.alphas);
      assert.deepEqual(other.betas, parameters.betas);
    });
  }

  it('choose edges by softmax(α) times softmax(β): β alone decides where α is equal', () => {
    const parameters = architecture(darts, true);
    parameters.values.fill(0);
    const skip = dartsOperations.indexOf('skip_connect');
    // On all edges of both cells skip connections are best.
    for (let edge = 0; edge < 28; edge++) parameters.values[edge * dartsOperations.length + skip] = 1;
    const strong = [0, 1, 3, 4, 5, 8, 10, 13];
    for (const kind of [0, 1]) for (const edge of strong) parameters.values[224 + 14 * kind + edge] = 2;
    const genotype = darts.discretize(parameters.edgeWeights());
    assert.ok(genotype.space === 'cell');
    assert.deepEqual(
      genotype.normal.nodes.map((edges) => edges.map(({ input }) => input)),
      [
        [0, 1],
        [1, 2],
        [0, 3],
        [1, 4],
      ],
    );
  });
});

describe('penalty on the expected cost', () => {
  const costsOf = (space: typeof darts) =>
    operationCosts(space.plan(frame), ({ layers, input }) => layersCost(layers, input).flops);

  it('counts what the operations cost in all cells: the closed form of NAS-Bench-201', () => {
    const { normal, reduction } = costsOf(bench201);
    const row = bench201Operations.map(
      (name) => ({ conv_1x1: 3_932_160 / 1, conv_3x3: 35_389_440 })[name] ?? 0,
    );
    assert.deepEqual(
      normal,
      Array.from({ length: 6 }, () => row),
    );
    assert.deepEqual(reduction, []);
  });

  it('counts all multiply–accumulates of a DARTS supernet’s edges', () => {
    const { normal, reduction } = costsOf(darts);
    const plan = darts.plan(frame);
    const without = {
      ...plan,
      cells: plan.cells.map((cell) => ({ ...cell, nodes: cell.nodes.map(() => []) })),
    };
    const expected = networkCost(plan).flops - networkCost(without).flops;
    const total = [...normal, ...reduction].flat().reduce((sum, cost) => sum + cost, 0);
    assert.equal(total, expected);
  });

  for (const [title, space, edgeNormalization] of [
    ['DARTS', darts, false],
    ['PC-DARTS', darts, true],
    ['PC-DARTS on NAS-Bench-201', bench201, true],
  ] as const) {
    it(`${title}: is 1 at uniform α and has the gradient that finite differences give`, () => {
      const parameters = architecture(space, edgeNormalization);
      const uniform = parameters.mixtures(parameters.values.map(() => 0));
      const lambda = 0.7;
      const cost = new ExpectedCost(costsOf(space), uniform);
      assert.ok(Math.abs(cost.expected(uniform) - 1) < 1e-12);
      assertClose(
        parameters.gradient(cost.added(zeros(uniform), lambda)),
        numeric(parameters.values, (point) => lambda * cost.expected(parameters.mixtures(point))),
      );
    });
  }

  it('is added to the gradient of the loss', () => {
    const parameters = architecture(bench201, false);
    const mixtures = parameters.mixtures();
    const cost = new ExpectedCost(costsOf(bench201), mixtures);
    const alone = flattenMixtures(cost.added(zeros(mixtures), 2));
    const both = flattenMixtures(cost.added(mixtures, 2));
    assertClose(
      both,
      flattenMixtures(mixtures).map((x, i) => x + alone[i]!),
    );
  });

  it('leads α, left alone, to cells that cost nothing', () => {
    const parameters = architecture(bench201, false);
    const uniform = parameters.mixtures(parameters.values.map(() => 0));
    const cost = new ExpectedCost(costsOf(bench201), uniform);
    for (let i = 0; i < 100; i++) parameters.apply(parameters.gradient(cost.added(zeros(uniform), 1)));
    assert.ok(cost.expected(parameters.mixtures()) < 0.05);
    const found = bench201.discretize(parameters.edgeWeights());
    assert.ok(found.space === 'nasbench201');
    assert.ok(found.operations.every((name) => !name.startsWith('conv')));
  });

  it('knows that nothing has it, and then changes no gradient', () => {
    const mixtures = architecture(bench201, false).mixtures();
    const nothing = new ExpectedCost(
      operationCosts(bench201.plan(frame), () => 0),
      mixtures,
    );
    assert.ok(nothing.isZero);
    assert.deepEqual(nothing.added(mixtures, 5), mixtures);
    assert.ok(!new ExpectedCost(costsOf(bench201), mixtures).isZero);
  });
});

describe('dominant eigenvalue', () => {
  const random = () => Random.fromSeed(2, 'power');
  /** ½ xᵀHx with the eigenvalues 1 and `other` along the diagonals. */
  const gradientOf = (other: number) => (x: number[]) => {
    const [a, b] = [(x[0]! + x[1]!) / 2, (other * (x[0]! - x[1]!)) / 2];
    return Promise.resolve([a + b, a - b]);
  };

  it('is found by power iteration, also a negative one', async () => {
    for (const other of [3, -4, 0.25]) {
      const value = await dominantEigenvalue([1, 2], gradientOf(other), random(), () => false);
      const expected = Math.abs(other) > 1 ? other : 1;
      assert.ok(Math.abs(value! / expected - 1) < 0.02, `${value} instead of ${expected}`);
    }
  });

  it('is 0 of a linear function, and gives way when interrupted', async () => {
    const linear = () => Promise.resolve([1, 2]);
    assert.equal(await dominantEigenvalue([0, 0], linear, random(), () => false), 0);
    assert.equal(await dominantEigenvalue([0, 0], linear, random(), () => true), undefined);
  });
});
