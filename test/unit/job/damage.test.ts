/** Runs whose folder was damaged or taken away: what is missing is made again, and said. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError } from '../../../src/errors';
import { Control } from '../../../src/job/control';
import { prepareJob } from '../../../src/job/prepare';
import { runJob } from '../../../src/job/run';
import type { RunEvent } from '../../../src/protocol/events';
import { effectiveEvents } from '../../../src/protocol/runState';
import { readEventLog } from '../../../src/runs/eventLog';
import { RunFolder } from '../../../src/runs/runFolder';
import { proofProcess } from '../../support/proof';
import { createRun, tinyConfig } from '../../support/tinyConfig';

describe('a run whose folder was damaged', () => {
  let parent: string;
  before(() => (parent = mkdtempSync(path.join(tmpdir(), 'nas-damage-'))));
  after(() => rmSync(parent, { recursive: true, force: true }));

  const create = (): RunFolder => createRun(parent, tinyConfig({ budget: { epochs: 2 } }), parent);

  async function work(folder: RunFolder, onEvent: (event: RunEvent, control: Control) => void = () => {}) {
    const control = new Control();
    const { config, configFolder } = folder.run;
    return runJob({
      ...{ folder, control, proof: proofProcess },
      prepared: await prepareJob(config, { configFolder, engine: 'fused', threads: 1 }),
      onEvent: (event) => onEvent(event, control),
      onTelemetry: () => undefined,
    });
  }

  function comparable(folder: RunFolder): unknown {
    const events = effectiveEvents(readEventLog(folder.eventsPath).events)
      .filter(({ type }) => !['resumed', 'stopped', 'notice'].includes(type))
      .map((event) => ({ ...event, time: 0, seq: 0, ...('runId' in event && { runId: '' }) }));
    const { finishedAt: _, runId: _id, ...result } = folder.readResult()!;
    return { events, result };
  }

  const warnings = (folder: RunFolder): string[] =>
    readEventLog(folder.eventsPath).events.flatMap((event) =>
      event.type === 'notice' && event.level === 'warning' ? [event.message] : [],
    );

  let undisturbed: RunFolder;
  before(async () => {
    undisturbed = create();
    assert.equal(await work(undisturbed), 'finished');
  });

  /** Cuts a log where its first line with a text begins. */
  function cutFrom(folder: RunFolder, text: string): void {
    const log = readFileSync(folder.eventsPath, 'utf8');
    const at = log.lastIndexOf('\n', log.indexOf(text)) + 1;
    assert.ok(at > 0);
    truncateSync(folder.eventsPath, Buffer.byteLength(log.slice(0, at)));
  }

  for (const [lost, then] of [
    // When checkpoints are written depends on how long they take.
    ['"type":"network"', /The one before it is used\.|So the run begins anew\./],
    ['"type":"phase"', /So the run begins anew\./],
  ] as const) {
    it(`whose log ends before ${lost} says so, and makes it again`, async () => {
      const folder = create();
      const stopped = await work(folder, (event, control) => {
        if (event.type === 'step' && event.phase === 'baseline') control.stop();
      });
      assert.equal(stopped, 'stopped');
      cutFrom(folder, lost);
      assert.equal(await work(folder), 'finished');
      assert.deepEqual(comparable(folder), comparable(undisturbed));
      const said = warnings(folder).join('\n');
      assert.match(
        said,
        /is not used: events that it covers are not in .+events\.jsonl: .*\d of \d of "network"/,
      );
      assert.match(said, then);
    });
  }

  it('whose log lost steps alone goes on', async () => {
    const folder = create();
    await work(folder, (event, control) => {
      if (event.type === 'step' && event.phase === 'final') control.stop();
    });
    const lines = readFileSync(folder.eventsPath, 'utf8').split('\n');
    const step = lines.findIndex((line) => line.includes('"type":"step"'));
    writeFileSync(folder.eventsPath, lines.filter((_, i) => i !== step).join('\n'));
    assert.equal(await work(folder), 'finished');
    const { events } = readEventLog(folder.eventsPath);
    const resumed = events.find(({ type }) => type === 'resumed');
    assert.ok(resumed?.type === 'resumed' && resumed.keep > 0);
    assert.deepEqual(folder.readResult()?.found, undisturbed.readResult()?.found);
  });

  for (const [title, damage] of Object.entries({
    'is empty': '',
    'was cut': '{"format":"nas-workbench/result","ver',
    'is of something else': '{}',
  })) {
    it(`whose result ${title} is not finished, and writes it again`, async () => {
      const folder = create();
      await work(folder);
      const before = comparable(folder);
      writeFileSync(folder.resultPath, damage);
      assert.equal(folder.resumable, true);
      assert.equal(await work(folder), 'finished');
      assert.equal(folder.resumable, false);
      assert.deepEqual(comparable(folder), before);
    });
  }

  for (const damage of ['', '{}', undefined]) {
    const what = damage === undefined ? 'is gone' : `is "${damage}"`;
    it(`whose genotype ${what} writes it again`, async () => {
      const folder = create();
      await work(folder, (event, control) => {
        if (event.type === 'step' && event.phase === 'baseline') control.stop();
      });
      const before = folder.readGenotype();
      if (damage === undefined) rmSync(folder.genotypePath);
      else writeFileSync(folder.genotypePath, damage);
      assert.equal(await work(folder), 'finished');
      assert.deepEqual(folder.readGenotype(), before);
    });
  }

  it('whose genotype was damaged after its end writes it again, too', async () => {
    const folder = create();
    await work(folder);
    const before = folder.readGenotype();
    writeFileSync(folder.genotypePath, 'null');
    assert.equal(folder.resumable, true);
    assert.equal(await work(folder), 'finished');
    assert.deepEqual(folder.readGenotype(), before);
    assert.equal(folder.resumable, false);
  });

  for (const [title, damage] of Object.entries({
    'were cut': (file: string) => truncateSync(file, 100),
    'are gone': (file: string) => rmSync(file),
  })) {
    it(`whose weights ${title} ends without them, says so, and how to get them again`, async () => {
      const folder = create();
      await work(folder, (event, control) => {
        if (event.type === 'step' && event.phase === 'baseline') control.stop();
      });
      damage(folder.weightsPath);
      assert.equal(await work(folder), 'finished');
      assert.equal(folder.readResult()?.weights, undefined);
      assert.match(warnings(folder).join('\n'), /ends without weights\..*nas train .* to the same weights\./);
    });
  }

  for (const [title, name] of Object.entries({ log: 'events.jsonl', folder: 'checkpoint' })) {
    it(`whose ${title} is something else is refused with a sentence`, async () => {
      const folder = create();
      await work(folder, (event, control) => {
        if (event.type === 'step' && event.phase === 'final') control.stop();
      });
      const at = path.join(folder.path, name);
      rmSync(at, { recursive: true });
      if (name === 'checkpoint') writeFileSync(at, '');
      else mkdirSync(at);
      await assert.rejects(work(folder), (error) => error instanceof UserError && error.message.includes(at));
    });
  }

  it('under the run fails with a sentence, and leaves nothing in its place', async () => {
    const folder = create();
    const away = `${folder.path}-away`;
    let steps = 0;
    const failed = work(folder, ({ type }) => {
      if (type === 'step' && ++steps === 3) renameSync(folder.path, away);
    });
    await assert.rejects(failed, {
      code: 'folder-gone',
      message: /was removed or moved while the run was under way/,
    });
    assert.equal(existsSync(folder.path), false);
    // What was moved goes on from its last checkpoint.
    const moved = RunFolder.open(away);
    assert.equal(await work(moved), 'finished');
    assert.deepEqual(moved.readResult()?.found, undisturbed.readResult()?.found);
  });
});
