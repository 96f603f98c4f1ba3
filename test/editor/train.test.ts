/** Train Architecture as a person does it: a genotype, the data of a config, and how. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { readGenotypeFile } from '../../src/generate/readGenotype';
import { RunFolder } from '../../src/runs/runFolder';
import { until } from './harness/until';
import { user } from './harness/user';
import { activated, dashboardState, event, fixture, newRun, tidyUp } from './support';

describe('Train Architecture', () => {
  const genotype = fixture('genotype.json');
  before(function () {
    if (!user.present) this.skip();
    return activated();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('notifications.hideList');
    await tidyUp();
  });

  const fileOf = () => readGenotypeFile(readFileSync(genotype.fsPath, 'utf8'), 'genotype');
  const start = () => void vscode.commands.executeCommand('nas.trainArchitecture', genotype);

  it('trains it on the data of a config, and shows what is trained and what came out', async () => {
    const folder = await newRun(async () => {
      start();
      await user.pick('tiny');
      await user.pick('As the Config Says');
    });
    await event(folder, 'finished', 120_000);
    const { config, name } = RunFolder.open(folder).run;
    assert.match(name, / training$/);
    assert.equal(config.final.channels, 4);
    assert.deepEqual(config.architecture, fileOf());
    await dashboardState('Finished');
    assert.equal(await user.inWebview('.given-panel h2').text(), 'Architecture');
    assert.match(await user.inWebview('.run-header').text(), /Task\s*training, seed/);
    assert.match(await user.inWebview('.run-header').text(), /Network: [\d.]+\s% on the test split/);
    assert.equal(await user.inWebview('.alpha-panel').isVisible(), false);
    await user.screenshot('training');
    // The last way is the first of the list from now on.
    start();
    await user.pick('tiny');
    const first = user.inWorkbench('.quick-input-list .monaco-list-row', { hasText: 'last time' });
    assert.match((await first.attribute('aria-label'))!, /^As the Config Says, last time/);
    assert.equal(await first.attribute('data-index'), '0');
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  });

  it('writes a config of the training, to be changed before it starts', async () => {
    start();
    await user.pick('tiny');
    await user.pick('Change the Config First…');
    await user.pick(`${fileOf().origin.name}-training.nas.json`);
    const { document } = await until('the config in an editor', () => {
      const active = vscode.window.activeTextEditor;
      return active?.document.fileName.endsWith('-training.nas.json') && active;
    });
    try {
      const written = JSON.parse(document.getText()) as Record<string, Record<string, unknown>>;
      assert.equal(written['architecture'], 'genotype.json');
      assert.deepEqual(Object.keys(written['final']!).slice(0, 3), ['epochs', 'cells', 'channels']);
      assert.deepEqual([written['final']!['epochs'], written['final']!['labelSmoothing']], [10, 0.1]);
      assert.equal(written['data']!['set'], 'synthetic');
      assert.equal(written['strategy'], undefined);
      assert.deepEqual(vscode.languages.getDiagnostics(document.uri), []);
      await user.screenshot('training-config');
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      if (existsSync(document.fileName)) await vscode.workspace.fs.delete(document.uri);
    }
  });
});
