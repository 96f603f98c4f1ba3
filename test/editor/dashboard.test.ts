/** The dashboard before any run, as the first thing that a person may open. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from './harness/until';
import { user } from './harness/user';
import { activated, runFolders, tidyUp } from './support';

const panels = () =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('nas.dashboard'),
    );

/** Until it has the focus: a palette that is opened before loses it to the page, and closes. */
async function openDashboard(): Promise<void> {
  await user.palette('NAS: Open Dashboard');
  await user.inWebview('.empty', { hasText: 'Run NAS' }).waitFor();
  const hasFocus = (body: { ownerDocument: { hasFocus(): boolean } }) => body.ownerDocument.hasFocus();
  await until('the focus', () => user.inWebview('body').evaluate(hasFocus));
}

describe('the dashboard without a run', () => {
  before(function () {
    if (!user.present || runFolders().length > 0) this.skip();
    return activated();
  });
  afterEach(tidyUp);

  it('says what to do and runs it', async () => {
    await openDashboard();
    await user.inWebview('.empty vscode-button', { hasText: 'Run NAS' }).click();
    await user.inWorkbench('.quick-input-list .monaco-list-row', { hasText: 'endless' }).waitFor();
    const names = '.quick-input-list .quick-input-list-row:first-child .label-name';
    const rows = (await user.inWorkbench(names).texts()).map((name) => name.trim());
    await user.press('Escape');
    assert.deepEqual(rows, ['contradiction', 'endless', 'mistyped', 'tiny', 'New Search Config…']);
  });

  it('is one panel, however often it is opened', async () => {
    await openDashboard();
    await vscode.commands.executeCommand('nas.openDashboard');
    await until('the panel', () => panels()[0]?.isActive);
    assert.equal(panels().length, 1);
  });

  it('comes back after being hidden by another tab', async () => {
    await openDashboard();
    await vscode.commands.executeCommand('workbench.action.files.newUntitledFile');
    await until('the dashboard to be hidden', () => panels()[0]?.isActive === false);
    await openDashboard();
  });
});
