/** Where a command writes a file for the person. */
import { relative } from 'node:path';
import * as vscode from 'vscode';

export interface PlaceOptions {
  readonly title: string;
  /** What the file would be called, and what the list says of it unless it is `$(file)` with that name. */
  readonly fileName: string;
  readonly label?: string;
  /** Of the dialog for another place. */
  readonly filters: Record<string, string[]>;
}

/** Asks for a place: in the folder where the file belongs, or another. The dialog for that asks before it gives one where a file is. */
export async function pickPlace(
  home: string,
  { title, fileName, label = `$(file) ${fileName}`, filters }: PlaceOptions,
): Promise<vscode.Uri | undefined> {
  const uri = vscode.Uri.joinPath(vscode.Uri.file(home), fileName);
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath;
  const description = folder === undefined ? home : relative(folder, home) || 'the workspace folder';
  const usual = { label, description };
  const other = { label: '$(folder-opened) Choose Another Place…' };
  const choice = await vscode.window.showQuickPick([usual, other], {
    title,
    placeHolder: 'Into which file?',
  });
  if (choice !== other) return choice && uri;
  return vscode.window.showSaveDialog({ defaultUri: uri, filters });
}
