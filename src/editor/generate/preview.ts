/** Read-only documents of the scheme `nas-preview`: code as it would be written. */
import * as vscode from 'vscode';
import { previewScheme } from '../ids';

const texts = new Map<string, string>();
const changed = new vscode.EventEmitter<vscode.Uri>();

export function registerPreview(): vscode.Disposable {
  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '',
  };
  return vscode.workspace.registerTextDocumentContentProvider(previewScheme, provider);
}

/** Beside the dashboard rather than over it. */
function column(): vscode.ViewColumn {
  return vscode.window.activeTextEditor?.viewColumn ?? vscode.ViewColumn.One;
}

/** Shows a text as a file that is not there yet, or as a difference to the one that is. @returns what closes it */
export async function showPreview(
  target: vscode.Uri,
  text: string,
  exists: boolean,
): Promise<() => Promise<void>> {
  const uri = target.with({ scheme: previewScheme, authority: '' });
  texts.set(uri.toString(), text);
  changed.fire(uri);
  const options = { preview: true, preserveFocus: true, viewColumn: column() };
  const name = target.path.slice(target.path.lastIndexOf('/') + 1);
  if (exists)
    await vscode.commands.executeCommand('vscode.diff', target, uri, `${name}: now ↔ generated`, options);
  else await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), options);
  return () => closePreview(uri);
}

async function closePreview(uri: vscode.Uri): Promise<void> {
  const shows = ({ input }: vscode.Tab): boolean =>
    (input instanceof vscode.TabInputText && input.uri.toString() === uri.toString()) ||
    (input instanceof vscode.TabInputTextDiff && input.modified.toString() === uri.toString());
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(shows);
  await vscode.window.tabGroups.close(tabs);
  texts.delete(uri.toString());
}
