import assert from 'node:assert/strict';
import { describeEvent, describeResult } from '../../../src/protocol/eventText';
import { roughDuration, statusDetails, statusText } from '../../../src/editor/run/statusText';
import { emptyRunState, type RunState } from '../../../src/protocol/runState';
import { dartsV2 } from '../../support/genotypes';
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
    assert.deepEqual(lines.slice(0, 4), ['digits', 'Backend: wasm', '40 ms a step', 'Memory: 300 MB']);
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

  it('compare the found network with random ones', () => {
    const stamp = { seq: 0, time: 0 };
    const cost = { genotype: dartsV2, parameters: 1, flops: 1 };
    const network = { ...stamp, ...cost, type: 'network', phase: 'baseline', testLoss: 1 } as const;
    const finished = { ...stamp, ...cost, type: 'finished', testAccuracy: 0.97 } as const;
    const networks = [0.9, 0.94].map((testAccuracy, index) => ({ ...network, index, testAccuracy }));
    const state: RunState = { ...emptyRunState, status: 'finished', finished, networks };
    assert.equal(
      describeResult('digits', state),
      'The search “digits” is finished: the found network has a test accuracy of 97.00 %, 2 random ones 92.00 % on average and 94.00 % at best.',
    );
    const one = describeResult('digits', { ...state, networks: networks.slice(1) });
    assert.match(one, /97\.00 %, a random one 94\.00 %\.$/);
    const alone = describeResult('digits', { ...state, networks: [] });
    assert.match(alone, /97\.00 %\.$/);
    const untrained = { ...finished, testAccuracy: undefined };
    assert.equal(
      describeResult('digits', { ...state, finished: untrained }),
      'The search “digits” is finished.',
    );
  });
});
