import assert from 'node:assert/strict';
import type { TestReport } from '../../../src/protocol/testReport';
import { classRows, confusionModel, mostDrawn, shareOf } from '../../../webview/run/classModel';

const report = (classes: number, confusion: TestReport['confusion']): TestReport => ({
  classNames: Array.from({ length: classes }, (_, k) => `kind ${k}`),
  confusion,
  worst: [],
});

describe('the confusion matrix of the dashboard', () => {
  it('has a row and a column for each of a few classes', () => {
    const model = confusionModel(
      report(3, [
        [0, 0, 8],
        [0, 2, 2],
        [2, 2, 5],
      ]),
    );
    assert.deepEqual(model.columns, ['kind 0', 'kind 1', 'kind 2']);
    assert.deepEqual(
      model.rows.map(({ counts, own }) => [counts, own]),
      [
        [[8, 0, 2], 0],
        [[0, 0, 0], 1],
        [[0, 0, 5], 2],
      ],
    );
    assert.deepEqual([shareOf(model.rows[0]!, 2), shareOf(model.rows[1]!, 1)], [0.2, 0]);
  });

  it('has the most mistaken of many classes, and all others together, without losing an image', () => {
    const classes = 300;
    const confusion: TestReport['confusion'] = Array.from({ length: classes }, (_, k) => [k, k, 10]);
    // The last classes are taken for each other.
    for (let k = 280; k < 299; k++) confusion.push([k, k + 1, 3]);
    const model = confusionModel(report(classes, confusion));
    assert.equal(model.drawn, mostDrawn);
    assert.equal(model.columns.length, mostDrawn + 1);
    assert.equal(model.columns.at(-1), `${classes - mostDrawn} others`);
    for (let k = 280; k < 300; k++) assert.ok(model.columns.includes(`kind ${k}`), `kind ${k}`);
    const sum = model.rows.flatMap(({ counts }) => counts).reduce((all, count) => all + count, 0);
    assert.equal(
      sum,
      confusion.reduce((all, [, , images]) => all + images, 0),
    );
    assert.equal(model.rows.at(-1)!.own, -1);
  });

  it('has precision and recall of every class beside it', () => {
    const [first, second] = classRows(
      report(2, [
        [0, 0, 8],
        [0, 1, 2],
        [1, 1, 10],
      ]),
    );
    assert.deepEqual([first!.name, first!.images, first!.precision, first!.recall], ['kind 0', 10, 1, 0.8]);
    assert.deepEqual([second!.precision, second!.recall], [10 / 12, 1]);
  });
});
