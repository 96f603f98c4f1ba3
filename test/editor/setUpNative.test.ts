/** Set Up Native TensorFlow asks before it downloads anything. */
import assert from 'node:assert/strict';
import { until } from './harness/until';
import { user } from './harness/user';
import { activated, tidyUp } from './support';

describe('Set Up Native TensorFlow', () => {
  before(function () {
    if (!user.present) this.skip();
    return activated();
  });
  afterEach(tidyUp);

  it('downloads nothing without consent: either it is there already, or a dialog asks first', async () => {
    await user.palette('NAS: Set Up Native TensorFlow');
    const toasts = user.inWorkbench('.notification-toast .notification-list-item-message');
    // The probe of a set-up that is there may take a while.
    const messages = await until(
      'an answer',
      async () => (await toasts.texts()).length > 0 && toasts.texts(),
      60_000,
    );
    assert.equal(messages.length, 1);
    assert.match(messages[0]!, /refused to show dialog in tests|is set up and works/);
  }).timeout(90_000);
});
