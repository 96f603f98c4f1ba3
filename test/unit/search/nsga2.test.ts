import assert from 'node:assert/strict';
import { UserError } from '../../../src/errors';
import {
  compareStandings,
  crowdingDistances,
  dominates,
  sortFronts,
  standings,
} from '../../../src/search/pareto';
import { nsga2, type Nsga2 } from '../../../src/search/strategies/nsga2';
import { random } from '../../../src/search/strategies/random';
import type { Trial } from '../../../src/search/strategy';
import type { Genotype } from '../../../src/space/genotype';
import { mean } from '../../../src/statistics';
import { bench201, run, start } from './proposers';

describe('Sorting by several objectives', () => {
  it('dominates when nowhere worse and somewhere better', () => {
    assert.ok(dominates([1, 2], [1, 3]));
    assert.ok(!dominates([1, 2], [1, 2]));
    assert.ok(!dominates([1, 3], [2, 2]));
  });

  it('finds the fronts of points in the plane', () => {
    // The first front is a staircase; (3, 3) is behind (2, 3), and (5, 5) behind (3, 3) too.
    const points = [
      [5, 5],
      [1, 4],
      [3, 3],
      [2, 3],
      [4, 1],
      [2, 5],
    ];
    assert.deepEqual(sortFronts(points), [[1, 3, 4], [2, 5], [0]]);
    assert.deepEqual(sortFronts([]), []);
  });

  it('keeps equal points in one front', () => {
    assert.deepEqual(
      sortFronts([
        [1, 1],
        [1, 1],
        [2, 2],
      ]),
      [[0, 1], [2]],
    );
  });

  it('sorts by three objectives', () => {
    assert.deepEqual(
      sortFronts([
        [1, 1, 2],
        [1, 2, 1],
        [1, 2, 2],
        [2, 1, 1],
        [2, 2, 2],
      ]),
      [[0, 1, 3], [2], [4]],
    );
  });

  it('measures the gap between the neighbours of a point: ranges 10 and 8', () => {
    const distances = crowdingDistances([
      [0, 8],
      [2, 5],
      [5, 4],
      [10, 0],
    ]);
    assert.equal(distances[0], Infinity);
    assert.equal(distances[3], Infinity);
    assert.ok(Math.abs(distances[1]! - (5 / 10 + 4 / 8)) < 1e-12);
    assert.ok(Math.abs(distances[2]! - (8 / 10 + 5 / 8)) < 1e-12);
  });

  it('prefers a better front, then a less crowded place', () => {
    const places = standings([
      [0, 8],
      [2, 5],
      [5, 4],
      [10, 0],
      [11, 9],
    ]);
    const order = [0, 1, 2, 3, 4].sort((a, b) => compareStandings(places[a]!, places[b]!) || a - b);
    assert.deepEqual(order, [0, 3, 2, 1, 4]);
  });
});

describe('NSGA-II', () => {
  /** Convolutions are good and cost much; two kinds of them make a front. */
  const score = (genotype: Genotype): number =>
    bench201
      .toChoices(genotype)
      .reduce((sum, choice, edge) => sum + [0, 1, 3, 5, 1][choice]! * (1 + edge / 10), 0);

  /** Area between the front and the corner (score 0, most FLOPs that a cell of this size has). */
  function area(trials: readonly Trial[]): number {
    const corner = Math.max(...trials.map(({ costs }) => costs.flops), 8e5);
    const points = trials.map((trial) => [-trial.score!, trial.costs.flops]);
    const front = sortFronts(points)[0]!.map((i) => points[i]!);
    front.sort((a, b) => a[1]! - b[1]!);
    let height = 0;
    let sum = 0;
    for (const [negative, flops] of front) {
      const above = Math.max(0, -negative! - height);
      sum += above * (corner - flops!);
      height += above;
    }
    return sum;
  }

  it('finds a larger area under the front than random search', () => {
    const seeds = [1, 2, 3, 4, 5, 6];
    const of = (entry: typeof nsga2 | typeof random, settings: Record<string, unknown>): number =>
      mean(seeds.map((seed) => area(run(start(entry, settings, { seed }), score, 120))));
    assert.ok(of(nsga2, { population: 12 }) > 1.02 * of(random, {}));
  });

  it('keeps what no other dominates when there is room', () => {
    const proposer = start(nsga2, { population: 30 }) as Nsga2;
    const trials = run(proposer, score, 60);
    const points = trials.map((trial) => [-trial.score!, trial.costs.flops]);
    const front = sortFronts(points)[0]!;
    assert.equal(proposer.report()!['frontSize'], front.length);
    assert.ok(front.length > 2 && front.length < 30);
    const kept = new Set(proposer.population.map(({ index }) => index));
    assert.equal(kept.size, 30);
    assert.ok(front.every((index) => kept.has(index)));
  });

  it('keeps the best score and the smallest cost', () => {
    const proposer = start(nsga2, { population: 6 }) as Nsga2;
    const trials = run(proposer, (genotype, index) => score(genotype) + index * 1e-6, 36);
    const kept = new Set(proposer.population.map(({ index }) => index));
    const best = trials.reduce((a, b) => (b.score! > a.score! ? b : a));
    assert.ok(kept.has(best.index));
    const cheapest = Math.min(...trials.map(({ costs }) => costs.flops));
    assert.ok([...kept].some((index) => trials[index]!.costs.flops === cheapest));
  });

  it('says what is missing when an objective is not known', () => {
    const proposer = start(nsga2, { objectives: ['flops', 'latencyMs'] });
    assert.throws(
      () => proposer.propose(),
      (error: UserError) => error instanceof UserError && error.message.includes('latencyMs'),
    );
  });

  it('refuses an objective given twice', () => {
    assert.ok(!nsga2.options.safeParse({ type: 'nsga2', objectives: ['flops', 'flops'] }).success);
  });
});
