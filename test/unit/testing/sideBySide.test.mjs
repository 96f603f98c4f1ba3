import assert from 'node:assert/strict';
import { sideBySide } from '../../../scripts/testing/sideBySide.mjs';

/** Runs tasks whose ends the test decides, and notes what runs at once. */
function stage() {
  /** @type {Map<string, () => void>} */
  const open = new Map();
  /** @type {string[]} */
  const begun = [];
  return {
    open,
    begun,
    run: (/** @type {{ name: string }} */ { name }) => {
      begun.push(name);
      return /** @type {Promise<void>} */ (
        new Promise((resolve) =>
          open.set(name, () => {
            open.delete(name);
            resolve();
          }),
        )
      );
    },
    /** Ends a task, and gives the next ones the time to begin. */
    end: async (/** @type {string} */ name) => {
      open.get(name)?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('stages side by side', () => {
  it('take as many lanes as there are, in their order', async () => {
    const { begun, open, run, end } = stage();
    const all = sideBySide([{ name: 'a' }, { name: 'b' }, { name: 'c' }], 2, run);
    assert.deepEqual(begun, ['a', 'b']);
    await end('b');
    assert.deepEqual(begun, ['a', 'b', 'c']);
    await end('a');
    await end('c');
    assert.equal(open.size, 0);
    assert.deepEqual(await all, []);
  });

  it('let others pass while they wait for what comes before them', async () => {
    const { begun, run, end } = stage();
    const all = sideBySide(
      [{ name: 'late', after: ['a', 'not chosen'] }, { name: 'a' }, { name: 'b' }],
      2,
      run,
    );
    assert.deepEqual(begun, ['a', 'b']);
    await end('a');
    assert.deepEqual(begun, ['a', 'b', 'late']);
    await end('b');
    await end('late');
    await all;
  });

  it('need no lane where they only wait', async () => {
    const { begun, run, end } = stage();
    const all = sideBySide([{ name: 'download', waits: true }, { name: 'a' }, { name: 'b' }], 1, run);
    assert.deepEqual(begun, ['download', 'a']);
    await end('a');
    assert.deepEqual(begun, ['download', 'a', 'b']);
    await end('b');
    await end('download');
    await all;
  });

  it('begin no more once they are stopped, and say which did not run', async () => {
    const { run, end } = stage();
    let stopped = false;
    const all = sideBySide([{ name: 'a' }, { name: 'b' }], 1, run, () => stopped);
    stopped = true;
    await end('a');
    assert.deepEqual(await all, [{ name: 'b' }]);
  });

  it('that wait for each other are an error', async () => {
    const tasks = [
      { name: 'a', after: ['b'] },
      { name: 'b', after: ['a'] },
    ];
    await assert.rejects(
      sideBySide(tasks, 2, async () => undefined),
      /wait for each other: a, b/,
    );
  });
});
