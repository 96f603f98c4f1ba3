/** What activation does, costs and does not load. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
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

  it('measures its two parts, and loads one file of at most 2 MB', async () => {
    const { activation } = await activated();
    const total = (kind: 'wall' | 'cpu') => activation.reduce((sum, cost) => sum + cost[kind], 0);
    console.log(
      `      activated in ${total('wall').toFixed(1)} ms, ${total('cpu').toFixed(1)} ms of them on a processor`,
    );
    assert.equal(activation.length, 2);
    assert.ok(total('wall') > 0);
    const { extensionPath, packageJSON } = vscode.extensions.getExtension(extensionId)!;
    const code = path.join(extensionPath, packageJSON.main);
    // What is not loaded costs no time; a new large library in the bundle is what would.
    assert.ok(statSync(code).size < 2e6, `${statSync(code).size} bytes`);
    const own = Object.keys(require.cache).filter((file) =>
      file.startsWith(path.join(extensionPath, 'dist')),
    );
    assert.deepEqual(
      own.filter((file) => file !== code),
      [],
    );
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
      'NAS: Copy Genotype as Published Text',
      'NAS: Draw Genotype',
      'NAS: Export Trained Network…',
      'NAS: Generate Code',
      'NAS: Import Genotype…',
      'NAS: Look at Data',
      'NAS: New Search Config',
      'NAS: Open Dashboard',
      'NAS: Resume',
      'NAS: Run NAS',
      'NAS: Set Up Native TensorFlow',
      'NAS: Show Log',
      'NAS: Train Architecture…',
    ]);
  });
});
