import assert from 'node:assert/strict';
import type { RunEvent } from '../../../src/protocol/events';
import { emptyRunState, replayRun } from '../../../src/protocol/runState';
import type { Telemetry } from '../../../src/protocol/worker';
import { fakeRun, fakeTelemetry, untilEpoch } from '../../../webview/dev/fakeRun';
import { finishedRun } from '../../support/finishedRun';
import { headerModel, type HeaderModel } from '../../../webview/run/headerModel';
import { strips } from '../../../webview/run/noticeList';
import type { View } from '../../../webview/kit/store';

const events = fakeRun({ epochs: 8 });
const middle = untilEpoch(events, 2, 0.5);
const context = { runFolder: '/runs/a', live: true, resumable: true };
const ui: View['ui'] = {
  edge: { kind: 'normal', index: 0 },
  logScale: false,
  training: 'auto',
  cost: 'parameters',
  order: { key: 'score', descending: true },
  dismissed: [],
};

function view(log: readonly RunEvent[], change: Partial<View> = {}): View {
  return { run: replayRun(log), telemetry: fakeTelemetry(log), context, ui, ...change };
}

function telemetry(change: Partial<Telemetry>): Telemetry {
  return fakeTelemetry(middle, change);
}

function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}

function after(log: readonly RunEvent[], body: object): RunEvent[] {
  return [...log, { ...body, seq: log.at(-1)!.seq + 1, time: 0 } as RunEvent];
}

function works({ enabled, pauseAction }: HeaderModel): string {
  return Object.entries(enabled)
    .flatMap(([name, on]) => (on ? [name === 'pause' ? pauseAction : name] : []))
    .join(' ');
}

