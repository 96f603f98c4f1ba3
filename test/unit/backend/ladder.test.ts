import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installName, listNative } from '../../../src/backend/native';
import { type SetupOptions, setUpNative } from '../../../src/backend/setup';
import { recentFailure, rememberOutcome } from '../../../src/backend/setup/lastFailure';
import { run } from '../../../src/backend/setup/run';
import type { Rung, RungContext } from '../../../src/backend/setup/types';
import { UserError } from '../../../src/errors';
import { restoreEnvironment, soundBinding, useTemporaryFolder, writeInstall } from './support';

describe('ladder of the native set-up', () => {
  const folder = useTemporaryFolder();
  restoreEnvironment('NAS_CACHE_DIR', 'NAS_NATIVE_DIR');
  const root = () => path.join(folder(), 'native');
  const options = (changes: Partial<SetupOptions> = {}): SetupOptions => ({
    folder: root(),
    onProgress: () => undefined,
    ...changes,
  });
  const tried: string[] = [];

  beforeEach(() => {
    process.env['NAS_CACHE_DIR'] = path.join(folder(), 'cache');
    delete process.env['NAS_NATIVE_DIR'];
    tried.length = 0;
  });

  function rung(title: string, build: (context: RungContext) => void | Promise<void>): Rung {
    return {
      name: 'wheel',
      title,
      build: async (context) => {
        tried.push(title);
        assert.deepEqual(readdirSync(context.work), []);
        await build(context);
        return { binding: 'binding.js', libraries: ['library'], tfjsNode: '4.22.0' };
      },
    };
  }

  function writeOutput({ work, downloads }: RungContext, binding = soundBinding): void {
    mkdirSync(downloads, { recursive: true });
    writeFileSync(path.join(downloads, 'wheel'), 'large');
    writeFileSync(path.join(work, 'binding.js'), binding);
    writeFileSync(path.join(work, 'library'), 'abc');
  }

  const works = (title: string) => rung(title, (context) => writeOutput(context));
  const fails = (title: string, error: Error) =>
    rung(title, ({ work }) => {
      writeFileSync(path.join(work, 'half'), '');
      throw error;
    });

  it('ends with the first rung that works, in place and with its manifest', async () => {
    const result = await setUpNative(options(), [works('first'), works('second')]);
    assert.deepEqual(tried, ['first']);
    assert.equal(result.rung, 'wheel');
    assert.equal(result.summary, 'Native TensorFlow 9.8.7 is set up (first).');
    assert.deepEqual(readdirSync(root()), [installName('9.8.7')]);
    const [install] = listNative(root());
    assert.deepEqual(install?.manifest.files['library'], {
      bytes: 3,
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
    assert.equal(result.install?.folder, install?.folder);
  });

  it('goes on after a rung that fails, from an empty folder, and keeps the reason', async () => {
    const mendable = new UserError('Not found: make.', 'Install it.');
    const result = await setUpNative(options(), [fails('first', mendable), works('second')]);
    assert.deepEqual(tried, ['first', 'second']);
    assert.deepEqual(result.failed, [{ rung: 'first', problem: 'Not found: make. Install it.' }]);
    assert.equal(result.tensorflow, '9.8.7');
  });

  it('does not take a library that crashes', async () => {
    const crashing = rung('crashing', (context) => writeOutput(context, 'process.abort();'));
    const result = await setUpNative(options(), [crashing, works('second')]);
    assert.match(result.failed[0]?.problem ?? '', /was built but does not work: it crashed/);
    assert.equal(result.rung, 'wheel');
  });

  it('ends with wasm where no rung works, and leaves no work behind', async () => {
    const result = await setUpNative(options(), [fails('first', new Error('no network'))]);
    assert.equal(result.rung, 'wasm');
    assert.match(result.summary, /wasm backend is used/);
    assert.deepEqual(readdirSync(root()), []);
  });

  it('does nothing where a set-up works', async () => {
    writeInstall(path.join(root(), installName('9.8.7')));
    const result = await setUpNative(options(), [works('first')]);
    assert.deepEqual([result.already, tried], [true, []]);
  });

  it('replaces a broken one of the same version', async () => {
    writeInstall(path.join(root(), installName('9.8.7')), 'process.abort();');
    const result = await setUpNative(options(), [works('first')]);
    assert.deepEqual([result.already, result.tensorflow], [false, '9.8.7']);
  });

  it('keeps the download only when told to', async () => {
    await setUpNative(options({ keepDownloads: true }), [works('first')]);
    assert.ok(existsSync(path.join(root(), 'downloads', 'wheel')));
  });

  it('stops at a cancel, ends what runs, and keeps the download for the next time', async () => {
    const controller = new AbortController();
    const waiting = rung('waiting', async (context) => {
      writeOutput(context);
      const forEver = ['-e', "console.log('begun'); setInterval(() => {}, 1000)"];
      await run(process.execPath, forEver, { signal: context.signal, onLine: () => controller.abort() });
    });
    const setup = setUpNative(options({ signal: controller.signal }), [waiting, works('second')]);
    await assert.rejects(setup, { code: 'cancelled' });
    assert.deepEqual(tried, ['waiting']);
    assert.deepEqual(readdirSync(root()), ['downloads']);
  });

  it('runs once at a time', async () => {
    let second: Promise<unknown> | undefined;
    const first = rung('first', async (context) => {
      second = setUpNative(options(), [works('second')]);
      await assert.rejects(second, { code: 'locked' });
      writeOutput(context);
    });
    const result = await setUpNative(options(), [first]);
    assert.deepEqual([result.rung, tried], ['wheel', ['first']]);
  });

  it('remembers for a day that nothing worked', async () => {
    const result = await setUpNative(options(), [fails('first', new Error('no network'))]);
    const hour = 3600 * 1000;
    await rememberOutcome(root(), result, 0);
    assert.deepEqual(await recentFailure(root(), 23 * hour), result);
    assert.equal(await recentFailure(root(), 25 * hour), undefined);
    await rememberOutcome(root(), await setUpNative(options(), [works('second')]), 0);
    assert.equal(await recentFailure(root(), hour), undefined);
  });
});
