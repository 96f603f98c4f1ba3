/** Run NAS as a person does it: from the palette to a finished search, with all that can come between. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { until } from './harness/until';
import { user } from './harness/user';
import { compileAndRun } from './runGenerated';
import {
  activated,
  checkpointsOf,
  dashboardButton,
  dashboardState,
  event,
  eventsOf,
  extensionId,
  fixture,
  newRun,
  notification,
  open,
  press,
  refusedDialog,
  runFolders,
  statusBar,
  tidyUp,
} from './support';

/** The weights that the heat map of the normal cell shows. */
const weights = user.inWebview('table[data-kind="normal"] tbody td');

/** Waits until the heat map shows other weights than these. @returns the new ones */
function otherWeights(old: readonly string[]): Promise<string[]> {
  return until('the heat map to move', async () => {
    const now = await weights.texts();
    return now.length > 0 && now.join() !== old.join() && now;
  });
}

/** Lets a stopped search end after the epoch that it is in: what is long enough to be stopped is long to wait for. */
function shorten(folder: string): void {
  const file = path.join(folder, 'config.json');
  const stored = JSON.parse(readFileSync(file, 'utf8'));
  const epochs = eventsOf(folder).filter(({ type }) => type === 'epoch').length;
  stored.config.budget.epochs = epochs + 1;
  writeFileSync(file, JSON.stringify(stored));
}

const run = (name: string) =>
  newRun(async () => {
    await open(name);
    await user.palette('NAS: Run NAS');
  });

/** What of a page's own classes a picture is dropped with. */
interface DroppingWindow {
  readonly DataTransfer: new () => { readonly items: { add(file: object): void } };
  readonly File: new (parts: Uint8Array[], name: string) => object;
  readonly DragEvent: new (type: string, options: object) => object;
}

/** Drops a black picture of 28 × 28 on an element of a page, as from outside of the editor. */
function dropPicture(element: {
  readonly ownerDocument: { readonly defaultView: DroppingWindow };
  dispatchEvent(event: object): boolean;
}): void {
  const { DataTransfer, File, DragEvent } = element.ownerDocument.defaultView;
  // A bitmap of 24 bits a pixel: its header, and zeros.
  const bytes = new Uint8Array(54 + 28 * 28 * 3);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  for (const [at, value] of [
    [2, bytes.length],
    [10, 54],
    [14, 40],
    [18, 28],
    [22, 28],
    [26, 1 + (24 << 16)],
  ] as const)
    view.setUint32(at, value, true);
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], 'dropped.bmp'));
  for (const type of ['dragover', 'drop'])
    element.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
}

const configWith = (folder: string) => ({ preset: 'laptop', data: { set: 'mnist' }, output: { folder } });

let odd = 0;

/** With a config that only one test needs. */
async function using(config: object, test: (name: string) => Promise<void>): Promise<void> {
  // Each a name of its own: the editor may still hold the text of a file that was deleted a moment ago.
  const name = `odd-${++odd}.nas.json`;
  const uri = fixture(name);
  await vscode.workspace.fs.writeFile(uri, Buffer.from(JSON.stringify(config)));
  await test(name);
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.workspace.fs.delete(uri);
}

/** The process that works in a run folder. */
function lockedBy(folder: string): number {
  return (JSON.parse(readFileSync(path.join(folder, 'lock'), 'utf8')) as { pid: number }).pid;
}

