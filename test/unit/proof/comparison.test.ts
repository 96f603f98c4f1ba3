import assert from 'node:assert/strict';
import { Comparison, nearTieMargin } from '../../../src/proof/comparison';
import type { ComparedProof } from '../../../src/protocol/proof';

const ran = { engine: 'wasm', version: '1.2.3' };

function compare(labels: number[], engine: number[][], code: number[][]): ComparedProof {
  const comparison = new Comparison(engine[0]!.length);
  comparison.add(labels, Float32Array.from(engine.flat()), Float32Array.from(code.flat()));
  return comparison.result(ran);
}

describe('comparison of logits', () => {
  it('counts what each gets right, and how far logits are apart', () => {
    const engine = [
      [1, 2, -4],
      [8, 1, 0],
    ];
    const code = [
      [1, 2, -4.004],
      [8, 1, 0],
    ];
    assert.deepEqual(compare([1, 1], engine, code), {
      ...{ outcome: 'compared', ...ran, images: 2, right: 1, engineRight: 1 },
      ...{ differing: 0, nearTies: 0, margin: nearTieMargin, deviation: 0.001 },
    });
  });

  it('tells a flip within rounding from one beyond it', () => {
    const tie = [
      [10, 10.0009, 0],
      [10, 9.9995, 0],
    ] as const;
    const apart = [
      [10, 10.002, 0],
      [10, 9.9995, 0],
    ] as const;
    const of = ([engine, code]: readonly (readonly number[])[]) => compare([1], [[...engine!]], [[...code!]]);
    assert.deepEqual([of(tie).nearTies, of(tie).differing], [1, 0]);
    assert.deepEqual([of(apart).nearTies, of(apart).differing], [0, 1]);
    // A tie for the engine alone is none: the code is sure of its other class.
    const sure = of([tie[0], [12, 9, 0]]);
    assert.deepEqual([sure.nearTies, sure.differing, sure.right, sure.engineRight], [0, 1, 0, 1]);
  });

  it('takes logits that are no numbers for other predictions, even where both have them', () => {
    const broken = compare(
      [0, 0],
      [
        [1, 0],
        [NaN, 0],
      ],
      [
        [NaN, 0],
        [NaN, 0],
      ],
    );
    assert.deepEqual([broken.differing, broken.nearTies, broken.right, broken.deviation], [2, 0, 0, 0]);
  });

  it('adds up batches, and refuses logits that are not those of the images', () => {
    const comparison = new Comparison(2);
    comparison.add([0], Float32Array.of(1, 0), Float32Array.of(0, 1));
    comparison.add([1, 1], Float32Array.of(0, 1, 0, 1), Float32Array.of(0, 1, 0, 1));
    const { images, right, engineRight, differing } = comparison.result(ran);
    assert.deepEqual([images, right, engineRight, differing], [3, 2, 3, 1]);
    assert.throws(() => comparison.add([0], Float32Array.of(1, 0), Float32Array.of(0)), RangeError);
  });
});
