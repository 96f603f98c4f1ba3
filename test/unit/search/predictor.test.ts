import assert from 'node:assert/strict';
import { Random } from '../../../src/random';
import { acquire, expectedImprovement } from '../../../src/search/predictor/acquisition';
import { cholesky, solveLower, solveUpper } from '../../../src/cholesky';
import { GaussianProcesses } from '../../../src/search/predictor/gaussianProcesses';
import { predictor, type PredictorSearch } from '../../../src/search/strategies/predictor';
import { agreement, bench201, run, start } from './proposers';

const near = (actual: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

describe('Cholesky factor', () => {
  const matrix = Float64Array.of(4, 12, -16, 12, 37, -43, -16, -43, 98);
  const factor = cholesky(matrix, 3);

  it('is the triangle whose square is the matrix', () => {
    assert.deepEqual([...factor], [2, 0, 0, 6, 1, 0, -8, 5, 3]);
  });

  it('solves systems', () => {
    // A·(1, 2, 3) = (−20, −43, 192).
    const x = solveUpper(factor, solveLower(factor, [-20, -43, 192]));
    [1, 2, 3].forEach((value, i) => near(x[i]!, value, 1e-10));
  });

  it('refuses a matrix that is not positive definite', () => {
    assert.throws(() => cholesky(Float64Array.of(1, 2, 2, 1), 2), RangeError);
  });
});

describe('Gaussian processes', () => {
  const inputs = Array.from({ length: 21 }, (_, i) => [i / 4]);
  const wave = (x: number): number => 10 - 3 * Math.sin(x);
  const targets = inputs.map(([x]) => wave(x!));
  const between = [[0.6], [1.9], [3.3]];

  function fitted(features: number[][], values: number[]): GaussianProcesses {
    const model = new GaussianProcesses();
    model.fit(features, values);
    return model;
  }

  it('follow a smooth function between its points, and are sure of it', () => {
    fitted(inputs, targets)
      .predict(between)
      .forEach(({ mean, deviation }, i) => {
        near(mean, wave(between[i]![0]!), 0.15);
        assert.ok(deviation > 0 && deviation < 0.3);
      });
  });

  it('go back to the mean of the targets far from all points, unsure', () => {
    const [far] = fitted(inputs, targets).predict([[1000]]);
    near(far!.mean, targets.reduce((sum, value) => sum + value, 0) / targets.length, 1e-9);
    assert.ok(far!.deviation > 1);
  });

  it('do not care for the units of features and targets', () => {
    const before = fitted(inputs, targets).predict(between);
    const scaled = fitted(
      inputs.map(([x]) => [1000 * x!]),
      targets.map((target) => 7 * target - 100),
    ).predict(between.map(([x]) => [1000 * x!]));
    before.forEach(({ mean, deviation }, i) => {
      near(scaled[i]!.mean, 7 * mean - 100, 1e-6);
      near(scaled[i]!.deviation, 7 * deviation, 1e-6);
    });
  });

  it('do not care how far off the worst are', () => {
    // Median 6, best 9: nothing counts as less than 3.
    const rows = [0, 1, 2, 3, 4].map((x) => [x]);
    const [a, b] = [-1e6, 3].map((worst) => fitted(rows, [5, worst, 6, 9, 8]).predict([[1.5], [7]]));
    assert.deepEqual(a, b);
  });

  it('cope with targets and points that are all alike', () => {
    for (const { mean, deviation } of fitted(
      inputs,
      inputs.map(() => 4),
    ).predict(between)) {
      assert.equal(mean, 4);
      near(deviation, 0, 1e-6);
    }
    const [same] = fitted(
      [
        [1, 2],
        [1, 2],
        [1, 2],
        [1, 2],
      ],
      [3, 5, 3, 5],
    ).predict([[1, 2]]);
    near(same!.mean, 4, 1e-9);
  });

  it('refuse fewer than two points, and to predict before they learnt', () => {
    assert.throws(() => fitted([[1]], [1]), RangeError);
    assert.throws(() => fitted([[1], [2]], [1]), RangeError);
    assert.throws(() => new GaussianProcesses().predict([[1]]), RangeError);
  });
});

describe('Acquisition', () => {
  it('expects an improvement by the closed form', () => {
    near(expectedImprovement({ mean: 5, deviation: 2 }, 5), 2 * 0.3989422804, 1e-6);
    // z = 1: Φ = 0.8413447461, φ = 0.2419707245.
    near(expectedImprovement({ mean: 6, deviation: 1 }, 5), 1.0833154706, 1e-6);
    near(expectedImprovement({ mean: 4, deviation: 1 }, 5), 0.0833154706, 1e-6);
    assert.equal(expectedImprovement({ mean: 4, deviation: 0 }, 5), 0);
    assert.equal(expectedImprovement({ mean: 7, deviation: 0 }, 5), 2);
  });

  it('takes mean plus deviation, or a draw from the prediction', () => {
    const random = Random.fromSeed(2);
    const prediction = { mean: 5, deviation: 2 };
    assert.equal(acquire('ucb', prediction, 0, random), 7);
    const draws = Array.from({ length: 4000 }, () => acquire('thompson', prediction, 0, random));
    const centre = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    near(centre, 5, (4 * 2) / Math.sqrt(4000));
  });
});

describe('Predictor-guided search', () => {
  const score = agreement(bench201);

  it('says how many scores it still waits for, and draws at random until then', () => {
    const proposer = start(predictor, { initial: 5 }) as PredictorSearch;
    assert.deepEqual(proposer.report(), { missing: 5 });
    const trials = run(proposer, (genotype, index) => (index < 4 ? 'failed' : score(genotype)), 8);
    assert.deepEqual(proposer.report(), { missing: 1 });
    assert.ok(trials.every(({ parents, by }) => parents.length === 0 && by === undefined));
    run(proposer, score, 1, { first: 8 });
    assert.deepEqual(proposer.report(), {});
    run(proposer, score, 1, { first: 9 });
    assert.deepEqual(Object.keys(proposer.report()), ['meanAbsoluteError']);
  });

  it('reports how well it predicted before it knew', () => {
    const proposer = start(predictor, { initial: 20, mutated: 0 }) as PredictorSearch;
    const convolutions = (genotype: Parameters<typeof score>[0]): number =>
      bench201.toChoices(genotype).filter((choice) => choice === 2 || choice === 3).length;
    run(proposer, convolutions, 60);
    const { meanAbsoluteError, spearman } = proposer.report();
    assert.ok(meanAbsoluteError! < 0.7, `${meanAbsoluteError}`);
    assert.ok(spearman! > 0.5, `${spearman}`);
  });

  it('keeps to the predictions made when it chooses several at once', () => {
    const proposer = start(predictor, { initial: 6, every: 4, candidates: 30 }) as PredictorSearch;
    run(proposer, score, 7);
    const { queue } = proposer.state();
    assert.equal(queue.length, 3);
    const next = run(proposer, score, 3, { first: 7 });
    assert.deepEqual(
      next.map(({ genotype }) => genotype),
      queue.map(({ proposal }) => proposal.genotype),
    );
  });
});
