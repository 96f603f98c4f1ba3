import assert from 'node:assert/strict';
import { answeredBefore } from '../../../src/proof/answer';

describe('waiting for an answer', () => {
  const never = (): boolean => false;

  it('ends with the answer, or throws what it fails with', async () => {
    assert.equal(await answeredBefore(Promise.resolve(), never), true);
    await assert.rejects(answeredBefore(Promise.reject(new TypeError('a defect')), never), /a defect/);
  });

  it('ends without one when it is over, and goes on where it is asked again', async () => {
    let answer!: () => void;
    const pending = new Promise<void>((resolve) => (answer = resolve));
    let asked = 0;
    assert.equal(await answeredBefore(pending, () => ++asked === 3), false);
    assert.equal(asked, 3);
    answer();
    assert.equal(await answeredBefore(pending, never), true);
  });

  it('hears nothing of a failure that comes after it is over', async () => {
    let fail!: (error: Error) => void;
    const pending = new Promise<void>((_, reject) => (fail = reject));
    assert.equal(await answeredBefore(pending, () => true), false);
    const unheard: unknown[] = [];
    const listen = (error: unknown): void => void unheard.push(error);
    process.on('unhandledRejection', listen);
    try {
      fail(new Error('too late'));
      await new Promise(setImmediate);
      assert.deepEqual(unheard, []);
    } finally {
      process.off('unhandledRejection', listen);
    }
  });
});
