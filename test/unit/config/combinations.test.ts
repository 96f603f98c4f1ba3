/** Which space, strategy and estimator go together, and what a config check says where they do not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  allEstimators,
  allSpaces,
  allStrategies,
  choiceOf,
  hasSupernet,
  refusalOf,
} from '../../../src/config/combinations';
import { combinationsText } from '../../../src/config/combinationsText';
import { parseConfig } from '../../../src/config/parse';
import type { SearchSpace } from '../../../src/space/searchSpace';
import type { SpaceEntry } from '../../../src/space/entry';

const strategy = (name: string) => allStrategies.find((each) => each.name === name)!;
const estimator = (name: string) => allEstimators.find((each) => each.name === name)!;
const cell = allSpaces[0]!;

/** A space whose architectures have no network in common. */
const unshared: SpaceEntry = { ...cell, create: () => ({ type: 'cell' }) as unknown as SearchSpace };

describe('combinations', () => {
  it('name choices as people do', () => {
    const names = ['a', 'b', 'c'].map((name) => ({ name }));
    assert.equal(choiceOf(names), '"a", "b" or "c"');
    assert.equal(choiceOf(names.slice(0, 1)), '"a"');
  });

  it('know the spaces that have a supernet by making one', () => {
    assert.equal(hasSupernet(cell), true);
    assert.equal(hasSupernet(unshared), false);
  });

  it('refuse gradient strategies without a supernet, and say what there is', () => {
    const refusal = refusalOf(unshared, strategy('darts'));
    assert.equal(refusal?.section, 'strategy');
    assert.match(refusal.message, /"cell" has no supernet, which the strategy "darts" trains/);
    assert.match(refusal.hint, /^Use the space "cell"/);
    assert.match(refusal.hint, /"random"/);
    assert.doesNotMatch(refusal.hint, /darts/);
  });

  it('refuse shared weights without a supernet, and nothing that trains one architecture at a time', () => {
    const refusal = refusalOf(unshared, strategy('random'), estimator('shared'));
    assert.equal(refusal?.section, 'estimator');
    assert.match(refusal.message, /no supernet, which the estimator "shared" trains/);
    assert.match(refusal.hint, /^Use the estimator "training"/);
    assert.doesNotMatch(refusal.hint, /"shared"/);
    assert.equal(refusalOf(unshared, strategy('random'), estimator('training')), undefined);
  });

  it('refuse an estimator beside a gradient strategy', () => {
    const refusal = refusalOf(cell, strategy('darts'), estimator('training'));
    assert.match(refusal!.hint, /^Remove "estimator", or use the strategy "random"/);
    assert.equal(refusalOf(cell, strategy('darts')), undefined);
  });

  for (const space of allSpaces) {
    for (const strategy of allStrategies) {
      it(`are what the config check says: ${strategy.name} in ${space.name} with each estimator`, () => {
        for (const estimator of [undefined, ...allEstimators]) {
          const file = estimator && 'file' in estimator.options.shape ? { file: 'x.csv' } : {};
          const text = JSON.stringify({
            space: { type: space.name },
            strategy: { type: strategy.name },
            estimator: estimator && { type: estimator.name, ...file },
          });
          const judge = estimator ?? (strategy.kind === 'sampling' ? allEstimators[0] : undefined);
          const refusal = refusalOf(space, strategy, judge);
          const { issues } = parseConfig(text);
          assert.deepEqual(
            issues.map(({ kind, message, hint }) => ({ kind, message, hint })),
            refusal ? [{ kind: 'check', message: refusal.message, hint: refusal.hint }] : [],
            text,
          );
        }
      });
    }
  }

  it('are in docs/combinations.md as the registries make them (else: npm run combinations)', () => {
    const file = join(__dirname, '../../../docs/combinations.md');
    assert.equal(readFileSync(file, 'utf8'), combinationsText());
  });

  it('are listed with every entry of the registries', () => {
    const text = combinationsText();
    for (const { name, description } of [...allSpaces, ...allStrategies, ...allEstimators]) {
      assert.ok(text.includes(`\`${name}\``) && text.includes(description), name);
    }
  });
});

describe('conditions between a strategy and the rest of a config', () => {
  const wrong: [string, object, string, RegExp][] = [
    [
      'an estimator beside a gradient strategy, marked where it is written',
      { strategy: { type: 'darts' }, estimator: { epochs: 3 } },
      'estimator.type',
      /has none judged by an estimator\. Remove "estimator"/,
    ],
    [
      'a population that leaves no trial for its children',
      { strategy: { type: 'evolution', population: 20 }, budget: { trials: 20 } },
      'strategy.population',
      /leaves none of the 20 trials/,
    ],
    [
      'latency as an objective without a table',
      { strategy: { type: 'nsga2', objectives: ['flops', 'latencyMs'] } },
      'strategy.objectives[1]',
      /Add "latencyTable" to "limits"/,
    ],
    [
      'latency as a penalty without a table',
      { strategy: { penalty: { cost: 'latency' } } },
      'strategy.penalty.cost',
      /needs a latency table/,
    ],
    [
      'channels that cannot be shared',
      { space: { channels: 10 }, strategy: { type: 'pc-darts', partialChannels: 4 } },
      'strategy.partialChannels',
      /10 channels .* 4 equal parts/,
    ],
    [
      'a first rung above the last',
      { strategy: { type: 'random' }, estimator: { type: 'asha', minEpochs: 9, epochs: 3 } },
      'estimator.minEpochs',
      /9 epochs, more than the 3/,
    ],
    [
      'a space of nothing but none',
      { space: { type: 'nasbench201', operations: ['none'] } },
      'space.operations',
      /no network is connected/,
    ],
  ];
  for (const [title, config, path, expected] of wrong) {
    it(`refuse ${title}`, () => {
      const { issues } = parseConfig(JSON.stringify(config));
      assert.deepEqual(
        issues.map((issue) => issue.path),
        [path],
      );
      assert.match(`${issues[0]!.message} ${issues[0]!.hint}`, expected);
    });
  }

  it('do not mind what only defaults say', () => {
    assert.deepEqual(parseConfig('{ "preset": "laptop" }').issues, []);
    assert.deepEqual(parseConfig('{ "preset": "laptop", "strategy": { "type": "random" } }').issues, []);
    const table = { latencyTable: 'latency.json' };
    const nsga2 = { strategy: { type: 'nsga2', objectives: ['latencyMs'] }, limits: table };
    assert.deepEqual(parseConfig(JSON.stringify(nsga2)).issues, []);
  });
});
