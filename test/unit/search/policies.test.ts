import assert from 'node:assert/strict';
import { LogitsPolicy } from '../../../src/search/policy/logitsPolicy';
import { LstmPolicy } from '../../../src/search/policy/lstmPolicy';
import { lstmBackward, lstmForward, lstmSize } from '../../../src/search/policy/lstm';
import type { Parameters } from '../../../src/search/policy/parameters';
import { drawFrom, type Policy } from '../../../src/search/policy/policy';
import { reinforce, type Reinforce } from '../../../src/search/strategies/reinforce';
import { Random } from '../../../src/random';
import type { Genotype } from '../../../src/space/genotype';
import type { SearchSpace } from '../../../src/space/searchSpace';
import { createSpace } from '../../../src/space/searchSpace';
import { bench201Entry } from '../../../src/space/bench201/entry';
import { agreement, bench201, cells, run, start } from './proposers';

/** Values large enough that no softmax is near uniform. */
function drawnValues(): () => number {
  const random = Random.fromSeed(3);
  return () => 0.5 * random.normal();
}

function policiesOf(space: SearchSpace): [string, Policy][] {
  return [
    ['logits', new LogitsPolicy(space, 0.01, drawnValues())],
    ['lstm', new LstmPolicy(space, 5, 0.01, drawnValues())],
  ];
}

/** Central differences of a function of the parameters, against gradients by block. */
function checkGradients(
  parameters: Parameters,
  value: () => number,
  gradients: ReadonlyMap<string, ArrayLike<number>>,
): void {
  const step = 1e-5;
  for (const name of parameters.names()) {
    const values = parameters.block(name, 0);
    for (let i = 0; i < values.length; i++) {
      const held = values[i]!;
      values[i] = held + step;
      const above = value();
      values[i] = held - step;
      const below = value();
      values[i] = held;
      const expected = (above - below) / (2 * step);
      const actual = gradients.get(name)?.[i] ?? 0;
      assert.ok(Math.abs(actual - expected) < 1e-7, `${name}[${i}]: ${actual} is not ${expected}`);
    }
  }
}

describe('Policies', () => {
  for (const [title, space] of [
    ['one cell', bench201],
    ['two cells with connections', cells],
  ] as const) {
    for (const [name, policy] of policiesOf(space)) {
      it(`${name} has the gradient of advantage · log π + weight · entropy by finite differences: ${title}`, () => {
        const choices = policy.sample(Random.fromSeed(5));
        const objective = (): number => {
          const { logProbability, entropy } = policy.judge(choices, 0, 0);
          return 1.7 * logProbability + 0.3 * entropy;
        };
        const { gradients } = policy.judge(choices, 1.7, 0.3);
        assert.ok(gradients.size > 1);
        checkGradients(policy.parameters, objective, gradients);
      });
    }
  }

  const small = createSpace(
    bench201Entry.options.parse({ type: 'nasbench201', operations: ['none', 'conv_1x1'] }),
  );
  const all = Array.from({ length: 64 }, (_, i) => Array.from({ length: 6 }, (_, bit) => (i >> bit) & 1));

  for (const [name, policy] of policiesOf(small)) {
    it(`${name} estimates the gradient of the expected reward: exact over all 64 architectures`, () => {
      const rewardOf = (choices: readonly number[]): number =>
        agreement(small)(small.fromChoices(choices)) + choices[0]! * choices[5]!;
      const expected = (): number =>
        all.reduce(
          (sum, choices) => sum + Math.exp(policy.judge(choices, 0, 0).logProbability) * rewardOf(choices),
          0,
        );
      policy.sample(Random.fromSeed(1));
      expected();
      // Any baseline leaves the expectation of the estimate as it is.
      const baseline = 3;
      const gradients = new Map<string, Float64Array>();
      for (const choices of all) {
        const { logProbability } = policy.judge(choices, 0, 0);
        for (const [block, gradient] of policy.judge(choices, rewardOf(choices) - baseline, 0).gradients) {
          const sum = gradients.get(block) ?? new Float64Array(gradient.length);
          gradient.forEach((value, i) => (sum[i]! += Math.exp(logProbability) * value));
          gradients.set(block, sum);
        }
      }
      checkGradients(policy.parameters, expected, gradients);
    });

    it(`${name} gives all architectures together the probability 1`, () => {
      const total = all.reduce(
        (sum, choices) => sum + Math.exp(policy.judge(choices, 0, 0).logProbability),
        0,
      );
      assert.ok(Math.abs(total - 1) < 1e-12);
    });

    it(`${name} draws architectures as often as it says`, () => {
      const random = Random.fromSeed(8);
      const draws = 4000;
      let first = 0;
      for (let i = 0; i < draws; i++) first += policy.sample(random)[0]!;
      const share = all
        .filter((choices) => choices[0] === 1)
        .reduce((sum, choices) => sum + Math.exp(policy.judge(choices, 0, 0).logProbability), 0);
      // Four standard errors of a share.
      assert.ok(Math.abs(first / draws - share) < 4 * Math.sqrt((share * (1 - share)) / draws));
    });

    it(`${name} makes an architecture more probable by climbing`, () => {
      const [choices] = all;
      const before = policy.judge(choices!, 1, 0);
      policy.parameters.ascend(before.gradients);
      assert.ok(policy.judge(choices!, 1, 0).logProbability > before.logProbability);
    });
  }

  it('draws the last option when rounding leaves something over', () => {
    const one = { uniform: () => 1 - 2 ** -32 } as Random;
    assert.equal(drawFrom([0.5, 0.25, 0.25 - 1e-9], one), 2);
  });
});

