/** Resume where files of a run are not in the workspace, or not where they were: nothing is read before a person says so. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { configSchema } from '../../src/config/schema';
import { RunFolder } from '../../src/runs/runFolder';
import { user } from './harness/user';
import { activated, event, eventsOf, fixture, notification, press, refusedDialog, tidyUp } from './support';

/** The only architecture of the space, and its reward. */
const table =
  'architecture,reward\n|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|,50\n';

const home = fixture('moved');
const outside = fixture('../table.csv');

const write = (uri: vscode.Uri, text: string) => vscode.workspace.fs.writeFile(uri, Buffer.from(text));

/** A run that has not begun: one trial, looked up in a table. @param file of the table, from the config on */
function runOf(configFile: vscode.Uri, file: string): RunFolder {
  const config = configSchema.parse({
    space: { type: 'nasbench201', operations: ['nor_conv_3x3'] },
    strategy: { type: 'random' },
    estimator: { type: 'table', file },
    data: { set: 'synthetic', trainImages: 80, testImages: 40, imageSize: 8 },
    training: { batchSize: 8 },
    budget: { trials: 1 },
    final: { epochs: 0 },
  });
  return RunFolder.create(vscode.Uri.joinPath(home, 'runs').fsPath, {
    ...{ name: 'moved', config, tool: 'test' },
    ...{ configFile: configFile.fsPath, configFolder: path.dirname(configFile.fsPath) },
  });
}

const row = (hasText: string) => user.inWorkbench('.quick-input-list .monaco-list-row', { hasText });

const resume = (folder: RunFolder) =>
  vscode.commands.executeCommand('nas.resume', vscode.Uri.file(folder.path));

describe('Resume', () => {
  before(function () {
    if (!user.present) this.skip();
    return activated();
  });
  afterEach(async () => {
    await tidyUp();
    for (const uri of [home, outside]) {
      if (existsSync(uri.fsPath)) await vscode.workspace.fs.delete(uri, { recursive: true });
    }
  });

  it('asks before it reads outside of the workspace', async () => {
    await write(outside, table);
    const folder = runOf(fixture('moved/search.nas.json'), '../../table.csv');
    await resume(folder);
    await refusedDialog();
    assert.deepEqual(eventsOf(folder.path), []);
    assert.equal(existsSync(path.join(folder.path, 'lock')), false);
  });

  it('follows no link in a run folder from somebody else', async function () {
    if (process.platform === 'win32') this.skip();
    await write(outside, 'mine');
    const config = fixture('moved/search.nas.json');
    await write(config, '{}');
    await write(fixture('moved/table.csv'), table);
    for (const name of ['events.jsonl', 'genotype.json', 'lock']) {
      const folder = runOf(config, 'table.csv');
      symlinkSync(outside.fsPath, path.join(folder.path, name));
      // Whatever it was asked before, the run does not begin.
      await resume(folder);
      assert.match(
        await notification(`${name} in the run folder`),
        /is a link: a run writes nothing outside/,
      );
      await vscode.commands.executeCommand('notifications.clearAll');
      assert.equal(readFileSync(outside.fsPath, 'utf8'), 'mine');
    }
  });

  it('asks for the config where that was moved, remembers where it is, and goes on', async () => {
    const now = fixture('moved/now/search.nas.json');
    await write(now, '{}');
    await write(fixture('moved/now/table.csv'), table);
    const folder = runOf(fixture('moved/before/search.nas.json'), 'table.csv');
    const resumed = resume(folder);
    assert.match(await notification('are not there'), /estimator\.file .*before.table\.csv/);
    assert.deepEqual(eventsOf(folder.path), []);
    await press('Locate Config…');
    // It is asked for where the run is. A path that is typed before the list is there is lost.
    await row('config.json').waitFor();
    await user.inWorkbench('.quick-input-box input').fill(`${path.dirname(now.fsPath)}${path.sep}`);
    await user.pick('search.nas.json');
    await event(folder.path, 'finished');
    await resumed;
    const { configFile } = JSON.parse(readFileSync(path.join(folder.path, 'config.json'), 'utf8'));
    assert.equal(configFile, now.fsPath);
  });
});
