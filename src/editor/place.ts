/** Where a command writes a file for the person. */
import { relative } from 'node:path';
import * as vscode from 'vscode';
import { exists } from './textFile';

export interface PlaceOptions {
  readonly title: string;
  /** What the file would be called. */
  readonly fileName: string;
  /** Whether the list says so where it would be replaced; else whoever asks does so later. */
  readonly tellsReplaced?: boolean;
  /** Of the dialog for another place. */
  readonly filters: Record<string, string[]>;
}

/** Asks for a place: in the folder where the file belongs, or another. The dialog for that asks before it gives one where a file is. */
export async function pickPlace(
  home: string,
  { title, fileName, tellsReplaced, filters }: PlaceOptions,
): Promise<vscode.Uri | undefined> {
  const uri = vscode.Uri.joinPath(vscode.Uri.file(home), fileName);
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath;
  const description = folder === undefined ? home : relative(folder, home) || 'the workspace folder';
  const isReplaced = tellsReplaced && (await exists(uri));
  const usual = { label: isReplaced ? `$(replace) Replace ${fileName}` : `$(file) ${fileName}`, description };
  const other = { label: '$(folder-opened) Choose Another Place…' };
  const choice = await vscode.window.showQuickPick([usual, other], {
    title,
    placeHolder: 'Into which file?',
  });
  if (choice !== other) return choice && uri;
  return vscode.window.showSaveDialog({ defaultUri: uri, filters });
}
