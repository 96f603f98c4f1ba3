import assert from 'node:assert/strict';
import { correlationCsv, studyCorrelation, type JudgedArchitecture } from '../../../src/study/correlation';

function judged(reference: (number | undefined)[], candidate: (number | undefined)[]): JudgedArchitecture[] {
  return reference.map((score, i) => ({
    text: `|a~0|"${i}"`,
    reference: score,
    candidate: candidate[i],
    flops: 100 - i,
    parameters: 7,
  }));
}

describe('a study of rank correlation', () => {
  it('has the values that are worked by hand', () => {
    // One pair of neighbours of five exchanged: ρ = 1 − 6·2/(5·24), τ = (9 − 1)/10. FLOPs fall as the reference rises.
    const study = studyCorrelation('shared', judged([1, 2, 3, 4, 5], [1, 2, 3, 5, 4]));
    assert.equal(study.k, 1);
    const [candidate, flops, parameters] = study.rows;
    assert.ok(Math.abs(candidate!.spearman - 0.9) < 1e-12);
    assert.ok(Math.abs(candidate!.kendall - 0.8) < 1e-12);
    assert.equal(candidate!.topK, 0);
    assert.ok(Math.abs(flops!.spearman + 1) < 1e-12);
    assert.equal(flops!.by, 'FLOPs');
    assert.ok(Number.isNaN(parameters!.spearman));
  });

  it('leaves out what has no score, and refuses fewer than three', () => {
    const some = judged([1, undefined, 2, 3], [1, 5, 2, 3]);
    assert.equal(studyCorrelation('shared', some).compared, 3);
    assert.throws(() => studyCorrelation('shared', some.slice(0, 3)), RangeError);
  });

  it('writes a line for each architecture', () => {
    assert.deepEqual(correlationCsv(judged([1, 2], [undefined, 3])).split('\n'), [
      'architecture,reference,candidate,flops,parameters',
      '"|a~0|""0""",1,,100,7',
      '"|a~0|""1""",2,3,99,7',
      '',
    ]);
  });
});
