import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { configSchema } from '../../../src/config/schema';
import { type UserError } from '../../../src/errors';
import { replayRun } from '../../../src/protocol/runState';
import { CheckpointStore, decodeSnapshot, encodeSnapshot } from '../../../src/runs/checkpoint';
import { EventLog, readEventLog, requireEventLog } from '../../../src/runs/eventLog';
import { listRuns, RunFolder } from '../../../src/runs/runFolder';
import { nasHere } from '../../support/nasHere';

describe('run folders', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nas-runs-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const snapshot = { meta: { step: 3 }, arrays: { a: Float32Array.of(1, 2.5), b: new Float32Array(0) } };

  describe('checkpoints', () => {
    it('read back what was written, to the bit', () => {
      const store = new CheckpointStore(folder);
      assert.equal(store.load(), undefined);
      store.save(snapshot);
      assert.deepEqual(store.load(), { snapshot, warnings: [] });
    });

    it('fall back to the one before when the newest is cut in half', () => {
      const store = new CheckpointStore(folder);
      store.save(snapshot);
      store.save({ ...snapshot, meta: { step: 4 } });
      const newest = join(folder, readdirSync(folder).sort().at(-1)!);
      truncateSync(newest, Math.floor(statSync(newest).size / 2));
      const loaded = store.load()!;
      assert.deepEqual(loaded.snapshot!.meta, { step: 3 });
      assert.match(loaded.warnings[0]!, /damaged.*cut or changed/);
    });

    it('find a single changed bit', () => {
      const bytes = Buffer.concat(encodeSnapshot(snapshot));
      bytes[bytes.length - 40]! ^= 1;
      assert.throws(() => decodeSnapshot(bytes, 'x'), /checksum/);
    });

    it('find arrays that are not as long as the file says', () => {
      const array = snapshot.arrays.a;
      for (const length of [1, 3]) {
        const { buffer, byteOffset, byteLength } = array;
        const wrong = { length, buffer, byteOffset, byteLength } as Float32Array;
        const bytes = Buffer.concat(encodeSnapshot({ ...snapshot, arrays: { a: wrong } }));
        const error = { code: 'checkpoint-damaged', message: /arrays are not as long as it says/ };
        assert.throws(() => decodeSnapshot(bytes, 'x'), error);
      }
    });

    it('say it when nothing can be read, and refuse other versions', () => {
      const store = new CheckpointStore(folder);
      writeFileSync(join(folder, '00000001.checkpoint'), 'nonsense');
      assert.throws(
        () => store.load(),
        (e: UserError) => e.code === 'checkpoint-damaged' && !!e.hint,
      );
      const other = Buffer.concat(encodeSnapshot(snapshot))
        .toString('latin1')
        .replace(/checkpoint \d+/, 'checkpoint 9');
      writeFileSync(join(folder, '00000002.checkpoint'), Buffer.from(other, 'latin1'));
      assert.throws(
        () => store.load(),
        (e: UserError) => e.code === 'checkpoint-version',
      );
    });

    it('keep two files only', () => {
      const store = new CheckpointStore(folder);
      for (let i = 0; i < 5; i++) store.save(snapshot);
      assert.equal(readdirSync(folder).length, 2);
    });
  });

  describe('event log', () => {
    const notice = { type: 'notice', level: 'info', message: 'x' } as const;

    it('numbers events on across openings and drops a line that a kill cut short', () => {
      const path = join(folder, 'events.jsonl');
      const first = new EventLog(path, () => 5);
      first.append(notice);
      first.append(notice);
      first.close();
      appendFileSync(path, '{"seq":2,"type":"not');
      const second = new EventLog(path, () => 6);
      second.append(notice);
      second.close();
      const { events, unreadable } = readEventLog(path);
      assert.deepEqual(
        events.map((e) => e.seq),
        [0, 1, 2],
      );
      assert.equal(unreadable, 0);
      assert.equal(readFileSync(path, 'utf8').split('\n').length, 4);
    });

    it('counts lines that are not events and reads the others', () => {
      const path = join(folder, 'events.jsonl');
      writeFileSync(
        path,
        `{"seq":0,"time":1,"type":"stopped"}\nrubbish\n{"seq":1,"time":1,"type":"martian"}\n`,
      );
      const { events, unreadable, notice } = readEventLog(path);
      assert.equal(events.length, 1);
      assert.equal(unreadable, 2);
      assert.equal(
        notice,
        `2 of 3 lines of ${path} are left out: they are no events of this version, or damaged. The first is line 2.`,
      );
      assert.throws(() => requireEventLog(path), /^UserError: 2 of 3 lines/);
    });

    it('takes a log of which up to a tenth is damaged, with a notice, and a last line that is being written for none', () => {
      const path = join(folder, 'events.jsonl');
      const sound = '{"seq":0,"time":1,"type":"stopped"}\n';
      writeFileSync(path, `${sound.repeat(9)}rubbish\n{"seq":9,"ti`);
      const { events, notice } = requireEventLog(path);
      assert.equal(events.length, 9);
      assert.match(notice!, /^1 of 10 lines of .*The first is line 10\.$/);
      writeFileSync(path, `${sound.repeat(8)}rubbish\n`);
      assert.throws(() => requireEventLog(path), /^UserError: 1 of 9 lines/);
    });

    it('leaves out what a resume superseded', () => {
      const path = join(folder, 'events.jsonl');
      const log = new EventLog(path);
      const step = {
        type: 'step',
        phase: 'search',
        index: 0,
        epoch: 0,
        loss: 1,
        accuracy: 0,
        learningRate: 1,
      } as const;
      log.append({ ...step, step: 1 });
      log.append({ ...step, step: 2 });
      log.append({ type: 'resumed', keep: 0, engine: 'fused engine 1' });
      log.append({ ...step, step: 2, loss: 0.5 });
      log.close();
      const state = replayRun(readEventLog(path).events);
      assert.deepEqual(
        state.steps.map((s) => [s.step, s.loss]),
        [
          [1, 1],
          [2, 0.5],
        ],
      );
    });
  });

  describe('folders', () => {
    const options = {
      name: 'My "Search"/../x',
      config: configSchema.parse({}),
      configFile: '/a/b.nas.json',
      configFolder: '/a',
      tool: 'test',
      now: new Date('2026-01-02T03:04:05Z'),
    };

    it('are named after time and config, stay inside the parent, and do not collide', () => {
      const one = RunFolder.create(folder, options);
      const two = RunFolder.create(folder, options);
      assert.equal(one.run.runId, '2026-01-02-030405-my-search-x');
      assert.notEqual(one.path, two.path);
      assert.deepEqual(
        listRuns(folder)
          .map((run) => run.run.runId)
          .sort(),
        [one.run.runId, two.run.runId].sort(),
      );
      assert.deepEqual(RunFolder.open(one.path).run, one.run);
    });

    it('explain what is wrong with a folder that is none', () => {
      assert.throws(() => RunFolder.open(folder), /config.json does not exist/);
      writeFileSync(join(folder, 'config.json'), '{"format":"other"}');
      assert.throws(
        () => RunFolder.open(folder),
        (e: UserError) => e.code === 'run-folder',
      );
      writeFileSync(join(folder, 'config.json'), '{');
      assert.throws(() => RunFolder.open(folder), /not valid JSON/);
    });

    it('of another version are refused with a sentence, by all that reads them', async () => {
      const { path } = RunFolder.create(folder, options);
      const file = join(path, 'config.json');
      const run = JSON.parse(readFileSync(file, 'utf8')) as { config: object };
      const refusal = /version: another version of NAS Workbench made this run, so start the search anew/;
      // Their configs had another key for the engine, and their events named none.
      const { engine: backend, ...config } = configSchema.parse({});
      for (const older of [
        { ...run, version: 1 },
        { ...run, version: 2, config: { ...config, backend } },
      ]) {
        writeFileSync(file, JSON.stringify(older));
        writeFileSync(join(path, 'events.jsonl'), '{"seq":0,"time":1,"type":"run","backend":"fused"}\n');
        assert.throws(() => RunFolder.open(path), { code: 'run-folder', message: refusal });
        const out = ['--language', 'keras', '--out', folder];
        for (const command of [['trials'], ['resume'], ['generate', '--epoch', '1', ...out]]) {
          const { code, printed } = await nasHere([...command, path]);
          assert.equal(code, 2, printed);
          assert.match(printed, refusal);
        }
        assert.deepEqual(listRuns(folder), []);
      }
    });

    it('say which key of theirs is missing', () => {
      const { path, run } = RunFolder.create(folder, options);
      writeFileSync(join(path, 'config.json'), JSON.stringify({ ...run, createdAt: undefined }));
      assert.throws(() => RunFolder.open(path), /cannot be used: createdAt is missing\./);
    });

    describe('that were moved', () => {
      const files = { trainImages: 'a', trainLabels: 'b', testImages: 'c', testLabels: 'd' };
      const own = configSchema.parse({ data: { set: 'idx', files } });

      /** A project with a config, its data and a run. */
      function project(name: string): RunFolder {
        const configFolder = join(folder, name);
        mkdirSync(configFolder);
        const configFile = join(configFolder, 'own.nas.json');
        for (const file of ['own.nas.json', ...Object.values(files)])
          writeFileSync(join(configFolder, file), '');
        return RunFolder.create(join(configFolder, 'runs'), {
          ...options,
          config: own,
          configFile,
          configFolder,
        });
      }

      it('together with config and data find them at the new place', () => {
        const { run } = project('before');
        renameSync(join(folder, 'before'), join(folder, 'after'));
        const moved = RunFolder.open(join(folder, 'after', 'runs', run.runId));
        assert.equal(moved.run.configFile, join(folder, 'after', 'own.nas.json'));
        assert.equal(moved.run.configFolder, join(folder, 'after'));
        moved.requireFiles();
      });

      it('as a copy read the copied data, not those that they were made with', () => {
        const { run } = project('before');
        cpSync(join(folder, 'before'), join(folder, 'copy'), { recursive: true });
        assert.equal(
          RunFolder.open(join(folder, 'copy', 'runs', run.runId)).run.configFolder,
          join(folder, 'copy'),
        );
      });

      it('without their config find it where it was', () => {
        const { path, run } = project('before');
        const archived = join(folder, 'archive', 'deep', run.runId);
        mkdirSync(join(folder, 'archive', 'deep'), { recursive: true });
        renameSync(path, archived);
        assert.equal(RunFolder.open(archived).run.configFolder, join(folder, 'before'));
      });

      it('say which files are missing, and remember where they are told that the config is', () => {
        const { path, run } = project('before');
        const archived = join(folder, 'archive', 'deep', run.runId);
        mkdirSync(join(folder, 'archive', 'deep'), { recursive: true });
        renameSync(path, archived);
        renameSync(join(folder, 'before'), join(folder, 'elsewhere'));
        const lost = RunFolder.open(archived);
        assert.throws(
          () => lost.requireFiles(),
          (error: UserError) =>
            error.message.includes(`data.files.trainImages ${join(folder, 'before', 'a')}`) &&
            /nas resume .* --config FILE/.test(error.hint ?? ''),
        );
        assert.throws(() => RunFolder.open(archived, join(folder, 'no.nas.json')), /does not exist/);
        RunFolder.open(archived, join(folder, 'elsewhere', 'own.nas.json')).requireFiles();
        RunFolder.open(archived).requireFiles();
      });
    });

    it('say it when the parent is a file', () => {
      writeFileSync(join(folder, 'file'), '');
      assert.throws(
        () => RunFolder.create(join(folder, 'file'), options),
        (e: UserError) => e.code === 'not-a-folder',
      );
    });

    it('are worked on by one process at a time', () => {
      const run = RunFolder.create(folder, options);
      const unlock = run.lock();
      unlock();
      const path = join(run.path, 'lock');
      const owner = { pid: process.pid, host: hostname(), token: 'other' };
      // Where nobody knows when it began, a live process has it.
      writeFileSync(path, JSON.stringify(owner));
      const held = {
        code: 'locked',
        message: `This run is already being worked on by process ${process.pid}.`,
      };
      assert.throws(
        () => run.lock(),
        (e: UserError) => e.code === held.code && e.message === held.message && e.hint!.includes(path),
      );
      assert.equal(readFileSync(path, 'utf8'), JSON.stringify(owner));
      // Another machine's processes cannot be asked about.
      writeFileSync(path, JSON.stringify({ ...owner, pid: 2 ** 22 + 1, host: 'elsewhere' }));
      assert.throws(() => run.lock(), /by process 4194305 on elsewhere\.$/);
    });

    it('are taken from a process that is gone, whose number came again, or whose lock was cut', () => {
      const run = RunFolder.create(folder, options);
      const path = join(run.path, 'lock');
      const owner = { pid: process.pid, host: hostname(), token: 'other' };
      const stale = [
        JSON.stringify({ ...owner, pid: 2 ** 22 + 1 }),
        ...(process.platform === 'win32' ? [] : [JSON.stringify({ ...owner, started: 'long ago' })]),
        '{"pid": 1',
        '',
      ];
      for (const text of stale) {
        writeFileSync(path, text);
        const unlock = run.lock();
        assert.notEqual(readFileSync(path, 'utf8'), text);
        unlock();
        assert.deepEqual(
          readdirSync(run.path).filter((name) => name.startsWith('lock')),
          [],
        );
      }
    });

    it('that have links in them are not worked in', function () {
      if (process.platform === 'win32') this.skip();
      const outside = join(folder, 'outside');
      writeFileSync(outside, 'mine');
      for (const name of ['lock', 'events.jsonl', 'checkpoint', 'result.json']) {
        const run = RunFolder.create(folder, options);
        symlinkSync(outside, join(run.path, name));
        assert.throws(
          () => run.lock(),
          (e: UserError) => e.code === 'links' && e.message.startsWith(`${name} in the run folder`),
        );
      }
      const run = RunFolder.create(folder, options);
      mkdirSync(join(run.path, 'checkpoint'));
      symlinkSync(outside, join(run.path, 'checkpoint', '00000001.checkpoint'));
      assert.throws(() => run.lock(), /is a link/);
      assert.equal(readFileSync(outside, 'utf8'), 'mine');
    });
  });
});
