/** What the suites share: the fixture workspace, its runs on disk, and what a person sees of a run. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { NasWorkbench } from '../../src/extension';
import type { RunEvent } from '../../src/protocol/events';
import { readEventLog } from '../../src/runs/eventLog';
import { until } from './harness/until';
import { user } from './harness/user';

export const extensionId = 'nas-workbench.nas-workbench';

export async function activated(): Promise<NasWorkbench> {
  const extension = vscode.extensions.getExtension<NasWorkbench>(extensionId);
  if (!extension) throw new Error(`The extension ${extensionId} is not installed.`);
  return extension.activate();
}

export function fixture(name: string): vscode.Uri {
  return vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, name);
}

export async function open(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(fixture(name));
  await vscode.window.showTextDocument(document, { preview: false });
  return document;
}

/** Run folders of the fixture workspace, oldest first. */
export function runFolders(): string[] {
  const parent = fixture('runs').fsPath;
  if (!existsSync(parent)) return [];
  return readdirSync(parent)
    .sort()
    .map((name) => path.join(parent, name));
}

export function eventsOf(runFolder: string): RunEvent[] {
  return readEventLog(path.join(runFolder, 'events.jsonl')).events;
}

export function checkpointsOf(runFolder: string): string[] {
  const folder = path.join(runFolder, 'checkpoint');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.checkpoint')) : [];
}

/** The folder that appears when `start` starts a run. */
export async function newRun(start: () => Promise<unknown>): Promise<string> {
  const before = new Set(runFolders());
  await start();
  return until('a run folder', () => runFolders().find((folder) => !before.has(folder)));
}

/** Waits for an event of a run. */
export function event<T extends RunEvent['type']>(
  folder: string,
  type: T,
  limit?: number,
): Promise<RunEvent> {
  return until(`an event "${type}"`, () => eventsOf(folder).find((found) => found.type === type), limit);
}

/** The message of a notification that holds this text, waited for. */
export async function notification(hasText: string, timeout = 60_000): Promise<string> {
  return user.inWorkbench('.notification-toast .notification-list-item-message', { hasText, timeout }).text();
}

/** Presses a button of a notification that is on show. */
export async function press(button: string): Promise<void> {
  await user.inWorkbench('.notification-toast .monaco-button', { hasText: button }).click();
}

/** VS Code shows no modal dialogs while suites run; that one was asked for is all that can be seen. */
export async function refusedDialog(): Promise<void> {
  await notification('refused to show dialog in tests');
}

/** The item of the status bar that tells of the run. */
export const statusBar = user.inWorkbench('.statusbar-item[id$="nas.status"]');

/** The state that the dashboard on show tells, waited for. */
export async function dashboardState(state: string, timeout = 60_000): Promise<void> {
  await user.inWebview('.run-header .state-text', { hasText: state, timeout }).waitFor();
}

export function dashboardButton(label: string) {
  return user.inWebview('.run-header vscode-button', { hasText: label });
}

/** Stops what runs, closes what is open: each test begins with an empty window. */
export async function tidyUp(): Promise<void> {
  await vscode.commands.executeCommand('nas.stop');
  await until('the worker to end', () =>
    runFolders().every((folder) => !existsSync(path.join(folder, 'lock'))),
  );
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('notifications.clearAll');
}
