import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { defaultThreads } from '../../src/threads';

describe('threads where nobody says how many', () => {
  it('are as many as OMP_NUM_THREADS names, of nested numbers the first', () => {
    for (const [value, threads] of [
      ['1', 1],
      ['3', 3],
      ['2,1', 2],
    ] as const)
      assert.equal(defaultThreads({ OMP_NUM_THREADS: value }), threads);
  });

  it('are all cores where it names none', () => {
    for (const value of [undefined, '', '0', '-2', '1.5', 'many'])
      assert.equal(defaultThreads({ OMP_NUM_THREADS: value }), availableParallelism(), String(value));
  });
});
