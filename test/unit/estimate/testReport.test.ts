import assert from 'node:assert/strict';
import { reportLines } from '../../../src/cli/testReport';
import { HeldImages } from '../../../src/data/images';
import { smallPicture } from '../../../src/data/resample';
import { makeTestReport } from '../../../src/estimate/testReport';
import { judgeImages } from '../../../src/estimate/testScore';
import { countsOf, keptPictures, mistakesOf } from '../../../src/protocol/testReport';
import { classScores } from '../../../src/scores';
import { known } from '../../support/unbalanced';
import { numberedSet } from '../data/helpers';

const names = (classes: number): string[] => Array.from({ length: classes }, (_, k) => `kind ${k}`);
const noPicture = () => ({ height: 1, width: 1, channels: 1, pixels: Uint8Array.of(0) });

describe('the report on the test images', () => {
  for (const { classes, logits, labels, confusion, support } of known.scores) {
    it(`has the confusion matrix of scikit-learn: ${classes} classes, ${labels.length} images`, () => {
      const images = judgeImages(Float32Array.from(logits.flat()), Uint16Array.from(labels), classes);
      const report = makeTestReport(images, names(classes), noPicture);
      const expected = confusion.flatMap((row, truth) =>
        row.flatMap((count, predicted) => (count > 0 ? [[truth, predicted, count]] : [])),
      );
      assert.deepEqual(report.confusion, expected);
      assert.deepEqual(
        classScores(countsOf(report)).map(({ images: count }) => count),
        support,
      );
    });
  }

  it('keeps the pictures with the largest losses, worst first, with what they are and were taken for', () => {
    const count = 60;
    const labels = Uint16Array.from({ length: count }, (_, i) => i % 3);
    const losses = Float64Array.from({ length: count }, (_, i) => (i * 7) % count);
    const predicted = labels.map((label, i) => (losses[i]! > 40 ? (label + 1) % 3 : label));
    const asked: number[] = [];
    const report = makeTestReport({ labels, predicted, losses }, names(3), (position) => {
      asked.push(position);
      return { height: 1, width: 2, channels: 1, pixels: Uint8Array.of(position, 255) };
    });
    assert.equal(report.worst.length, keptPictures);
    report.worst.forEach(({ image, truth, predicted: taken, loss, height, width, pixels }, rank) => {
      assert.equal(loss, count - 1 - rank);
      assert.deepEqual([truth, taken, losses[image]], [labels[image], predicted[image], loss]);
      assert.deepEqual([height, width, [...Buffer.from(pixels, 'base64')]], [1, 2, [image, 255]]);
    });
    assert.deepEqual(
      asked,
      report.worst.map(({ image }) => image),
    );
  });

  it('says what a class is mostly taken for', () => {
    const report = {
      classNames: names(3),
      confusion: [
        [0, 0, 5],
        [0, 1, 1],
        [0, 2, 3],
        [2, 2, 1],
      ] as [number, number, number][],
    };
    assert.deepEqual(mistakesOf(report), [
      [
        { predicted: 2, images: 3 },
        { predicted: 1, images: 1 },
      ],
      [],
      [],
    ]);
  });

  it('is a table in a terminal, for up to 12 classes', () => {
    const report = {
      classNames: ['cat', 'a very long name of a kind of dog'],
      confusion: [
        [0, 0, 8],
        [0, 1, 2],
        [1, 1, 10],
      ] as [number, number, number][],
      worst: [],
    };
    assert.deepEqual(reportLines(report), [
      '  class                     test images  precision   recall      F1          most often taken for',
      '  cat                                10    100.0 %   80.0 %  88.9 %  a very long name of a k… (2)',
      '  a very long name of a k…           10     83.3 %  100.0 %  90.9 %                             –',
    ]);
    assert.deepEqual(reportLines({ ...report, classNames: names(13) }), []);
  });
});

describe('a small picture', () => {
  it('is the picture itself where it is small, else its means, in its aspect', () => {
    const set = numberedSet([0, 1, 0], 2);
    assert.deepEqual([...smallPicture(set, 1, 64).pixels], [1, 1, 1, 1]);
    const wide = {
      ...set,
      height: 1,
      width: 4,
      images: new HeldImages(Uint8Array.of(9, 9, 9, 9, 0, 10, 20, 30, 9, 9, 9, 9), 4),
    };
    const { height, width, pixels } = smallPicture(wide, 1, 2);
    assert.deepEqual([height, width, [...pixels]], [1, 2, [5, 25]]);
  });
});
