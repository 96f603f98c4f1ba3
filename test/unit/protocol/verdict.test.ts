import assert from 'node:assert/strict';
import { studentQuantile } from '../../../src/distributions';
import type { RunEvent } from '../../../src/protocol/events';
import { replayRun, type RunState } from '../../../src/protocol/runState';
import { judge, leastSteps, verdictKinds, verdictOf, verdictTones } from '../../../src/protocol/verdict';
import { expectedRange, priorFreedom, priorSpread } from '../../../src/protocol/yardstick';
import { finishedRun } from '../../support/finishedRun';

/** Accuracies of random networks and of a found one, judged. */
const run = (options: Parameters<typeof finishedRun>[0]): RunState => replayRun(finishedRun(options));

describe('verdict by another score than accuracy', () => {
  const macroF1 = { name: 'macroF1', blind: 0.18, error: 0.02 } as const;
  const logLoss = { name: 'logLoss', blind: -0.5, error: 0.01 } as const;

  it('compares by that score, and says which it is', () => {
    const won = judge(run({ found: 0.8, random: [0.6, 0.61, 0.62], score: macroF1 }));
    assert.equal(won.title, 'beat random by 19 points');
    assert.match(
      won.why,
      /^The found network has a macro-F1 of 80\.0 % on 500 test images, 3 randomly drawn ones 61\.0 % on average; one more random network is expected between 51\.4 % and 70\.6 %\.$/,
    );
    assert.equal(judge(run({ found: 0.63, random: [0.6, 0.61, 0.62], score: macroF1 })).kind, 'noDifference');
    assert.equal(judge(run({ found: 0.4, random: [0.6, 0.61, 0.62], score: macroF1 })).kind, 'lost');
  });

  it('knows that a smaller log-loss is the better one', () => {
    const won = judge(run({ found: -0.1, random: [-0.3, -0.31, -0.29], score: logLoss }));
    assert.equal(won.title, 'beat random by 0.2000');
    assert.match(
      won.why,
      /a log-loss of 0\.1000 on 500 test images, 3 randomly drawn ones 0\.3000 on average/,
    );
    assert.equal(judge(run({ found: -0.45, random: [-0.3, -0.31, -0.29], score: logLoss })).kind, 'lost');
  });

  it('calls chance what a network may have that does not look, by the error of the test split', () => {
    const title = (found: number, score: typeof macroF1 | typeof logLoss): string =>
      judge(run({ found, random: [], score })).title;
    assert.equal(title(0.2, macroF1), 'at chance level');
    assert.equal(title(0.22, macroF1), 'not compared');
    assert.equal(title(-0.49, logLoss), 'at chance level');
    assert.equal(title(-0.47, logLoss), 'not compared');
    const { why } = judge(run({ found: -0.52, random: [-0.4], score: logLoss }));
    assert.equal(
      why,
      'The found network has a log-loss of 0.5200 on 500 test images, where knowing nothing but the shares of the classes gives 0.5000; random networks have 0.4000.',
    );
  });
});

