/** Set Up Native TensorFlow asks before it downloads anything. */
import assert from 'node:assert/strict';
import { user } from './harness/user';
import { activated, refusedDialog, tidyUp } from './support';

describe('Set Up Native TensorFlow', () => {
  before(function () {
    if (!user.present) this.skip();
    return activated();
  });
  afterEach(tidyUp);

  it('starts nothing without consent', async () => {
    await user.palette('NAS: Set Up Native TensorFlow');
    await refusedDialog();
    const toasts = await user.inWorkbench('.notification-toast .notification-list-item-message').texts();
    assert.equal(toasts.length, 1, toasts.join('\n'));
  });
});
