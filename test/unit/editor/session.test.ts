import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunSession } from '../../../src/editor/run/session';
import type { RunEvent } from '../../../src/protocol/events';
import { epochEvent, makeRun, runningTelemetry, stepEvent, temporaryFolder } from './support';

describe('a run session', () => {
  const folder = temporaryFolder();

  function started(
    script: { messages: unknown[]; end: 'finish' | 'stop' | 'die' },
    logged: RunEvent[] = [],
  ): RunSession {
    const run = makeRun(folder.path);
    writeFileSync(run.eventsPath, logged.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const session = new RunSession(run);
    const worker = join(__dirname, 'scriptedWorker.cjs');
    session.start({ script: worker, env: { NAS_SCRIPT: JSON.stringify(script) } }, logged.length > 0);
    return session;
  }
  const told = (events: readonly RunEvent[]) => events.map((event) => ({ type: 'event', event }));

  it('tells what the worker tells, and how it ended', async () => {
    const session = started({ messages: told([stepEvent(0), epochEvent(1, 0)]), end: 'finish' });
    const lines: string[] = [];
    session.on('output', (line) => lines.push(line));
    assert.equal(session.live, true);
    const [outcome] = await once(session, 'ended');
    assert.deepEqual(outcome, { kind: 'finished' });
    assert.deepEqual(session.events, [stepEvent(0), epochEvent(1, 0)]);
    assert.deepEqual(lines, ['scripted worker']);
    assert.deepEqual([session.live, session.epochsDone, session.telemetry], [false, 1, undefined]);
  });

  it('says that it is stopping from the moment it was asked to', async () => {
    const session = started({ messages: [{ type: 'telemetry', telemetry: runningTelemetry }], end: 'stop' });
    assert.equal(session.telemetry?.state, 'loading');
    while (session.telemetry?.state === 'loading') await once(session, 'change');
    assert.equal(session.telemetry?.state, 'running');
    const stopped = session.stop();
    assert.equal(session.telemetry?.state, 'stopping');
    await stopped;
    assert.deepEqual(session.outcome, { kind: 'stopped' });
    assert.equal(session.events.at(-1)?.type, 'stopped');
    assert.equal(session.resumable, true);
  });

  for (const [title, messages, workers] of [
    ['twice a worker that was killed, as long as it made a step', [stepEvent(0)], 3],
    ['no worker that made none', [], 1],
  ] as const) {
    it(`starts again from the last checkpoint ${title}`, async () => {
      const session = started({ messages: told(messages), end: 'die' });
      session.folder.checkpoints.save({ meta: {}, arrays: {} });
      let lines = 0;
      session.on('output', () => lines++);
      const [outcome] = await once(session, 'ended');
      assert.equal(outcome.kind, 'failed');
      assert.equal(lines, workers);
      assert.equal(session.events.filter(({ type }) => type === 'failed').length, 1);
    });
  }

  it('shows why it stands still when the worker was killed', async () => {
    const session = started({ messages: told([stepEvent(0)]), end: 'die' });
    await once(session, 'ended');
    const last = session.events.at(-1);
    assert.ok(last?.type === 'failed');
    assert.match(last.message, /SIGKILL/);
    assert.match(last.hint ?? '', /resumed/);
    const { path: runFolder, weightsLack } = session.folder;
    assert.deepEqual(session.context, { runFolder, live: false, resumable: true, weightsLack });
  });

  it('drops what a resumed run goes over again', async () => {
    const resumed: RunEvent = { type: 'resumed', seq: 3, time: 0, keep: 0, engine: 'x' };
    const logged = [stepEvent(0), stepEvent(1), stepEvent(2)];
    const session = started({ messages: told([resumed, stepEvent(4)]), end: 'finish' }, logged);
    let rewritten = 0;
    session.on('rewritten', () => rewritten++);
    await once(session, 'ended');
    assert.equal(rewritten, 1);
    assert.deepEqual(session.events, [stepEvent(0), resumed, stepEvent(4)]);
  });
});
