import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { DashboardFeed, messageInterval } from '../../../src/editor/dashboard/feed';
import { RunSession } from '../../../src/editor/run/session';
import type { DashboardSnapshot } from '../../../src/protocol/dashboard';
import { makeRun, stepEvent, temporaryFolder } from './support';

describe('the feed of a dashboard', () => {
  const folder = temporaryFolder();
  let session: RunSession;
  let sent: DashboardSnapshot[];
  let feed: DashboardFeed;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    session = new RunSession(makeRun(folder.path));
    sent = [];
    feed = new DashboardFeed((message) => sent.push(message), Date.now);
    feed.attach(session);
  });
  afterEach(() => {
    feed.dispose();
    mock.timers.reset();
  });
  const seqs = () => sent.map(({ type, events }) => [type, ...events.map(({ seq }) => seq)]);

  it('sends nothing before the page is ready, then everything', () => {
    session.emit('event', stepEvent(0));
    assert.equal(sent.length, 0);
    feed.ready();
    assert.deepEqual(seqs(), [['snapshot']]);
    assert.equal(sent.at(0)?.context?.runFolder, session.folder.path);
  });

  it('gathers what comes within a tenth of a second into one message', () => {
    feed.ready();
    for (let seq = 0; seq < 500; seq++) {
      session.emit('event', stepEvent(seq));
      mock.timers.tick(2);
    }
    mock.timers.tick(messageInterval);
    const deltas = sent.slice(1);
    assert.ok(deltas.length <= 11, `${deltas.length} messages in a second`);
    assert.ok(deltas.every(({ type }) => type === 'delta'));
    const all = deltas.flatMap(({ events }) => events.map(({ seq }) => seq));
    assert.deepEqual(
      all,
      Array.from({ length: 500 }, (_, seq) => seq),
    );
  });

  it('sends nothing while hidden, and everything when the page is back', () => {
    feed.ready();
    session.emit('event', stepEvent(0));
    feed.hidden();
    session.emit('event', stepEvent(1));
    mock.timers.tick(10 * messageInterval);
    assert.deepEqual(seqs(), [['snapshot']]);
    feed.ready();
    assert.deepEqual(seqs(), [['snapshot'], ['snapshot']]);
  });

  it('sends everything again when told events no longer hold', () => {
    feed.ready();
    session.emit('event', stepEvent(0));
    session.emit('rewritten');
    mock.timers.tick(messageInterval);
    assert.deepEqual(seqs(), [['snapshot'], ['snapshot']]);
  });

  it('no longer listens to a session that was replaced', () => {
    feed.ready();
    feed.attach(undefined);
    mock.timers.tick(messageInterval);
    session.emit('event', stepEvent(0));
    mock.timers.tick(messageInterval);
    assert.deepEqual(seqs(), [['snapshot'], ['snapshot']]);
    assert.equal(sent.at(1)?.context, undefined);
    assert.equal(session.listenerCount('event'), 0);
  });
});
