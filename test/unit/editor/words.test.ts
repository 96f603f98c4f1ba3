import assert from 'node:assert/strict';
import { describeEvent, describeResult } from '../../../src/protocol/eventText';
import { roughDuration, statusDetails, statusText } from '../../../src/editor/run/statusText';
import { replayRun } from '../../../src/protocol/runState';
import { finishedRun } from '../../support/finishedRun';
import { epochEvent, runningTelemetry as running, stepEvent } from './support';

describe('words for a run', () => {
  it('round durations', () => {
    const seconds = [-1, 0.4, 59.4, 59.6, 95, 3570, 3600, 12_000];
    assert.deepEqual(seconds.map(roughDuration), [
      '0 s',
      '0 s',
      '59 s',
      '1 min',
      '2 min',
      '1 h',
      '1 h',
      '3 h 20 min',
    ]);
  });

  it('fit the status bar', () => {
    assert.equal(statusText(undefined), 'NAS: starting');
    assert.equal(statusText({ ...running, state: 'loading' }), 'NAS: starting');
    assert.equal(statusText(running), 'NAS: epoch 3/6, 2 min left');
    assert.equal(statusText({ ...running, etaSeconds: undefined }), 'NAS: epoch 3/6');
    assert.equal(statusText({ ...running, state: 'paused' }), 'NAS: paused, epoch 3/6');
    assert.equal(statusText({ ...running, state: 'stopping' }), 'NAS: stopping');
    assert.equal(statusText({ ...running, phase: 'final', epoch: 6 }), 'NAS: training epoch 6/6, 2 min left');
  });

  it('count trials where a search has them', () => {
    assert.equal(statusText({ ...running, trials: 50, trial: 12 }), 'NAS: trial 13/50, 2 min left');
    assert.equal(statusText({ ...running, trials: 50 }), 'NAS: shared weights, 2 min left');
    const final = { ...running, phase: 'final', trials: undefined } as const;
    assert.equal(statusText(final), 'NAS: training epoch 3/6, 2 min left');
  });

  it('tell more in its tooltip', () => {
    const lines = statusDetails('digits', running);
    assert.deepEqual(lines.slice(0, 4), [
      'digits',
      'Engine: fused engine 1',
      '40 ms a step',
      'Memory: 300 MB',
    ]);
  });

  it('give a line to epochs and none to steps', () => {
    assert.equal(describeEvent(epochEvent(0, 2)), 'Epoch 3: loss 1.5000, accuracy 50.00 %');
    assert.equal(describeEvent(stepEvent(0)), undefined);
    const failed = {
      type: 'failed',
      seq: 0,
      time: 0,
      message: 'The disk is full.',
      hint: 'Free some space.',
    } as const;
    assert.equal(describeEvent(failed), 'Failed: The disk is full. Free some space.');
  });

  it('say in a notification what the search came to', () => {
    const text = describeResult(
      'digits',
      replayRun(finishedRun({ found: 0.64, random: [0.78, 0.79, 0.806] })),
    );
    assert.match(
      text,
      /^The search “digits” is finished: lost to random by 15 points\. The found network has 64\.0 % /,
    );
    assert.match(text, /3 randomly drawn ones 79\.2 % on average; .* This network is no better/);
  });
});
