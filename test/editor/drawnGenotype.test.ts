/** Genotype files as a person meets them: the line above the text, and the page that draws them. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { user } from './harness/user';
import { activated, fixture, open, tidyUp } from './support';

describe('a genotype file', () => {
  const genotype = fixture('genotype.json');
  before(function () {
    if (!user.present) this.skip();
    return activated();
  });
  afterEach(tidyUp);

  const page = (selector: string, hasText?: string) =>
    user.inWebview(`.genotype-page ${selector}`, { hasText });

  it('has a line of what can be done with it above its text', async () => {
    await open('genotype.json');
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      genotype,
    );
    const titles = lenses.map(({ command }) => command?.title.replace(/^\$\([^)]*\) /, ''));
    assert.deepEqual(titles, ['Draw', 'Generate Code', 'Train…', 'Export…']);
  });

  it('is drawn with its costs and origin, follows its text, and says what is wrong with it', async () => {
    const document = await open('genotype.json');
    await vscode.commands.executeCommand('nas.drawGenotype', genotype);
    await page('h1', 'tiny').waitFor();
    assert.match(await page('.network-panel').text(), /Parameters\s+[\d,]+\s/);
    assert.match(await page('.origin-panel').text(), /Found by\s+darts/);
    assert.ok((await page('.architecture-panel svg .edge, .architecture-panel svg path').count()) > 4);
    await user.screenshot('genotype-page');
    const name = document.getText().indexOf('"tiny"');
    const change = new vscode.WorkspaceEdit();
    const at = (offset: number) => document.positionAt(offset);
    change.replace(genotype, new vscode.Range(at(name + 1), at(name + 5)), 'renamed');
    await vscode.workspace.applyEdit(change);
    await page('h1', 'renamed').waitFor();
    const broken = new vscode.WorkspaceEdit();
    broken.insert(genotype, at(0), '!');
    await vscode.workspace.applyEdit(broken);
    // The strip is there before, without a text.
    assert.match(await page('.strip.error', 'is not JSON').text(), /genotype\.json is not JSON/);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await page('h1', 'tiny').waitFor();
    assert.equal(await page('.strip.error').isVisible(), false);
    assert.equal(document.isDirty, false);
  });

  it('is exported only where there are weights, and opens as text again', async () => {
    await vscode.commands.executeCommand('nas.drawGenotype', genotype);
    await page('vscode-button[disabled]', 'Export…').waitFor();
    const disabled = await page('vscode-button', 'Export…').attribute('disabled');
    assert.notEqual(disabled, null);
    await page('vscode-button', 'Open the Text').click();
    await user.inWorkbench('.monaco-editor .view-line', { hasText: 'nas-workbench/genotype' }).waitFor();
  });
});
