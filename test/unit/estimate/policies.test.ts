import assert from 'node:assert/strict';
import { UserError } from '../../../src/errors';
import { EarlyStopping } from '../../../src/estimate/earlyStopping';
import { SuccessiveHalving } from '../../../src/estimate/successiveHalving';
import type { CurvePoint, TrainingPolicy } from '../../../src/estimate/trialTraining';
import type { Trial } from '../../../src/search/strategy';

/** Feeds the curve epoch by epoch. @returns epochs trained and the score */
function train(policy: TrainingPolicy, scores: readonly number[]): [number, number] {
  const curve: CurvePoint[] = [];
  for (let epochs = 1; epochs <= policy.epochs; epochs++) {
    const last = epochs === policy.epochs;
    if (!last && !policy.judges(epochs)) continue;
    curve.push({ epochs, loss: 1, score: scores[epochs - 1]! });
    if (policy.stops(curve) || last) return [epochs, policy.score(curve)];
  }
  throw new Error('unreachable');
}

function trial(score: number): Trial {
  const costs = { parameters: 0, flops: 0, memoryMiB: 0 };
  return { index: 0, status: 'done', score, costs, parents: [], genotype: undefined as never };
}

describe('early stopping', () => {
  const options = {
    type: 'early_stopping',
    epochs: 12,
    patience: 3,
    minDelta: 0,
    extrapolate: false,
  } as const;

  it('waits as long as its patience, and scores the best epoch', () => {
    const curve = [0.1, 0.2, 0.3, 0.25, 0.3, 0.28, 0.9, 0.9];
    assert.deepEqual(train(new EarlyStopping(options), curve), [6, 0.3]);
  });

  it('counts as better only what is so by more than minDelta', () => {
    const creeping = Array.from({ length: 12 }, (_, i) => 0.5 + 0.001 * i);
    assert.deepEqual(train(new EarlyStopping(options), creeping), [12, 0.5 + 0.001 * 11]);
    const [epochs] = train(new EarlyStopping({ ...options, minDelta: 0.01 }), creeping);
    assert.equal(epochs, 4);
  });

  it('ends what will not reach the best trial, as soon as five epochs say so', () => {
    const rising = Array.from({ length: 12 }, (_, i) => 0.6 - 0.4 / (i + 1));
    const policy = new EarlyStopping({ ...options, extrapolate: true });
    assert.equal(train(policy, rising)[0], 12);
    policy.receive(trial(0.59));
    const restored = new EarlyStopping({ ...options, extrapolate: true });
    restored.restore(JSON.parse(JSON.stringify(policy.state())));
    for (const each of [policy, restored]) assert.equal(train(each, rising)[0], 5);
    // At epoch 12 the curve is at 0.567.
    const lower = new EarlyStopping({ ...options, extrapolate: true });
    lower.receive(trial(0.56));
    assert.equal(train(lower, rising)[0], 12);
  });
});

describe('successive halving', () => {
  const options = { type: 'asha', minEpochs: 1, eta: 3, epochs: 27 } as const;
  /** A curve that is at one value all along. */
  const flat = (value: number): number[] => new Array<number>(27).fill(value);

  it('has rungs at powers of η', () => {
    assert.deepEqual(new SuccessiveHalving(options).rungs, [1, 3, 9]);
    assert.deepEqual(new SuccessiveHalving({ ...options, minEpochs: 2, eta: 2, epochs: 9 }).rungs, [2, 4, 8]);
  });

  it('lets past a rung only the best third of those that came to it', () => {
    const policy = new SuccessiveHalving(options);
    const epochs = [0.5, 0.4, 0.6, 0.3, 0.55, 0.58, 0.2, 0.1, 0.59].map(
      (value) => train(policy, flat(value))[0],
    );
    // Worked by hand. Rung 1 lets past ranks 1 to max(1, ⌊n/3⌋): 0.5 (n 1), 0.6 (n 3), 0.58 (n 6, second of six) and 0.59
    // (n 9, second of nine). On rung 3, n is 1, 2, 3, 4 and only the first goes on: 0.5, 0.6.
    assert.deepEqual(epochs, [27, 1, 27, 1, 1, 3, 1, 1, 3]);
  });

  it('goes on from its state', () => {
    const policy = new SuccessiveHalving(options);
    [0.5, 0.4, 0.6].forEach((value) => train(policy, flat(value)));
    const restored = new SuccessiveHalving(options);
    restored.restore(JSON.parse(JSON.stringify(policy.state())));
    for (const each of [policy, restored]) assert.equal(train(each, flat(0.55))[0], 1);
  });
});

describe('State of a policy from a checkpoint', () => {
  it('is refused with a sentence where it has another form', () => {
    const stopping = new EarlyStopping({
      type: 'early_stopping',
      epochs: 4,
      patience: 1,
      minDelta: 0,
      extrapolate: false,
    });
    const halving = new SuccessiveHalving({ type: 'asha', minEpochs: 1, eta: 2, epochs: 4 });
    const isRefusal = (error: unknown): boolean =>
      error instanceof UserError && error.code === 'checkpoint-damaged';
    for (const state of [null, {}, { best: 'high' }]) assert.throws(() => stopping.restore(state), isRefusal);
    for (const state of [null, {}, [[0.5], 0.5]]) assert.throws(() => halving.restore(state), isRefusal);
  });
});
