/** Generate Code as a person does it: language, place, preview, file. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { configSchema } from '../../src/config/schema';
import { readGenotypeFile } from '../../src/generate/readGenotype';
import { EventLog } from '../../src/runs/eventLog';
import { RunFolder } from '../../src/runs/runFolder';
import type { Genotype } from '../../src/space/genotype';
import { until } from './harness/until';
import { user } from './harness/user';
import { activated, fixture, open, tidyUp } from './support';

const target = fixture('tiny.ts');
/** Where a run is that has an earlier epoch, and the code of that. */
const earlierRun = fixture('earlier');
const earlierCode = fixture('tiny-epoch-1.ts');

/** The code as it would be written to a place. */
const previewed = (place = target) =>
  vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'nas-preview' && uri.path === place.path);

/** From the palette to the question whether to write. */
async function toQuestion(): Promise<vscode.TextDocument> {
  await open('genotype.json');
  await user.palette('NAS: Generate Code');
  await user.pick('TypeScript');
  await user.pick('tiny.ts');
  return until('the preview', () => previewed());
}

async function written(place = target): Promise<vscode.TextDocument> {
  const editor = await until('the file in an editor', () => {
    const active = vscode.window.activeTextEditor;
    return active?.document.uri.toString() === place.toString() && active;
  });
  return editor.document;
}

/** More often than anything here can be undone. */
async function undoAll(): Promise<void> {
  for (let press = 0; press < 10; press++) await vscode.commands.executeCommand('undo');
}

describe('Generate Code', () => {
  before(function () {
    if (!user.present) this.skip();
    return activated();
  });
  afterEach(async () => {
    await tidyUp();
    for (const uri of [target, earlierRun, earlierCode]) {
      if (existsSync(uri.fsPath)) await vscode.workspace.fs.delete(uri, { recursive: true });
    }
  });

  it('shows the code, writes it when told to, and opens it, saved', async () => {
    const preview = await toQuestion();
    assert.match(preview.getText(), /sep_conv_3x3/);
    assert.equal(existsSync(target.fsPath), false);
    const text = preview.getText();
    await user.pick('Write tiny.ts');
    const document = await written();
    assert.equal(document.getText(), text);
    assert.equal(document.isDirty, false);
    assert.equal(readFileSync(target.fsPath, 'utf8'), text);
    await until('the preview to be closed', () => {
      const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
      return tabs.every(
        ({ input }) => !(input instanceof vscode.TabInputText && input.uri.scheme === 'nas-preview'),
      );
    });
  });

  it('writes nothing when told not to', async () => {
    await toQuestion();
    await user.pick('Cancel');
    await until(
      'the preview to be closed',
      () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length === 1,
    );
    assert.equal(existsSync(target.fsPath), false);
  });

  it('shows the difference to a file that is there, and replaces it so that it can be undone', async () => {
    const old = '// mine\n';
    await vscode.workspace.fs.writeFile(target, Buffer.from(old));
    const preview = await toQuestion();
    await until('a difference', () =>
      vscode.window.tabGroups.all.some(
        ({ activeTab }) => activeTab?.input instanceof vscode.TabInputTextDiff,
      ),
    );
    assert.equal(readFileSync(target.fsPath, 'utf8'), old);
    const text = preview.getText();
    await user.pick('Replace tiny.ts');
    const document = await written();
    await until('the new text', () => readFileSync(target.fsPath, 'utf8') === text);
    await vscode.commands.executeCommand('undo');
    await until('the old text', () => document.getText() === old);
    await undoAll();
    assert.equal(document.getText(), old);
    await document.save();
    assert.equal(readFileSync(target.fsPath, 'utf8'), old);
  });

  it('leaves the new file on disk, however often undo is pressed', async () => {
    const text = (await toQuestion()).getText();
    await user.pick('Write tiny.ts');
    const document = await written();
    await undoAll();
    assert.notEqual(document.getText(), text);
    assert.equal(readFileSync(target.fsPath, 'utf8'), text, 'nothing was saved since');
    for (let press = 0; press < 10; press++) await vscode.commands.executeCommand('redo');
    assert.equal(document.getText(), text);
    for (const word of ['// of', ' my', ' own']) {
      const edit = new vscode.WorkspaceEdit();
      edit.insert(target, new vscode.Position(0, 0), word);
      assert.equal(await vscode.workspace.applyEdit(edit), true);
    }
    assert.equal(await document.save(), true);
    const saved = readFileSync(target.fsPath, 'utf8');
    assert.notEqual(saved, text);
    await undoAll();
    assert.equal(readFileSync(target.fsPath, 'utf8'), saved);
  });

  it('writes the code of an earlier epoch of a run, and keeps its genotype there', async () => {
    const last = readGenotypeFile(readFileSync(fixture('genotype.json').fsPath, 'utf8'), 'genotype.json');
    const { genotype } = last;
    assert.ok(genotype.space === 'cell' && JSON.stringify(genotype).includes('sep_conv_3x3'));
    const other = JSON.stringify(genotype).replaceAll('sep_conv_3x3', 'dil_conv_5x5');
    const first = JSON.parse(other) as Genotype;
    const configFile = fixture('tiny.nas.json').fsPath;
    const run = RunFolder.create(earlierRun.fsPath, {
      ...{ name: 'tiny', tool: 'test', configFile, configFolder: path.dirname(configFile) },
      config: configSchema.parse({ data: { set: 'synthetic' } }),
    });
    const log = new EventLog(run.eventsPath);
    log.append({ type: 'genotype', epoch: 0, genotype: first });
    log.append({ type: 'genotype', epoch: 1, genotype });
    log.close();
    run.writeGenotype(last);

    await vscode.window.showTextDocument(vscode.Uri.file(run.genotypePath), { preview: false });
    await user.palette('NAS: Generate Code');
    await user.pick('Choose an Earlier Epoch or Trial…');
    await user.pick('Epoch 1');
    await user.pick('TypeScript');
    await user.pick('tiny-epoch-1.ts');
    const preview = await until('the preview', () => previewed(earlierCode));
    const text = preview.getText();
    assert.match(text, /dil_conv_5x5/);
    assert.doesNotMatch(text, /sep_conv_3x3/);
    await user.pick('Write tiny-epoch-1.ts');
    await written(earlierCode);
    assert.equal(readFileSync(earlierCode.fsPath, 'utf8'), text);
    const kept = path.join(run.path, 'genotype-epoch-1.json');
    assert.deepEqual(readGenotypeFile(readFileSync(kept, 'utf8'), kept).genotype, first);
    assert.deepEqual(run.readGenotype()?.genotype, genotype);
  });

  it('refuses a genotype that is none, and says why', async () => {
    const broken = fixture('broken/genotype.json');
    await vscode.workspace.fs.writeFile(
      broken,
      Buffer.from('{ "format": "nas-workbench/genotype", "version": 1 }'),
    );
    await vscode.window.showTextDocument(broken);
    await user.palette('NAS: Generate Code');
    const toast = user.inWorkbench('.notification-toast .notification-list-item-message');
    assert.match(await toast.text(), /genotype/);
    await vscode.workspace.fs.delete(fixture('broken'), { recursive: true });
  });
});