describe('verdict', () => {
  it('says that a network lost to random ones, with three of them and with one', () => {
    const three = judge(run({ found: 0.64, random: [0.78, 0.79, 0.806] }));
    assert.equal(three.kind, 'lost');
    assert.equal(three.title, 'lost to random by 15 points');
    assert.equal(
      three.why,
      'The found network has 64.0 % of 500 test images right, 3 randomly drawn ones 79.2 % on average; one more random network is expected between 71.3 % and 86.0 %.',
    );
    const one = judge(run({ found: 0.64, random: [0.792] }));
    assert.equal(one.title, 'lost to random by 15 points');
    assert.match(one.why, /the randomly drawn one 79\.2 %; .* since one cannot show it\.$/);
  });

  it('says that 11 % on ten classes is chance level', () => {
    const { kind, title, why } = judge(run({ found: 0.11, random: [0.792], trained: 0.64 }));
    assert.deepEqual([kind, title], ['chance', 'at chance level']);
    assert.equal(
      why,
      'The found network has 11.0 % of 500 test images right, where always naming one class gives 10.0 %; random networks have 79.2 %.',
    );
    assert.equal(judge(run({ found: 0.11, trained: 0.64 })).kind, 'chance');
  });

  it('draws the line of chance where the exact binomial does', () => {
    // P(X ≥ 61) = 0.0597 and P(X ≥ 62) = 0.0445 for 500 images and a tenth.
    assert.equal(judge(run({ found: 61 / 500 })).kind, 'chance');
    assert.equal(judge(run({ found: 62 / 500 })).kind, 'notCompared');
    // Where one class has a third of the images, naming it is right for a third.
    assert.equal(judge(run({ found: 0.35, largestShare: 1 / 3 })).kind, 'chance');
    assert.equal(judge(run({ found: 0.4, largestShare: 1 / 3 })).kind, 'notCompared');
  });

  it('beats random ones by so many points only where that is more than noise', () => {
    const others = [0.97, 0.972, 0.971, 0.969, 0.971, 0.967];
    const clear = judge(run({ found: 0.984, random: others, test: 10_000 }));
    assert.equal(clear.title, 'beat random by 1.4 points');
    assert.equal(
      judge(run({ found: 0.976, random: others, test: 10_000 })).title,
      'no difference beyond noise',
    );
    assert.equal(judge(run({ found: 0.984, random: others, test: 200 })).kind, 'noDifference');
    const wide = [0.93, 0.985, 0.96, 0.975, 0.99, 0.98];
    assert.equal(judge(run({ found: 0.984, random: wide, test: 10_000 })).kind, 'noDifference');
    assert.equal(judge(run({ found: 0.978, random: [0.97], test: 10_000 })).kind, 'noDifference');
  });

  it('expects one more random network where Student’s t puts it', () => {
    const angle = (accuracy: number): number => Math.asin(Math.sqrt((accuracy * 1000 + 0.375) / 1000.75));
    const accuracy = (x: number): number => Math.sin(x) ** 2;
    const near = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 1e-6);
    // A spread of 0.15 in log-odds is 0.15 · √(0.8 · 0.2) / 2 in angles.
    const prior = (priorSpread * Math.sqrt(0.16)) / 2;
    const one = expectedRange([0.8], 1000);
    const half = studentQuantile(0.05, priorFreedom) * Math.sqrt(2 * (prior ** 2 + 1 / 4002));
    assert.ok(Math.abs(one.low - accuracy(angle(0.8) - half)) < 1e-4);
    assert.ok(Math.abs(one.high - accuracy(angle(0.8) + half)) < 1e-4);
    // Networks without any spread of their own: never narrower than the test split allows.
    const many = expectedRange(Array<number>(200).fill(0.8), 1000);
    near(many.low, accuracy(angle(0.8) - studentQuantile(0.05, 203) * Math.sqrt((1 + 1 / 200) / 4002)));
    // More networks say more: the interval narrows, and a wide spread widens it.
    const widths = [[0.8], [0.79, 0.81], [0.79, 0.81, 0.8], [0.7, 0.9, 0.8]].map((random) => {
      const { low, high } = expectedRange(random, 1000);
      return high - low;
    });
    assert.ok(widths[0]! > widths[1]! && widths[1]! > widths[2]! && widths[3]! > widths[2]!);
    const perfect = expectedRange([1, 1], 100);
    assert.ok(perfect.low > 0.9 && perfect.low < 1 && perfect.high === 1);
  });

  it('does not judge what was hardly trained', () => {
    const few = judge(run({ found: 0.11, random: [0.12], steps: 18, trained: 0.64 }));
    assert.equal(few.title, 'trained too little to say');
    assert.equal(
      few.why,
      'The found network was trained for 18 steps and has 11.0 % of the test images right, which is chance level; under 50 steps this says how fast a network starts, not how good it is.',
    );
    assert.equal(judge(run({ found: 0.9, random: [0.5], steps: leastSteps - 2 })).kind, 'tooLittle');
    assert.equal(judge(run({ found: 0.9, random: [0.5], steps: leastSteps })).kind, 'beat');
  });

  it('blames the training where it is itself at chance, unless random networks learn in it', () => {
    const blind = { found: 0.1, trained: 0.105 };
    assert.equal(judge(run(blind)).kind, 'tooLittle');
    assert.match(judge(run(blind)).why, /training itself is still at chance level: 10\.5 %/);
    assert.equal(judge(run({ ...blind, random: [0.11] })).kind, 'tooLittle');
    assert.equal(judge(run({ ...blind, random: [0.6] })).kind, 'chance');
  });

  it('says what was not compared', () => {
    assert.match(judge(run({})).why, /final\.epochs is 0/);
    const alone = judge(run({ found: 0.98 }));
    assert.deepEqual([alone.kind, alone.title], ['notCompared', 'not compared']);
    assert.match(alone.why, /98\.0 %.*no random network/);
  });

  it('names the key that makes the search at hand longer', () => {
    assert.match(judge(run({ found: 0.64, random: [0.792] })).next, /budget\.epochs/);
    assert.match(judge(run({ found: 0.64, random: [0.792], trials: 20 })).next, /budget\.trials/);
  });

  it('stands only over a run that came to its end', () => {
    const events: RunEvent[] = finishedRun({ found: 0.9, random: [0.5] });
    assert.equal(verdictOf(replayRun([])), undefined);
    assert.equal(verdictOf(replayRun(events.slice(0, -1))), undefined);
    assert.equal(verdictOf(replayRun(events))?.title, 'beat random by 40 points');
    assert.deepEqual(Object.keys(verdictTones).sort(), [...verdictKinds].sort());
  });
});
