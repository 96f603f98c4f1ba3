import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { environmentOf, endAll, processesOf } from '../../../scripts/vscode/processes.mjs';

describe('processes of a run', () => {
  it('take nothing over from a VS Code that started them', () => {
    const env = environmentOf('id', '/run', {
      PATH: '/bin',
      VSCODE_IPC_HOOK_CLI: 'x',
      ELECTRON_RUN_AS_NODE: '1',
      NODE_CHANNEL_FD: '3',
    });
    assert.deepEqual(Object.keys(env).sort(), [
      'EXTENSIONS_GALLERY',
      'NAS_EDITOR_RUN',
      'PATH',
      'TMPDIR',
      'XDG_RUNTIME_DIR',
    ]);
  });

  it('are found and ended with their children, and others are left alone', async () => {
    const idle = 'setInterval(() => {}, 1000);';
    const parent = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'console.log("up"); ${idle}']);
      child.stdout.once('data', () => process.send('up'));
      ${idle}`;
    const start = (/** @type {string} */ id) => {
      const options = {
        env: environmentOf(id, '/run'),
        stdio: /** @type {const} */ (['ignore', 'ignore', 'inherit', 'ipc']),
      };
      return spawn(process.execPath, ['-e', parent], options);
    };
    const [mine, other] = [start('test-mine'), start('test-other')];
    try {
      await Promise.all([once(mine, 'message'), once(other, 'message')]);
      const run = { id: 'test-mine', roots: [mine.pid ?? 0] };
      assert.equal(processesOf(run).length, 2);
      await endAll(run);
      assert.deepEqual(processesOf(run), []);
      assert.equal(other.exitCode ?? other.signalCode, null);
    } finally {
      await endAll({ id: 'test-other', roots: [other.pid ?? 0] });
      await endAll({ id: 'test-mine', roots: [mine.pid ?? 0] });
    }
  });
});