describe('Run NAS', function () {
  before(function () {
    if (!user.present) this.skip();
    return activated();
  });
  afterEach(tidyUp);

  it('searches, pauses, goes on, stops, resumes, and ends with a result', async () => {
    const folder = await run('tiny.nas.json');
    await dashboardState('Running');
    await statusBar.waitFor();
    assert.match(await statusBar.text(), /NAS: /);
    const first = await otherWeights([]);
    await otherWeights(first);

    await user.palette('NAS: Pause');
    await dashboardState('Paused');
    const held = eventsOf(folder).length;
    const heldWeights = await weights.texts();
    await until('the status bar to say so', async () => /paused/.test(await statusBar.text()));
    assert.equal(eventsOf(folder).length, held);
    await user.palette('NAS: Resume');
    await dashboardState('Running');
    await otherWeights(heldWeights);

    await user.palette('NAS: Stop');
    await dashboardState('Stopped');
    await notification('The search “tiny” was stopped');
    await until('the worker to be gone', () => !existsSync(path.join(folder, 'lock')));
    assert.ok(checkpointsOf(folder).length > 0);
    assert.equal(eventsOf(folder).at(-1)?.type, 'stopped');

    shorten(folder);
    await press('Resume');
    await event(folder, 'resumed');
    await event(folder, 'finished', 600_000);
    await dashboardState('Finished');
    const result = await notification('The search “tiny” is finished');
    // Fifteen steps are no training to judge a search by.
    assert.match(result, /trained too little to say.* has [\d.]+ % of the test images right/s);
    assert.ok(existsSync(path.join(folder, 'result.json')));
    assert.equal(await statusBar.isVisible(), false);

    await user.inWebview('.pictures-panel').evaluate(dropPicture);
    await user.inWebview('.answer h3', { hasText: 'dropped.bmp', timeout: 60_000 }).waitFor();
    assert.equal(await user.inWebview('.answer .likely tr').count(), 5);

    await press('Generate Code');
    await user.pick('TypeScript');
    await user.pick('tiny.ts');
    await user.pick('Write tiny.ts');
    const file = fixture('tiny.ts').fsPath;
    await until('the code', () => existsSync(file) && readFileSync(file, 'utf8') !== '');
    const { parameters } = JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8'));
    const { extensionPath } = vscode.extensions.getExtension(extensionId)!;
    assert.match(
      await compileAndRun(file, extensionPath),
      new RegExp(`^${parameters} parameters; logits of shape`),
    );
    await vscode.workspace.fs.delete(vscode.Uri.file(file));
  });

  it('is shown again after its end, from the run folder', async () => {
    await user.palette('NAS: Open Dashboard');
    await dashboardState('Finished');
    assert.equal(await user.inWebview('.run-header h1').text(), 'tiny');
    assert.ok((await otherWeights([])).length > 0);
  });

  it('tells in the log what happened', async () => {
    await user.palette('NAS: Show Log');
    await user.inWorkbench('.panel .view-line', { hasText: 'Finished', index: 0 }).waitFor();
    await vscode.commands.executeCommand('workbench.action.closePanel');
  });

  it('runs in a process of its own: no tensor library comes into this one', () => {
    const { sharedObjects } = process.report.getReport() as { sharedObjects: string[] };
    const tensors = /tfjs|tensorflow/i;
    assert.deepEqual(
      [...sharedObjects, ...Object.keys(require.cache)].filter((file) => tensors.test(file)),
      [],
    );
  });

  it('saves what was typed and takes it', async () => {
    const document = await open('endless.nas.json');
    const edit = new vscode.WorkspaceEdit();
    const at = document.positionAt(document.getText().indexOf('10000'));
    edit.replace(document.uri, new vscode.Range(at, at.translate(0, 5)), '9999');
    await vscode.workspace.applyEdit(edit);
    const folder = await newRun(() => user.palette('NAS: Run NAS'));
    assert.equal(document.isDirty, false);
    const { config } = JSON.parse(readFileSync(path.join(folder, 'config.json'), 'utf8'));
    assert.equal(config.budget.epochs, 9999);
  });

  it('refuses a second run beside the first, and offers to stop that', async () => {
    const folder = await run('endless.nas.json');
    await dashboardState('Running');
    const count = runFolders().length;
    await open('tiny.nas.json');
    await user.palette('NAS: Run NAS');
    await notification('The search “endless” is still under way');
    assert.equal(runFolders().length, count);
    await press('Stop It');
    await until('the worker to be gone', () => !existsSync(path.join(folder, 'lock')));
    assert.equal(runFolders().length, count);
  });

  it('goes on by itself where the worker was killed, twice; then tells, and resumes', async () => {
    const folder = await run('endless.nas.json');
    await dashboardState('Running');
    await event(folder, 'epoch');
    for (const times of [1, 2]) {
      process.kill(lockedBy(folder), 'SIGKILL');
      const said = `The worker ended unexpectedly (SIGKILL). It was started again from the last checkpoint (${times} of 2 times).`;
      await until('a step of another worker', () => {
        const events = eventsOf(folder);
        const notice = events.findLastIndex((each) => each.type === 'notice' && each.message === said);
        return notice >= 0 && events.slice(notice).some(({ type }) => type === 'step');
      });
      await dashboardState('Running');
    }
    process.kill(lockedBy(folder), 'SIGKILL');
    await notification('The search “endless” failed. The worker ended unexpectedly (SIGKILL)');
    await dashboardState('Failed');
    const resumed = eventsOf(folder).filter(({ type }) => type === 'resumed').length;
    assert.equal(resumed, 2);
    await press('Resume');
    await until(
      'the run to go on',
      () => eventsOf(folder).filter(({ type }) => type === 'resumed').length === 3,
    );
    await dashboardState('Running');
    await dashboardButton('Stop').click();
    await dashboardState('Stopped');
  });

  it('shows the problem of a config that cannot run, and goes there', async () => {
    const count = runFolders().length;
    const document = await open('contradiction.nas.json');
    await user.palette('NAS: Run NAS');
    assert.match(await notification('line 3, strategy.warmupEpochs'), /warm-up epochs leave none/);
    await press('Go to Problem');
    await until('the selection', () => {
      const editor = vscode.window.activeTextEditor;
      return editor?.document === document && editor.document.getText(editor.selection) === '5';
    });
    assert.equal(runFolders().length, count);
  });

  it('starts and stops from the line above the config', async () => {
    await open('endless.nas.json');
    const folder = await newRun(() =>
      user.inWorkbench('.codelens-decoration a', { hasText: 'Run NAS' }).click(),
    );
    await event(folder, 'epoch');
    await user.inWorkbench('.codelens-decoration a', { hasText: 'Stop' }).click();
    await notification('The search “endless” was stopped after');
    await user.inWorkbench('.codelens-decoration a', { hasText: 'Run NAS' }).waitFor();
  });

  it('asks before it writes outside of the workspace', async () => {
    await using(configWith('../elsewhere'), async (name) => {
      await open(name);
      await user.palette('NAS: Run NAS');
      await refusedDialog();
      assert.equal(existsSync(fixture('../elsewhere').fsPath), false);
    });
  });

  it('says so when the run folder cannot be made', async () => {
    await using(configWith('tiny.nas.json/runs'), async (name) => {
      await open(name);
      await user.palette('NAS: Run NAS');
      assert.match(await notification('is a file, not a folder'), /Choose another folder/);
    });
  });

  it('says so when the data is missing', async () => {
    const files = { trainImages: 'none', trainLabels: 'none', testImages: 'none', testLabels: 'none' };
    await using({ preset: 'laptop', data: { set: 'idx', files } }, async (name) => {
      await open(name);
      await user.palette('NAS: Run NAS');
      assert.match(await notification(`${name}, line 1`), /none: there is no such file/);
    });
  });

  it('goes on while its dashboard is closed, and shows it again', async () => {
    const folder = await run('endless.nas.json');
    await dashboardState('Running');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const before = eventsOf(folder).length;
    await until('more events', () => eventsOf(folder).length > before);
    await statusBar.click();
    await dashboardState('Running');
    const shown = await otherWeights([]);
    await otherWeights(shown);
  });
});

