import assert from 'node:assert/strict';
import type { RunEvent } from '../../../src/protocol/events';
import {
  effectiveEvents,
  emptyRunState,
  reduceRun,
  replayRun,
  type RunState,
} from '../../../src/protocol/runState';
import { softmax } from '../../../src/space/cell/alpha';
import { edgeSeries, entropySeries } from '../../../webview/gradient/alphaSeries';
import { fakeRun, untilEpoch } from '../../../webview/dev/fakeRun';
import { networkRows } from '../../../webview/run/networksTable';
import { automaticTraining, trainings, trainingSeries } from '../../../webview/run/trainingSeries';

const events = fakeRun({ epochs: 3, stepsPerEpoch: 40 });
const run = replayRun(events);

/** One event after the other through the reducer. */
function fold(log: readonly RunEvent[]): RunState {
  return effectiveEvents(log).reduce(reduceRun, emptyRunState);
}

describe('webview: views of a run', () => {
  it('replays as one event after the other does, at every point of a run', () => {
    for (let length = 0; length <= events.length; length += 7) {
      assert.deepEqual(replayRun(events.slice(0, length)), fold(events.slice(0, length)));
    }
    assert.deepEqual(replayRun([]), emptyRunState);
  });

  it('replays stops and resumes as one event after the other does', () => {
    const before = untilEpoch(events, 1);
    const last = before.at(-1)!;
    const stopped: RunEvent = { type: 'stopped', seq: last.seq + 1, time: 0 };
    const resumed: RunEvent = {
      type: 'resumed',
      seq: last.seq + 2,
      time: 0,
      keep: last.seq - 4,
      engine: 'fused engine 1',
    };
    const notice: RunEvent = {
      type: 'notice',
      seq: last.seq + 3,
      time: 0,
      level: 'info',
      message: 'on wasm',
    };
    for (const log of [
      [...before, stopped],
      [...before, stopped, resumed],
      [...before, stopped, resumed, notice],
      [...before, notice],
    ]) {
      assert.deepEqual(replayRun(log), fold(log));
    }
  });

  it('lists the trainings and follows the one under way', () => {
    const keys = trainings(run).map(({ key }) => key);
    assert.deepEqual(keys, ['search:0', 'final:0', 'baseline:0', 'baseline:1', 'baseline:2']);
    assert.equal(automaticTraining(run, trainings(run))?.key, 'search:0', 'a finished run shows its search');
    const running = replayRun(events.slice(0, -2));
    assert.equal(automaticTraining(running, trainings(running))?.key, 'baseline:2');
    assert.equal(automaticTraining(emptyRunState, []), undefined);
  });

  it('puts steps and ends of epochs on one axis of epochs', () => {
    const series = trainingSeries(run, trainings(run)[0]!);
    assert.equal(series.epochs.length, 12);
    assert.equal(series.epochs[0], 0.25);
    assert.equal(series.epochs.at(-1), 3);
    const ends = series.epochs.filter((_, index) => series.loss[index] !== null);
    assert.deepEqual(ends, [1, 2, 3]);
    assert.deepEqual(
      series.validationAccuracy.filter((value) => value !== null),
      run.epochs
        .filter(({ phase }) => phase === 'search')
        .map(({ validationAccuracy }) => validationAccuracy),
    );
    assert.equal(series.batchValidationLoss[0], null, 'there is no α step while warming up');
  });

  it('knows the axis of a training that is over', () => {
    const series = trainingSeries(run, trainings(run)[2]!);
    assert.equal(series.epochs.at(-1), 3);
    assert.equal(series.loss.filter((value) => value !== null).length, 3);
  });

  it('thins long trainings and keeps the ends of epochs', () => {
    const series = trainingSeries(run, trainings(run)[0]!, 4);
    assert.ok(series.epochs.length < 12);
    assert.equal(series.loss.filter((value) => value !== null).length, 3);
  });

  it('follows entropy and the weights of an edge', () => {
    const entropy = entropySeries()(run);
    assert.ok(Math.abs(entropy.columns[0]![0]! - Math.log(8)) < 1e-4);
    assert.ok(entropy.columns[1]!.at(-1)! < entropy.columns[1]![0]!);
    const edge = edgeSeries();
    assert.deepEqual(
      edge(run, 'reduction', 3).columns.map((column) => column.at(-1)),
      softmax(run.alphas.at(-1)!.reduction[3]!),
    );
    assert.deepEqual(
      edge(run, 'normal', 0).columns.map((column) => column.at(-1)),
      softmax(run.alphas.at(-1)!.normal[0]!),
      'another edge is computed anew',
    );
  });

  it('sets the found network beside mean and best of the random ones', () => {
    const rows = networkRows(run);
    assert.deepEqual(
      rows.map(({ name, score }) => [name, Number(score.toFixed(4))]),
      [
        ['Found network', 0.984],
        ['Random, mean of 3', 0.9635],
        ['Random, best', 0.971],
      ],
    );
    assert.deepEqual(networkRows(emptyRunState), []);
  });
});
