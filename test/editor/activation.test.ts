/** What activation does, costs and does not load. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/editor/ids';
import { until } from './harness/until';
import { user } from './harness/user';
import { activated, extensionId } from './support';

/** Native libraries of this process. */
function loadedLibraries(): string[] {
  return (process.report.getReport() as { sharedObjects: string[] }).sharedObjects;
}

describe('activation', () => {
  it('comes by itself in a workspace with a config', async () => {
    await until('the extension', () => vscode.extensions.getExtension(extensionId)?.isActive);
  });

  it('takes less than 100 ms', async () => {
    const { activation } = await activated();
    const total = (kind: 'wall' | 'cpu') => activation.reduce((sum, cost) => sum + cost[kind], 0);
    console.log(
      `      activated in ${total('wall').toFixed(1)} ms, ${total('cpu').toFixed(1)} ms of them on a processor`,
    );
    assert.equal(activation.length, 2);
    // A machine that is busy with other things lengthens the wall time alone.
    const cost = Math.min(total('wall'), total('cpu'));
    assert.ok(cost > 0 && cost < 100, `${cost} ms`);
  });

  it('loads no tensor library', async () => {
    await activated();
    const tensors = /tfjs|tensorflow/i;
    assert.deepEqual(
      Object.keys(require.cache).filter((file) => tensors.test(file)),
      [],
    );
    assert.deepEqual(
      loadedLibraries().filter((file) => tensors.test(file)),
      [],
    );
  });

  it('registers the commands of the manifest', async () => {
    await activated();
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.values(commands).filter((command) => !registered.has(command)),
      [],
    );
  });

  it('offers its commands in the palette, those for a run only during one', async function () {
    if (!user.present) return this.skip();
    await activated();
    await user.press('F1');
    await user.type('NAS: ');
    const rows = user.inWorkbench('.quick-input-list .monaco-list-row .label-name');
    await user.inWorkbench('.quick-input-list .monaco-list-row', { hasText: 'NAS: Run NAS' }).waitFor();
    const offered = (await rows.texts()).filter((title) => title.startsWith('NAS: '));
    await user.press('Escape');
    assert.deepEqual(offered.toSorted(), [
      'NAS: Generate Code',
      'NAS: New Search Config',
      'NAS: Open Dashboard',
      'NAS: Resume',
      'NAS: Run NAS',
      'NAS: Set Up Native TensorFlow',
      'NAS: Show Log',
    ]);
  });
});
