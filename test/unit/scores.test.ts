import assert from 'node:assert/strict';
import { judgeImages, scoreError } from '../../src/estimate/testScore';
import { Random } from '../../src/random';
import {
  blindScore,
  classScores,
  countImages,
  emptyCounts,
  formatScore,
  scoreNames,
  scoreOf,
  type ClassCounts,
} from '../../src/scores';
import { known, type KnownScores } from '../support/unbalanced';

function assertClose(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${what}: ${actual} ≠ ${expected}`);
}

function judged({ logits, labels, classes }: KnownScores) {
  const images = judgeImages(Float32Array.from(logits.flat()), Uint16Array.from(labels), classes);
  const counts = emptyCounts(classes);
  countImages(images.labels, images.predicted, counts);
  const loss = images.losses.reduce((sum, each) => sum + each, 0) / labels.length;
  return { images, counts, loss };
}

describe('scores', () => {
  known.scores.forEach((values, index) => {
    const absent = values.support.filter((count) => count === 0).length;
    it(`are those of scikit-learn: ${values.classes} classes, ${absent} of them without images`, () => {
      const { counts, loss } = judged(values);
      assertClose(scoreOf('accuracy', counts, loss), values.accuracy, 'accuracy');
      assertClose(scoreOf('balancedAccuracy', counts, loss), values.balancedAccuracy, 'balanced accuracy');
      assertClose(scoreOf('macroF1', counts, loss), values.macroF1, 'macro-F1');
      // Larger is better for all of them.
      assertClose(scoreOf('logLoss', counts, loss), -values.logLoss, 'log-loss');
      classScores(counts).forEach(({ images, precision, recall, f1 }, k) => {
        assert.equal(images, values.support[k]);
        assertClose(precision, values.precision[k]!, `precision of ${k} in ${index}`);
        assertClose(recall, values.recall[k]!, `recall of ${k} in ${index}`);
        assertClose(f1, values.f1[k]!, `F1 of ${k} in ${index}`);
      });
    });
  });

  it('of a network that does not look are the best that one class, or the shares, can give', () => {
    const labelled = [18, 0, 2];
    // Every class named alone, and the best of them.
    const named = (score: 'accuracy' | 'balancedAccuracy' | 'macroF1'): number =>
      Math.max(
        ...[0, 2].map((k) => {
          const counts: ClassCounts = {
            labelled,
            predicted: labelled.map((_, other) => (other === k ? 20 : 0)),
            right: labelled.map((count, other) => (other === k ? count : 0)),
          };
          return scoreOf(score, counts, 0);
        }),
      );
    for (const score of ['accuracy', 'balancedAccuracy', 'macroF1'] as const)
      assertClose(blindScore(score, labelled), named(score), score);
    assertClose(blindScore('logLoss', labelled), 0.9 * Math.log(0.9) + 0.1 * Math.log(0.1), 'log-loss');
  });

  it('are shown as people know them', () => {
    assert.deepEqual(
      scoreNames.map((name) => formatScore(name, name === 'logLoss' ? -0.25 : 0.25)),
      ['25.00 %', '25.00 %', '25.00 %', '0.2500'],
    );
  });
});

describe('the error of a score on a test split', () => {
  it('is the binomial one of an accuracy', () => {
    const count = 400;
    const labels = Uint16Array.from({ length: count }, (_, i) => i % 2);
    const predicted = labels.map((label, i) => (i % 10 === 0 ? 1 - label : label));
    const images = { labels, predicted, losses: new Float64Array(count) };
    const error = scoreError('accuracy', images, 2, Random.fromSeed(1));
    const binomial = Math.sqrt((0.9 * 0.1) / count);
    assert.ok(Math.abs(error / binomial - 1) < 0.2, `${error} ≠ ${binomial}`);
  });

  it('is larger for macro-F1 where a class has few images, and follows from the seed', () => {
    const labels = Uint16Array.from({ length: 210 }, (_, i) => (i < 10 ? 1 : 0));
    const predicted = labels.map((label, i) => (i % 5 === 0 ? 1 - label : label));
    const images = { labels, predicted, losses: new Float64Array(210) };
    const error = (name: 'accuracy' | 'macroF1'): number => scoreError(name, images, 2, Random.fromSeed(2));
    assert.ok(error('macroF1') > 1.2 * error('accuracy'));
    assert.equal(error('macroF1'), error('macroF1'));
  });
});
