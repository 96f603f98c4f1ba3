/**
 * Text files that a command writes for a person, through the editor, so that what was written can be undone. The file
 * itself comes first and outside of the editor's undo: an undone `WorkspaceEdit.createFile` deletes the file from disk,
 * with all that a person has written and saved since.
 */
import * as vscode from 'vscode';
import { UserError } from '../errors';

/** The text of a file, as the editor has it; undefined when there is no such file. */
export async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  if (!(await exists(uri))) return undefined;
  return (await vscode.workspace.openTextDocument(uri)).getText();
}

/** Whether there is something at this address. */
export async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

/**
 * Makes the file, or replaces its text, and saves it. Undo brings the text before back, which is none for a new file.
 * @param there whether the person agreed to replace a file
 * @throws UserError when a file has appeared meanwhile, or the editor refuses
 */
export async function writeThroughEditor(
  uri: vscode.Uri,
  text: string,
  there: boolean,
): Promise<vscode.TextDocument> {
  // Where the editor still has the text of a file that was deleted, saving it makes the file again.
  const kept = there ? await vscode.workspace.openTextDocument(uri) : inMemory(uri);
  if (!kept) await makeEmpty(uri);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, new vscode.Range(0, 0, kept?.lineCount ?? 0, 0), text);
  if (!(await vscode.workspace.applyEdit(edit))) throw cannotWrite(uri);
  const document = await vscode.workspace.openTextDocument(uri);
  if (!(await document.save())) {
    throw new UserError(`${uri.fsPath} could not be saved.`, 'The text is in the editor; save it elsewhere.');
  }
  return document;
}

function inMemory(uri: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
}

async function makeEmpty(uri: vscode.Uri): Promise<void> {
  if (await exists(uri)) {
    throw new UserError(
      `${uri.fsPath} has appeared meanwhile, and is left as it is.`,
      'Run the command again.',
    );
  }
  try {
    await vscode.workspace.fs.writeFile(uri, new Uint8Array());
  } catch {
    throw cannotWrite(uri);
  }
}

function cannotWrite(uri: vscode.Uri): UserError {
  return new UserError(`${uri.fsPath} could not be written.`, 'Check that the folder can be written.');
}
