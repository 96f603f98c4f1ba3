/** What holds for every sampling strategy. */
import assert from 'node:assert/strict';
import { UserError } from '../../../src/errors';
import { strategies } from '../../../src/search/strategies';
import { random } from '../../../src/search/strategies/random';
import type { Trial } from '../../../src/search/strategy';
import type { Genotype } from '../../../src/space/genotype';
import { createSpace } from '../../../src/space/searchSpace';
import { bench201Entry } from '../../../src/space/bench201/entry';
import { mean } from '../../../src/statistics';
import { agreement, bench201, bestScore, cells, run, start, type Verdict } from './proposers';

const sampling = strategies.filter((strategy) => strategy.kind === 'sampling');
const seeds = [1, 2, 3, 4];

/** Fewer trials than in a real search, so each strategy gets to its later stages in them. */
const settingsOf: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  random: [{}],
  reinforce: [
    { policy: 'logits', learningRate: 0.1 },
    { policy: 'lstm', learningRate: 0.02, units: 8 },
  ],
  evolution: [
    { survival: 'aging', population: 8 },
    { survival: 'elitism', population: 8, crossoverRate: 0.5 },
  ],
  nsga2: [{ population: 8 }],
  predictor: [
    { initial: 8, candidates: 20, every: 1 },
    { initial: 8, candidates: 20, every: 4, acquisition: 'ucb' },
    { initial: 8, candidates: 20, every: 1, acquisition: 'expectedImprovement' },
  ],
};

const cases = sampling.flatMap((entry) =>
  (settingsOf[entry.name] ?? [{}]).map((settings) => {
    return { entry, settings, title: `${entry.name} ${JSON.stringify(settings)}` };
  }),
);

const textsOf = (trials: readonly Trial[]): string[] =>
  trials.map(({ genotype, parents, by }) => JSON.stringify([genotype, parents, by]));

describe('Every sampling strategy', () => {
  const score = agreement(bench201);
  /** Every third trial fails or is rejected. */
  const patchy = (genotype: Genotype, index: number): Verdict =>
    index % 3 > 0 ? score(genotype) : index % 2 === 0 ? 'failed' : 'rejected';

  for (const { entry, settings, title } of cases) {
    // A policy that has learnt is sure of itself and then repeats what it prefers.
    const undecided = entry.name === 'reinforce' ? { learningRate: 1e-6 } : {};

    describe(title, () => {
      it('takes the same way with the same seed, another with another', () => {
        const [first, second, other] = [1, 1, 2].map((seed) =>
          textsOf(run(start(entry, settings, { seed }), patchy, 40)),
        ) as [string[], string[], string[]];
        assert.equal(first.length, 40);
        assert.deepEqual(first, second);
        assert.notDeepEqual(first, other);
      });

      it('goes on as if nothing had been after its state went through JSON', () => {
        const whole = start(entry, settings);
        const expected = run(whole, patchy, 45);
        const before = start(entry, settings);
        run(before, patchy, 22);
        const saved = JSON.parse(JSON.stringify(before.state())) as unknown;
        const after = start(entry, settings, { seed: 99 });
        after.restore(saved);
        assert.deepEqual(after.report?.(), before.report?.());
        assert.deepEqual(textsOf(run(after, patchy, 23, { first: 22 })), textsOf(expected.slice(22)));
        assert.deepEqual(after.state(), whole.state());
      });

      it('refuses a state that lacks a key or has another form, with a sentence', () => {
        const before = start(entry, settings);
        run(before, patchy, 22);
        const saved = JSON.parse(JSON.stringify(before.state())) as Record<string, unknown>;
        const { length } = Object.keys(saved);
        assert.ok(length >= 2, String(length));
        for (const key of Object.keys(saved)) {
          for (const broken of [
            { ...saved, [key]: undefined },
            { ...saved, [key]: 'no state' },
          ]) {
            assert.throws(
              () => start(entry, settings).restore(broken),
              (error) =>
                error instanceof UserError &&
                error.code === 'checkpoint-damaged' &&
                error.message.includes(`the strategy in the checkpoint is damaged`) &&
                error.message.includes(` at ${key}`),
              key,
            );
          }
        }
      });

      it('leaves a saved state alone while it goes on', () => {
        const proposer = start(entry, settings);
        run(proposer, patchy, 22);
        const saved = proposer.state();
        const text = JSON.stringify(saved);
        run(proposer, patchy, 10, { first: 22 });
        assert.equal(JSON.stringify(saved), text);
      });

      it('goes on when no trial ever has a score', () => {
        const trials = run(start(entry, settings), () => 'rejected', 30);
        assert.equal(trials.length, 30);
      });

      it('proposes nothing twice in a large space, and names parents that were judged before', () => {
        const trials = run(start(entry, { ...settings, ...undecided }), patchy, 60);
        assert.equal(new Set(trials.map(({ genotype }) => bench201.encode(genotype))).size, 60);
        for (const { index, parents } of trials) {
          for (const parent of parents) {
            assert.ok(parent < index);
            assert.equal(trials[parent]!.status, 'done');
          }
        }
      });

      it('works in a space of two cells', () => {
        const trials = run(start(entry, settings, { space: cells }), agreement(cells), 30, { space: cells });
        for (const { genotype } of trials) cells.toChoices(genotype);
        assert.equal(trials.length, 30);
      });

      it('ends when a small space has no more architectures', () => {
        const small = createSpace(
          bench201Entry.options.parse({ type: 'nasbench201', operations: ['none', 'conv_1x1'] }),
        );
        const proposer = start(entry, { ...settings, ...undecided }, { space: small });
        const trials = run(proposer, agreement(small), 1000, { space: small });
        assert.equal(new Set(trials.map(({ genotype }) => small.encode(genotype))).size, 64);
      });
    });
  }
});

describe('Strategies on a known objective', () => {
  const score = agreement(bench201);
  const trials = 60;
  const bestOf = (entry: (typeof sampling)[number], settings: Readonly<Record<string, unknown>>): number =>
    mean(seeds.map((seed) => bestScore(run(start(entry, settings, { seed }), score, trials))));

  for (const { entry, settings, title } of cases.filter(
    ({ entry }) => !['random', 'nsga2'].includes(entry.name),
  )) {
    it(`finds better architectures than random search: ${title}`, () => {
      assert.ok(bestOf(entry, settings) > bestOf(random, {}) + 0.5);
    });
  }
});
