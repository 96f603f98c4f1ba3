/** Set Up Native TensorFlow asks before it downloads anything. */
import assert from 'node:assert/strict';
import { user } from './harness/user';
import { activated, tidyUp } from './support';

describe('Set Up Native TensorFlow', () => {
  before(function () {
    if (!user.present) this.skip();
    return activated();
  });
  afterEach(tidyUp);

  it('says how much comes from where, under which licence, and takes no for an answer', async () => {
    await user.palette('NAS: Set Up Native TensorFlow');
    const dialog = user.inWorkbench('.monaco-dialog-box');
    const text = await dialog.text();
    for (const fact of [/270 MB/, /npm and PyPI/, /Apache License 2\.0/, /native/, /delete that folder/])
      assert.match(text, fact);
    await user.inWorkbench('.monaco-dialog-box .monaco-button', { hasText: 'Cancel' }).click();
    await dialog.waitFor('hidden');
    assert.equal(await user.inWorkbench('.notification-toast').count(), 0);
  });
});
