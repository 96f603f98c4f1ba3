/** Import Genotype and Copy Genotype as Published Text as a person does them. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { readGenotypeFile } from '../../src/generate/readGenotype';
import { amoebanet, bench201Cells, dartsV2, nasnet } from '../support/published';
import { until } from './harness/until';
import { user } from './harness/user';
import { activated, fixture, open, tidyUp } from './support';

const imported = fixture('amoebanet.genotype.json');
const called = fixture('architecture-1.genotype.json');

async function inEditor(place: vscode.Uri): Promise<vscode.TextDocument> {
  const { document } = await until('the file in an editor', () => {
    const active = vscode.window.activeTextEditor;
    return active?.document.uri.toString() === place.toString() && active;
  });
  return document;
}

async function said(hasText: string): Promise<string> {
  await vscode.commands.executeCommand('notifications.showList');
  return user.inWorkbench('.notifications-center .notification-list-item-message', { hasText }).text();
}

describe('Import Genotype', () => {
  before(function () {
    if (!user.present) this.skip();
    return activated();
  });
  beforeEach(() => vscode.env.clipboard.writeText(''));
  afterEach(async () => {
    await vscode.commands.executeCommand('notifications.hideList');
    await tidyUp();
    for (const uri of [imported, called]) {
      if (existsSync(uri.fsPath)) await vscode.workspace.fs.delete(uri);
    }
  });

  it('takes one architecture of the document, as published, and opens its file, which undo empties', async () => {
    const content = `${nasnet}\n${amoebanet}\n`;
    const document = await vscode.workspace.openTextDocument({ language: 'python', content });
    await vscode.window.showTextDocument(document);
    void vscode.commands.executeCommand('nas.importGenotype');
    await user.pick('AmoebaNet');
    await user.pick('As Published');
    await user.pick('amoebanet.genotype.json');
    const { uri } = await inEditor(imported);
    const file = readGenotypeFile(readFileSync(uri.fsPath, 'utf8'), 'imported');
    assert.ok('cells' in file.network);
    assert.deepEqual([file.network.cells, file.network.channels], [20, 36]);
    assert.match(await said('AmoebaNet: '), /^AmoebaNet: \d,\d{3},\d{3} parameters, .*20 cells, 36 channels/);
    await vscode.commands.executeCommand('undo');
    assert.ok(existsSync(uri.fsPath));
  });

  it('takes the clipboard, and numbers of one’s own; the text comes back as it was', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.env.clipboard.writeText(bench201Cells[0]);
    void vscode.commands.executeCommand('nas.importGenotype');
    await user.pick('Other Numbers…');
    await user.answer('3 cells, 4 channels, 7 classes, images 14x14x1');
    await user.pick('architecture-1.genotype.json');
    await inEditor(called);
    const { network } = readGenotypeFile(readFileSync(called.fsPath, 'utf8'), 'imported');
    assert.deepEqual(network, {
      ...{ classes: 7, cells: 3, channels: 4, stemMultiplier: 1 },
      input: { height: 14, width: 14, channels: 1 },
    });
    await vscode.env.clipboard.writeText('');
    await vscode.commands.executeCommand('nas.copyText', called);
    assert.equal(await vscode.env.clipboard.readText(), `${bench201Cells[0]}\n`);
  });

  it('says what is wrong in a text, and writes nothing', async () => {
    const content = dartsV2.replace('dil_conv_3x3', 'conv_3x1_1x3');
    const document = await vscode.workspace.openTextDocument({ language: 'python', content });
    await vscode.window.showTextDocument(document);
    void vscode.commands.executeCommand('nas.importGenotype');
    assert.match(await said('unknown operation'), /unknown operation "conv_3x1_1x3"/);
    await open('genotype.json');
  });
});
