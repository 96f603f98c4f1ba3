/** When a run may not start: in a workspace that is not trusted, beside another one, or unasked where it leaves the workspace. */
import * as vscode from 'vscode';
import type { Config } from '../../config/schema';
import { commands } from '../ids';
import type { DashboardServices } from '../dashboard/services';
import { pathsOutside } from './outside';

/** Says so when the workspace is not trusted. @returns whether it is */
export async function requireTrust(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = 'Manage Workspace Trust';
  const text =
    'A search reads and writes the files that its config names, so it runs in trusted workspaces only.';
  const choice = await vscode.window.showWarningMessage(text, manage);
  if (choice === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}

/** Says so when a search is under way. @returns whether one is */
export async function refuseSecond(services: DashboardServices): Promise<boolean> {
  const session = services.runs.current;
  if (!session) return false;
  const actions = { show: 'Show Dashboard', stop: 'Stop It' } as const;
  const text = `The search “${session.name}” is still under way; a window runs one at a time.`;
  const choice = await vscode.window.showWarningMessage(text, actions.show, actions.stop);
  if (choice === actions.show) await vscode.commands.executeCommand(commands.openDashboard);
  if (choice === actions.stop) await session.stop();
  return true;
}

/** Asks before files outside of the workspace are read or written. @returns whether the search may do so */
export async function confirmOutside(config: Config, configFolder: string): Promise<boolean> {
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  const outside = pathsOutside(config, configFolder, folders);
  if (outside.length === 0) return true;
  const allow = 'Allow';
  const choice = await vscode.window.showWarningMessage(
    'This search leaves the workspace.',
    { modal: true, detail: `It ${outside.join(',\nand ')}.` },
    allow,
  );
  return choice === allow;
}