describe('LSTM cell', () => {
  const units = 3;
  const inputs = 2;
  const values = drawnValues();
  const draw = (size: number): Float64Array => Float64Array.from({ length: size }, values);
  const weights = draw(lstmSize(inputs, units));
  const x = draw(inputs);
  const before = { hidden: draw(units), cell: draw(units) };
  const [ofHidden, ofCell] = [draw(units), draw(units)];
  const dot = (a: Float64Array, b: Float64Array): number =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const value = (): number => {
    const { after } = lstmForward(weights, x, before);
    return dot(after.hidden, ofHidden) + dot(after.cell, ofCell);
  };

  it('computes the formula of one unit', () => {
    // Rows i, f, g, o; columns x, h, bias.
    const one = Float64Array.from([0.5, -0.2, 0.1, 0.3, 0.4, -0.1, -0.6, 0.7, 0.2, 0.8, -0.5, 0.3]);
    const { after } = lstmForward(one, Float64Array.of(2), {
      hidden: Float64Array.of(-1),
      cell: Float64Array.of(0.5),
    });
    const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
    const cell = sigmoid(0.1) * 0.5 + sigmoid(1.3) * Math.tanh(-1.7);
    assert.ok(Math.abs(after.cell[0]! - cell) < 1e-15);
    assert.ok(Math.abs(after.hidden[0]! - sigmoid(2.4) * Math.tanh(cell)) < 1e-15);
  });

  it('has the gradient of its weights, input and state by finite differences', () => {
    const byWeights = new Float64Array(weights.length);
    const step = lstmForward(weights, x, before);
    const gradient = lstmBackward(weights, step, ofHidden, ofCell, byWeights);
    const pairs: [Float64Array, Float64Array][] = [
      [weights, byWeights],
      [x, gradient.x],
      [before.hidden, gradient.hidden],
      [before.cell, gradient.cell],
    ];
    for (const [array, by] of pairs) {
      for (let i = 0; i < array.length; i++) {
        const held = array[i]!;
        array[i] = held + 1e-5;
        const above = value();
        array[i] = held - 1e-5;
        const below = value();
        array[i] = held;
        assert.ok(Math.abs(by[i]! - (above - below) / 2e-5) < 1e-8);
      }
    }
  });
});

describe('REINFORCE', () => {
  it('compares with the bias-corrected moving average of the rewards before', () => {
    const rewards = [4, 1, 3];
    const proposer = start(reinforce) as Reinforce;
    const baselines = rewards.map((reward, i) => {
      run(proposer, () => reward, 1, { first: i });
      return proposer.report()!['baseline']!;
    });
    assert.equal(baselines[0], 4);
    assert.ok(Math.abs(baselines[1]! - 4) < 1e-12);
    // (0.9 · 0.1 · 4 + 0.1 · 1) / (1 − 0.81).
    assert.ok(Math.abs(baselines[2]! - 0.46 / 0.19) < 1e-12);
  });

  it('reports the entropy of the policy: six decisions among five at the start', () => {
    const proposer = start(reinforce);
    run(proposer, () => 1, 1);
    assert.ok(Math.abs(proposer.report!()!['entropy']! - 6 * Math.log(5)) < 1e-4);
  });

  it('takes a trial without a score for the lowest reward, and its baseline for unchanged', () => {
    const proposer = start(reinforce) as Reinforce;
    run(proposer, (_, index) => [5, 2, 'rejected' as const][index]!, 3);
    assert.equal(proposer.report()!['reward'], 2);
    assert.equal(proposer.baseline, proposer.report()!['baseline']);
  });

  it('keeps the entropy up with a bonus', () => {
    const score = (genotype: Genotype): number => agreement(bench201)(genotype);
    const [without, with_] = [0, 10].map((entropyWeight) => {
      const proposer = start(reinforce, { learningRate: 0.1, entropyWeight });
      run(proposer, score, 100);
      return proposer.report!()!['entropy']!;
    }) as [number, number];
    assert.ok(with_ > without + 1);
  });
});
