import assert from 'node:assert/strict';
import { run, tellingLine } from '../../../src/backend/setup/run';

/**
 * A program that starts one of its own which waits for ever, and waits too. Both hold the output open: a command is over
 * only once both have ended, so a child that is left alive makes a test run into its time limit.
 */
const family = `
const endless = "console.log('begun'); setInterval(() => {}, 1000)";
require('node:child_process').spawn(process.execPath, ['-e', endless], { stdio: 'inherit' });
setInterval(() => {}, 1000);
`;

describe('commands of a set-up', () => {
  it('return what they print', async () => {
    assert.equal(await run(process.execPath, ['-p', '6 * 7']), '42\n');
  });

  it('fail with the line that says most', async () => {
    const program =
      "console.error('a.cc:3:1: error: no such type'); console.error('make: leaving'); process.exit(3)";
    await assert.rejects(
      run(process.execPath, ['-e', program]),
      /ended with code 3: a\.cc:3:1: error: no such type$/,
    );
    assert.equal(tellingLine(['ERROR: No matching distribution', 'bye']), 'ERROR: No matching distribution');
    assert.equal(tellingLine(['one', 'two']), 'two');
  });

  it('end with all their children when the set-up is cancelled', async () => {
    const controller = new AbortController();
    const onLine = () => controller.abort();
    const running = run(process.execPath, ['-e', family], { signal: controller.signal, onLine });
    await assert.rejects(running, { code: 'cancelled' });
  });

  it('do not begin once it is cancelled', async () => {
    await assert.rejects(async () => run('no-such-program', [], { signal: AbortSignal.abort() }), {
      code: 'cancelled',
    });
  });

  it('end when they no longer get on', async () => {
    let begun = false;
    const running = run(process.execPath, ['-e', family], {
      onLine: () => (begun = true),
      giveUp: () => (begun ? 'nothing arrived' : undefined),
    });
    await assert.rejects(running, /^Error: nothing arrived$/);
  });

  it('that do not exist say so', async () => {
    await assert.rejects(run('no-such-program', []), /ENOENT/);
  });
});
