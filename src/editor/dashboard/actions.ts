/** What the buttons of a dashboard do: the same as the commands of the palette, for the run that it shows. */
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { DashboardCommand, PastChoice } from '../../protocol/dashboard';
import { commands } from '../ids';
import { isInside } from '../../config/inside';
import type { RunSession } from '../run/session';
import type { DashboardServices } from './services';

/** Through the palette's commands, which report their errors themselves. */
export function carryOut(
  services: DashboardServices,
  session: RunSession | undefined,
  command: DashboardCommand,
): void {
  const { executeCommand } = vscode.commands;
  const folder = session && vscode.Uri.file(session.folder.path);
  switch (command) {
    case 'run':
      return void executeCommand(commands.run, session && configOf(session));
    case 'pause':
      return session?.pause();
    case 'resume':
      return void executeCommand(commands.resume, folder);
    case 'stop':
      return void session?.stop();
    case 'generate':
      return void executeCommand(commands.generateCode, folder);
    case 'showLog':
      return services.log.show(true);
    case 'openConfig':
      return void (session && openConfig(session));
    case 'openRunFolder':
      return void (session && showFolder(session.folder.path));
  }
}

/** Code of an earlier epoch or a trial, through the palette's command too. */
export function generateFrom(session: RunSession | undefined, from: PastChoice): void {
  if (!session) return;
  const folder = vscode.Uri.file(session.folder.path);
  void vscode.commands.executeCommand(commands.generateCode, folder, from);
}

/** The file that a run was started from, unless it is gone. */
function configOf(session: RunSession): vscode.Uri | undefined {
  const { configFile } = session.folder.run;
  return existsSync(configFile) ? vscode.Uri.file(configFile) : undefined;
}

async function openConfig(session: RunSession): Promise<void> {
  // A run keeps what it was started with, so there is something to show in any case.
  const uri = configOf(session) ?? vscode.Uri.joinPath(vscode.Uri.file(session.folder.path), 'config.json');
  await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One, preview: false });
}

/** In the explorer when it is part of the workspace, else in the file manager. */
async function showFolder(path: string): Promise<void> {
  const roots = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  const command = isInside(path, roots) ? 'revealInExplorer' : 'revealFileInOS';
  await vscode.commands.executeCommand(command, vscode.Uri.file(path));
}
