import assert from 'node:assert/strict';
import path from 'node:path';
import { chooseBackend } from '../../../src/backend/choose';
import { installName } from '../../../src/backend/native';
import { UserError } from '../../../src/errors';
import { restoreEnvironment, useTemporaryFolder, writeInstall } from './support';

describe('choice of a backend', () => {
  const folder = useTemporaryFolder();
  restoreEnvironment('NAS_CACHE_DIR', 'NAS_NATIVE_DIR');
  const setUp = (version: string, binding?: string) =>
    writeInstall(path.join(folder(), installName(version)), binding);
  const places = () => ({ nativeFolder: folder() });

  beforeEach(() => {
    process.env['NAS_CACHE_DIR'] = path.join(folder(), 'empty');
    delete process.env['NAS_NATIVE_DIR'];
  });

  it('takes native TensorFlow where it works', async () => {
    const { binding } = setUp('2.21.0');
    const reason = 'Native TensorFlow 9.8.7 is set up and works.';
    const chosen = { name: 'tensorflow', version: '9.8.7', reason, binding };
    assert.deepEqual(await chooseBackend('auto', places()), chosen);
  });

  it('takes an older set-up where the newest is broken', async () => {
    setUp('2.21.0', 'process.abort();');
    const { binding } = setUp('2.18.1');
    const chosen = await chooseBackend('tensorflow', places());
    assert.equal(chosen.name === 'tensorflow' && chosen.binding, binding);
  });

  it('falls back to wasm and says why and what to do', async () => {
    const chosen = await chooseBackend('auto', places());
    assert.equal(chosen.name, 'wasm');
    assert.match(chosen.reason, /^Native TensorFlow is not set up\..*reference engine takes.*nas setup/);
  });

  it('names the defect of a broken set-up', async () => {
    const { folder: broken } = setUp('2.21.0', 'process.abort();');
    const { reason } = await chooseBackend('auto', places());
    assert.ok(reason.startsWith(`Native TensorFlow in ${broken} does not work: it crashed`), reason);
  });

  it('falls back to cpu where even the .wasm files are missing', async () => {
    const chosen = await chooseBackend('auto', { ...places(), wasmFolder: folder() });
    assert.equal(chosen.name, 'cpu');
  });

  it('does not replace what was asked for', async () => {
    setUp('2.21.0');
    assert.equal((await chooseBackend('wasm', places())).name, 'wasm');
    assert.equal((await chooseBackend('cpu', places())).name, 'cpu');
  });

  it('refuses what was asked for and cannot be had, with the way out', async () => {
    const empty = { nativeFolder: path.join(folder(), 'empty'), wasmFolder: folder() };
    const refused = (code: string, hint: RegExp) => (error: unknown) =>
      error instanceof UserError && error.code === code && hint.test(error.hint ?? '');
    await assert.rejects(
      chooseBackend('tensorflow', empty),
      refused('native-missing', /nas setup.*Set Up Native TensorFlow/),
    );
    await assert.rejects(chooseBackend('wasm', empty), refused('wasm-missing', /again/));
  });
});