describe('the dashboard in the themes of the editor', function () {
  const themes = [
    ['dark', 'Default Dark Modern', 'vscode-dark'],
    ['light', 'Default Light Modern', 'vscode-light'],
    ['high-contrast', 'Default High Contrast', 'vscode-high-contrast'],
  ] as const;
  const setTheme = (theme: string | undefined) =>
    vscode.workspace
      .getConfiguration('workbench')
      .update('colorTheme', theme, vscode.ConfigurationTarget.Global);

  before(async function () {
    if (!user.present) return this.skip();
    await activated();
    await user.resize(1680, 1050);
    await run('endless.nas.json');
    await dashboardState('Running');
    await otherWeights(await otherWeights([]));
  });
  after(async () => {
    await setTheme(undefined);
    await user.resize(1280, 800);
    await tidyUp();
  });

  for (const [name, theme, bodyClass] of themes) {
    it(`takes over ${theme}`, async () => {
      await setTheme(theme);
      await user.inWebview(`body.${bodyClass}`).waitFor();
      const shot = await user.inWebview('.dashboard').screenshot(`dashboard-${name}`);
      assert.ok(shot.colours > 20, `${shot.colours} colours`);
      if (process.env.NAS_SHOTS) await user.screenshot(`window-${name}`);
    });
  }
});
