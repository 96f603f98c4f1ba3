/** Pictures of one's own: from the context menu of their folder to a running search. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { encodePng } from '../support/pictures';
import { until } from './harness/until';
import { user } from './harness/user';
import { activated, event, fixture, newRun, notification, open, tidyUp } from './support';

/** Bright pictures and dark ones with a spot of colour, of two sizes. */
function writePictures(folder: string): void {
  for (const [name, count, level] of [
    ['bright', 40, 170],
    ['dark', 12, 40],
  ] as const) {
    mkdirSync(path.join(folder, name), { recursive: true });
    for (let i = 0; i < count; i++) {
      const shape = { height: 36 + (i % 2), width: 40, channels: 3 };
      const pixels = new Uint8Array(shape.height * shape.width * 3).fill(level + i);
      pixels[3 * i] = 255;
      writeFileSync(path.join(folder, name, `${i}.png`), encodePng(shape, pixels));
    }
  }
}

describe('a folder of pictures', function () {
  const remove = (name: string) =>
    Promise.resolve(vscode.workspace.fs.delete(fixture(name), { recursive: true })).catch(() => undefined);

  /** Folder of the run, which would stand among those that other tests open. */
  let run = '';

  before(async function () {
    if (!user.present) return this.skip();
    await activated();
    writePictures(fixture('photos').fsPath);
    mkdirSync(fixture('empty/notes').fsPath, { recursive: true });
  });
  afterEach(tidyUp);
  after(async () => {
    for (const name of ['photos', 'empty', 'photos.nas.json', 'photos-2.nas.json']) await remove(name);
    if (run) rmSync(run, { recursive: true, force: true });
  });

  /** As a person does it: a click with the right button, then the entry of the menu. */
  async function newConfigOn(folder: string): Promise<void> {
    await vscode.commands.executeCommand('workbench.view.explorer');
    await vscode.commands.executeCommand('revealInExplorer', fixture(folder));
    const row = user.inWorkbench('.explorer-folders-view .monaco-list-row.focused', { hasText: folder });
    await row.waitFor();
    await user.press('Shift+F10');
    // By the key, since menus ignore a button that is let go at once after they open.
    await user.inWorkbench('.context-view .action-label', { hasText: 'New Search Config' }).hover();
    await user.press('Enter');
    await user.pick(`Pictures in “${folder}”`);
  }

  it('becomes a config by its context menu, beside it, and that a running search by the line above it', async () => {
    const start = Date.now();
    await newConfigOn('photos');
    const { document } = await until('the config', () => {
      const active = vscode.window.activeTextEditor;
      return active?.document.uri.path.endsWith('/photos.nas.json') && active;
    });
    assert.equal(document.isDirty, false);
    const text = document.getText();
    assert.match(text, /^\/\/ 52 pictures in "photos", 2 classes: bright 40, dark 12\.$/m);
    assert.match(
      text,
      /"imageSize": 32,\s+"fit": "crop",\s+"colour": "rgb",[^{}]+"classWeights": "balanced"/,
    );
    assert.deepEqual(vscode.languages.getDiagnostics(document.uri), []);
    await user.screenshot('config-of-pictures');
    run = await newRun(() => user.inWorkbench('.codelens-decoration a', { hasText: 'Run NAS' }).click());
    await event(run, 'step');
    console.log(
      `      from the context menu to a running search in ${((Date.now() - start) / 1000).toFixed(1)} s`,
    );
  });

  it('gets a config of another name where there is one, which undo empties', async () => {
    await newConfigOn('photos');
    const { document } = await until('the second config', () => {
      const active = vscode.window.activeTextEditor;
      return active?.document.uri.path.endsWith('/photos-2.nas.json') && active;
    });
    await vscode.commands.executeCommand('undo');
    await until('nothing', () => document.getText() === '');
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('that is no data set is told what one looks like', async () => {
    await newConfigOn('empty');
    const message = await notification('one class folder');
    assert.match(
      message,
      /it has one class folder alone, notes\. Make a subfolder for each class, at least two/,
    );
  });

  it('is looked at from the line above data: counts, pictures, and files to open', async () => {
    const config = { preset: 'laptop', data: { set: 'folder', path: 'photos' } };
    await vscode.workspace.fs.writeFile(fixture('looked.nas.json'), Buffer.from(JSON.stringify(config)));
    await open('looked.nas.json');
    await user.inWorkbench('.codelens-decoration a', { hasText: 'Look at Data' }).click();
    const row = user.inWebview('.class-bars tbody tr', { hasText: 'bright', timeout: 60_000 });
    await row.waitFor();
    // Of 40 bright pictures a fifth tests, and half of the others validates.
    assert.deepEqual((await row.text()).split(/\s+/).filter(Boolean), ['bright', '16', '16', '8', '40']);
    await user.inWebview('.picture', { index: 0 }).waitFor();
    assert.equal(await user.inWebview('.picture').count(), 21);
    await user.screenshot('data-page');
    await user.inWebview('.picture', { index: 0 }).click();
    const opened = () =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .find(({ input }) => input instanceof vscode.TabInputCustom && input.uri.path.endsWith('.png'));
    await until('the picture in the editor', opened);
    await vscode.workspace.fs.delete(fixture('looked.nas.json'));
  });
});
