import assert from 'node:assert/strict';
import { UserError } from '../../../src/errors';
import { Random } from '../../../src/random';
import { Archive } from '../../../src/search/archive';
import { evolution, type Evolution } from '../../../src/search/strategies/evolution';
import { Variation } from '../../../src/search/variation';
import { agreement, bench201, cells, run, start } from './proposers';

describe('Evolution', () => {
  const score = agreement(bench201);

  it('lets the oldest leave, however good it is', () => {
    const proposer = start(evolution, { population: 5, survival: 'aging' }) as Evolution;
    run(proposer, (_, index) => 100 - index, 5);
    assert.deepEqual(
      proposer.population.map(({ index }) => index),
      [0, 1, 2, 3, 4],
    );
    for (let index = 5; index < 12; index++) {
      run(proposer, (_, i) => 100 - i, 1, { first: index });
      assert.deepEqual(
        proposer.population.map((member) => member.index),
        [4, 3, 2, 1, 0].map((age) => index - age),
      );
    }
  });

  it('keeps the best of all trials with elitism', () => {
    const proposer = start(evolution, { population: 5, survival: 'elitism' }) as Evolution;
    const trials = run(proposer, (genotype, index) => score(genotype) + index / 1000, 50);
    const best = trials.map((trial) => trial.score!).sort((a, b) => b - a);
    const kept = proposer.population.map((member) => member.score).sort((a, b) => b - a);
    assert.deepEqual(kept, best.slice(0, 5));
  });

  it('leaves trials without a score out of the population, and draws at random until it is full', () => {
    const proposer = start(evolution, { population: 6 }) as Evolution;
    const trials = run(proposer, (_, index) => (index % 2 === 0 ? index : 'failed'), 11);
    assert.ok(trials.every(({ parents }) => parents.length === 0));
    assert.deepEqual(
      proposer.population.map(({ index }) => index),
      [0, 2, 4, 6, 8, 10],
    );
    const [child] = run(proposer, () => 1, 1, { first: 11 });
    assert.equal(child!.parents.length, 1);
    assert.equal(child!.by, 'operation');
  });

  it('takes the best of the whole population as parent when the tournament holds all', () => {
    const proposer = start(evolution, { population: 6, sample: 100, survival: 'elitism' });
    const trials = run(proposer, (_, index) => (index === 3 ? 9 : -index), 20);
    assert.ok(trials.slice(6).every(({ parents }) => parents.length === 1 && parents[0] === 3));
  });

  it('makes a child of its parent by one mutation, and of two by crossover and one', () => {
    for (const crossoverRate of [0, 1]) {
      const proposer = start(evolution, { population: 10, crossoverRate });
      const trials = run(proposer, score, 60);
      for (const { genotype, parents, by } of trials.slice(10)) {
        if (by === 'random') continue;
        const child = bench201.toChoices(genotype);
        const from = parents.map((parent) => bench201.toChoices(trials[parent]!.genotype));
        const foreign = child.filter((choice, i) => from.every((choices) => choices[i] !== choice));
        assert.ok(foreign.length <= 1);
        assert.equal(by, parents.length === 2 ? 'crossover, operation' : 'operation');
      }
      assert.equal(
        trials.slice(10).some(({ parents }) => parents.length === 2),
        crossoverRate === 1,
      );
    }
  });

  it('draws mutations by their rates', () => {
    const [one] = [cells.sample(Random.fromSeed(4))];
    const drawn = (mutationRates: Record<string, number>): string[] => {
      const variation = new Variation(cells, { mutationRates, crossoverRate: 0 });
      const random = Random.fromSeed(5);
      return Array.from({ length: 1000 }, () => variation.mutate(one, random)!.by);
    };
    assert.ok(drawn({ operation: 0 }).every((by) => by === 'connection'));
    // 250 of 1000 expected, with a standard deviation of 13.7.
    const connections = drawn({ operation: 3 }).filter((by) => by === 'connection').length;
    assert.ok(Math.abs(connections - 250) < 55);
  });

  it('says which mutations there are when a rate is of another', () => {
    assert.throws(
      () => start(evolution, { mutationRates: { layer: 1 } }),
      (error: UserError) => error instanceof UserError && error.hint!.includes('operation'),
    );
    assert.throws(() => start(evolution, { mutationRates: { operation: 0 } }), UserError);
  });

  it('draws at random where all neighbours of the parents are known', () => {
    const random = Random.fromSeed(1);
    const parent = { index: 0, genotype: bench201.sample(random), score: 1 };
    const archive = new Archive(bench201, random);
    archive.add(parent.genotype);
    const choices = bench201.toChoices(parent.genotype);
    choices.forEach((_, edge) => {
      for (let option = 0; option < 5; option++) {
        archive.add(bench201.fromChoices(choices.map((choice, i) => (i === edge ? option : choice))));
      }
    });
    assert.equal(archive.size, 1 + 6 * 4);
    const variation = new Variation(bench201, { mutationRates: {}, crossoverRate: 0 });
    const child = variation.child(() => parent, archive)!;
    assert.deepEqual([child.by, child.parents], ['random', []]);
    assert.equal(archive.size, 26);
  });
});