describe('webview: header', () => {
  it('says where a running search is, counting epochs from one', () => {
    const model = headerModel(view(middle));
    assert.equal(model.stateText, 'Running');
    assert.equal(model.position, 'Search · epoch 3 of 8 · step 70/120');
    assert.match(plain(model.timeLeft), /^\d+ % · about \d min left$/);
    assert.equal(works(model), 'pause stop generate');
  });

  it('takes the newer of the logged step and the step of telemetry', () => {
    const ahead = headerModel(view(middle, { telemetry: telemetry({ step: 317 }) }));
    assert.equal(ahead.position, 'Search · epoch 3 of 8 · step 77/120');
    const stale = headerModel(view(middle, { telemetry: telemetry({ step: 5 }) }));
    assert.equal(stale.position, 'Search · epoch 3 of 8 · step 70/120');
  });

  it('stays at the last step of an epoch until the next one begins', () => {
    const positions = [0, 360, 361, 960].map((step) => {
      const log = events.slice(0, 2);
      return headerModel(view(log, { telemetry: fakeTelemetry(log, { step }) })).position;
    });
    assert.deepEqual(positions, [
      'Search · epoch 1 of 8 · step 0/120',
      'Search · epoch 3 of 8 · step 120/120',
      'Search · epoch 4 of 8 · step 1/120',
      'Search · epoch 8 of 8 · step 120/120',
    ]);
  });

  it('does not carry steps over into the next phase', () => {
    const start = events.findIndex((event) => event.type === 'phase' && event.phase === 'final');
    const log = events.slice(0, start + 1);
    const model = headerModel(view(log, { telemetry: fakeTelemetry(events.slice(0, start)) }));
    assert.equal(model.position, 'Training the found network · epoch 1 of 3 · step 0/120');
  });

  it('numbers the random networks', () => {
    const start = events.findLastIndex((event) => event.type === 'phase');
    const model = headerModel(view(events.slice(0, start + 3)));
    assert.equal(model.position, 'Training random networks 3 of 3 · epoch 1 of 3 · step 20/120');
  });

  const states: [string, View, string, string][] = [
    [
      'loading',
      view([], { telemetry: telemetry({ state: 'loading', activity: 'Loading mnist' }) }),
      'Starting',
      'stop',
    ],
    ['paused', view(middle, { telemetry: telemetry({ state: 'paused' }) }), 'Paused', 'resume stop generate'],
    ['stopping', view(middle, { telemetry: telemetry({ state: 'stopping' }) }), 'Stopping', 'generate'],
    ['stopped', view(after(middle, { type: 'stopped' })), 'Stopped', 'resume generate'],
    ['failed', view(after(middle, { type: 'failed', message: 'x' })), 'Failed', 'resume generate'],
    ['interrupted', view(middle, { context: { ...context, live: false } }), 'Interrupted', 'resume generate'],
    ['finished', view(events), 'Finished', 'generate'],
  ];
  for (const [name, shown, text, buttons] of states) {
    it(`offers what is possible when ${name}`, () => {
      const model = headerModel(shown);
      assert.equal(model.state, name);
      assert.equal(model.stateText, text);
      assert.equal(works(model), buttons);
    });
  }

  it('offers no resume without a checkpoint', () => {
    const stopped = view(after(middle, { type: 'stopped' }), {
      context: { ...context, live: false, resumable: false },
    });
    assert.equal(works(headerModel(stopped)), 'generate');
  });

  it('offers no code before there is a genotype', () => {
    assert.equal(works(headerModel(view(untilEpoch(events, 0)))), 'pause stop');
  });

  it('says what a finished run found', () => {
    const model = headerModel(view(events));
    assert.equal(
      plain(model.position),
      'Found network: 98.4 % on the test split · 212,458 parameters · 38.2 M multiply–accumulates',
    );
    assert.equal(model.progress, 1);
    assert.deepEqual(
      [model.tone, model.verdict, model.generateNext],
      ['good', 'beat random by 2.1 points', true],
    );
  });

  it('has a verdict’s tone and puts Generate Code forward only where the verdict is not bad', () => {
    const model = (options: Parameters<typeof finishedRun>[0]): HeaderModel =>
      headerModel(view(finishedRun(options)));
    const looks = [
      model({ found: 0.64, random: [0.792] }),
      model({ found: 0.11, random: [0.792] }),
      model({ found: 0.8, random: [0.792] }),
      model({ found: 0.8, random: [] }),
    ].map(({ tone, generateNext, enabled }) => [tone, generateNext, enabled.generate]);
    assert.deepEqual(looks, [
      ['bad', false, true],
      ['bad', false, true],
      ['doubtful', false, true],
      ['neutral', true, true],
    ]);
    assert.equal(headerModel(view(middle)).generateNext, false);
  });

  it('gives facts with units, the part of the memory that the network takes in a tooltip', () => {
    const facts = new Map(headerModel(view(middle)).facts.map((fact) => [fact.label, fact]));
    assert.equal(facts.get('Engine')?.value, 'fused engine 0.1.0');
    assert.match(facts.get('Engine')?.tooltip ?? '', /, 2 threads$/);
    assert.equal(plain(facts.get('Step')!.value), '312 ms');
    assert.equal(plain(facts.get('Memory')!.value), '1.2 GB');
    assert.equal(plain(facts.get('Memory')!.tooltip!), '868 MB of it for the network');
    assert.equal(facts.get('Supernet')?.value, '1,930,618 parameters');
  });

  it('shows no pace of a run that nobody runs', () => {
    const labels = headerModel(view(middle, { context: { ...context, live: false } })).facts.map(
      ({ label }) => label,
    );
    assert.ok(!labels.includes('Step') && !labels.includes('Memory'));
  });
});

describe('webview: strips under the header', () => {
  const notices = after(
    after(after(middle, { type: 'notice', level: 'warning', message: 'w' }), {
      type: 'notice',
      level: 'info',
      message: 'old',
    }),
    { type: 'notice', level: 'info', message: 'new' },
  );

  it('puts faults first, then warnings, then the newest notes', () => {
    const log = after(notices, { type: 'failed', message: 'out of memory', hint: 'less' });
    const list = strips(view(log, { problem: 'cannot read' }));
    assert.deepEqual(
      list.map(({ message }) => message),
      ['cannot read', 'out of memory', 'w', 'new', 'old'],
    );
    assert.equal(list[1]!.hint, 'less');
  });

  it('leaves out what was closed', () => {
    const { seq } = notices.at(-1)!;
    const list = strips(view(notices, { ui: { ...ui, dismissed: [seq] } }));
    assert.deepEqual(
      list.map(({ message }) => message),
      ['w', 'old'],
    );
  });

  it('is empty without anything to say', () => {
    assert.deepEqual(strips({ run: emptyRunState, ui }), []);
  });
});
