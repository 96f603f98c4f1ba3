import assert from 'node:assert/strict';
import { Adam, cosineRate, Sgd, type SgdSettings } from '../../../src/network/optimizers';
import { WeightAverage } from '../../../src/network/weightAverage';

const plain: SgdSettings = {
  learningRate: 0.1,
  minLearningRate: 0.01,
  momentum: 0,
  weightDecay: 0,
  gradientClip: 1e9,
};

/** Weights after steps with constant gradients. */
function afterSgd(settings: SgdSettings, start: number[], gradients: number[][]): number[] {
  const sgd = new Sgd(Float32Array.from(start), settings);
  for (const gradient of gradients) sgd.apply(Float32Array.from(gradient), settings.learningRate);
  return [...sgd.weights];
}

function assertClose(actual: ArrayLike<number>, expected: number[], tolerance = 1e-6): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) =>
    assert.ok(Math.abs(actual[i]! - value) < tolerance, `${actual[i]} ≠ ${value}`),
  );
}

describe('optimizers', () => {
  it('SGD: momentum adds up as in PyTorch', () => {
    // v₁ = g, v₂ = 0.9·g + g, w = −η·(v₁ + v₂)
    assertClose(afterSgd({ ...plain, momentum: 0.9 }, [0], [[1], [1]]), [-0.1 * (1 + 1.9)]);
  });

  it('SGD: weight decay is an L2 penalty, added after clipping', () => {
    const settings = { ...plain, weightDecay: 0.5, gradientClip: 5 };
    // ‖(30, 40)‖ = 50 is scaled to 5: (3, 4); then λ·w is added.
    assertClose(afterSgd(settings, [2, 4], [[30, 40]]), [2 - 0.1 * (3 + 1), 4 - 0.1 * (4 + 2)]);
  });

  it('SGD: small gradients are not clipped', () => {
    assertClose(afterSgd({ ...plain, gradientClip: 5 }, [0, 0], [[3, 4]]), [-0.3, -0.4]);
  });

  it('SGD: refuses the state of another network', () => {
    const sgd = new Sgd(new Float32Array(3), plain);
    const [two, three] = [new Float32Array(2), new Float32Array(3)];
    const code = 'checkpoint-damaged';
    assert.throws(() => sgd.restore({ weights: two, velocity: two }), {
      code,
      message: /weights .* it has 2 numbers instead of 3/,
    });
    assert.throws(() => sgd.restore({ weights: three }), { code, message: /velocity .* it is missing/ });
  });

  it('SGD: goes on from its state to the bit, and its state is a copy', () => {
    const settings = { ...plain, momentum: 0.9, weightDecay: 0.1 };
    const first = new Sgd(Float32Array.of(1, -2), settings);
    first.apply(Float32Array.of(0.3, 0.7), 0.1);
    const state = first.state();
    const second = new Sgd(new Float32Array(2), settings);
    second.restore(state);
    for (const sgd of [first, second]) sgd.apply(Float32Array.of(-0.2, 0.1), 0.1);
    assert.deepEqual(second.state(), first.state());
    assert.notDeepEqual(state, first.state());
  });

  it('cosine schedule: from the start over the mean to the end', () => {
    assert.equal(cosineRate(plain, 0, 10), 0.1);
    assert.ok(Math.abs(cosineRate(plain, 5, 10) - 0.055) < 1e-12);
    assert.ok(Math.abs(cosineRate(plain, 10, 10) - 0.01) < 1e-12);
  });

  it('cosine schedule after a warm-up: the rates of PyTorch', () => {
    // SequentialLR([LinearLR(start_factor=1/4, total_iters=3), CosineAnnealingLR(T_max=7, eta_min=0.01)], milestones=[3])
    const expected = [0.025, 0.05, 0.075, 0.1, 0.095544, 0.083057, 0.065013, 0.044987, 0.026943, 0.014456];
    assertClose(
      expected.map((_, epoch) => cosineRate(plain, epoch, 10, 3)),
      expected,
    );
  });

  it('average of weights: the values of TensorFlow', () => {
    // tf.train.ExponentialMovingAverage(decay, num_updates=step), from 1 over 2, 3 and 5
    for (const [decay, expected] of [
      [0.999, [1.818182, 2.704545, 4.293706]],
      [0.2, [1.818182, 2.763636, 4.552727]],
    ] as const) {
      const average = new WeightAverage(Float32Array.of(1), decay);
      const values = [2, 3, 5].map((weight, i) => {
        average.add(Float32Array.of(weight), i + 1);
        return average.values[0]!;
      });
      assertClose(values, [...expected]);
    }
  });

  it('average of weights: refuses that of another network', () => {
    const average = new WeightAverage(new Float32Array(3), 0.9);
    assert.throws(() => average.restore({ average: new Float32Array(2) }), { code: 'checkpoint-damaged' });
  });

  it('Adam: the first step has the length of the learning rate, whatever the gradient', () => {
    const adam = new Adam(Float64Array.of(1, 1), {
      learningRate: 0.1,
      beta1: 0.5,
      beta2: 0.999,
      weightDecay: 0,
    });
    adam.apply([1e-3, -50]);
    assertClose(adam.values, [0.9, 1.1], 1e-5);
  });

  it('Adam: the second step follows the bias-corrected moments', () => {
    const settings = { learningRate: 0.1, beta1: 0.5, beta2: 0.9, weightDecay: 0 };
    const adam = new Adam(Float64Array.of(0), settings);
    adam.apply([2]);
    adam.apply([4]);
    // m = (0.5·0.5·2 + 0.5·4)/(1 − 0.25) = 10/3; v = (0.9·0.1·4 + 0.1·16)/(1 − 0.81) = 1.96/0.19
    assertClose(adam.values, [-0.1 - (0.1 * (10 / 3)) / Math.sqrt(1.96 / 0.19)], 1e-7);
  });

  it('Adam: weight decay pulls towards zero, and the state restores to the bit', () => {
    const settings = { learningRate: 0.1, beta1: 0.5, beta2: 0.999, weightDecay: 1 };
    const adam = new Adam(Float64Array.of(3), settings);
    adam.apply([0]);
    assert.ok(adam.values[0]! < 3);
    const copy = new Adam(Float64Array.of(0), settings);
    copy.restore(adam.state(), 'the copy');
    adam.apply([0.3]);
    copy.apply([0.3]);
    assert.deepEqual(copy.state(), adam.state());
  });
});
