/** Writes generated code through the editor, so that it can be undone. */
import * as vscode from 'vscode';
import { UserError } from '../../errors';

/** The text of a file, as the editor has it; undefined when there is no such file. */
export async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  try {
    await vscode.workspace.fs.stat(uri);
  } catch {
    return undefined;
  }
  return (await vscode.workspace.openTextDocument(uri)).getText();
}

/**
 * Makes the file, or replaces its text, saves and opens it.
 * @param exists as it was when the person agreed
 * @throws UserError when the editor refuses
 */
export async function writeThroughEditor(uri: vscode.Uri, text: string, exists: boolean): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  if (exists) {
    const old = await vscode.workspace.openTextDocument(uri);
    edit.replace(uri, new vscode.Range(0, 0, old.lineCount, 0), text);
  } else {
    edit.createFile(uri, { overwrite: false, ignoreIfExists: false });
    edit.insert(uri, new vscode.Position(0, 0), text);
  }
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new UserError(`${uri.fsPath} could not be written.`, 'Check that the folder can be written.');
  }
  const document = await vscode.workspace.openTextDocument(uri);
  if (!(await document.save())) {
    throw new UserError(
      `${uri.fsPath} could not be saved.`,
      'The generated code is in the editor; save it elsewhere.',
    );
  }
  const viewColumn = vscode.window.activeTextEditor?.viewColumn ?? vscode.ViewColumn.One;
  const selection = new vscode.Range(0, 0, 0, 0);
  await vscode.window.showTextDocument(document, { preview: false, viewColumn, selection });
}
