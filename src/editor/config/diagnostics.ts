/**
 * Problems of open configs that only a look at several keys shows. Syntax, types and names are reported by the
 * editor's JSON support from `schemas/nas.schema.json`.
 */
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { ConfigPlace } from './crossIssues';
import { isConfigDocument } from './isConfig';

/** How long nothing may be typed before a config is checked again, milliseconds. */
const quiet = 250;

/** Undefined where the files that a config names are not to be read unasked. */
function placeOf({ uri }: vscode.TextDocument): ConfigPlace | undefined {
  if (!vscode.workspace.isTrusted || uri.scheme !== 'file') return undefined;
  const workspace = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  return { folder: dirname(uri.fsPath), workspace };
}

export function watchConfigs(): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('nas');
  const timers = new Map<string, NodeJS.Timeout>();

  const check = async (document: vscode.TextDocument): Promise<void> => {
    const { version } = document;
    const { crossIssues } = await import('./crossIssues');
    const issues = await crossIssues(document.getText(), placeOf(document));
    // Closed or changed since: another check has that.
    if (document.isClosed || document.version !== version) return;
    const diagnostics = issues.map(({ offset, length, message, hint }) => {
      const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
      const diagnostic = new vscode.Diagnostic(range, [message, hint].filter(Boolean).join(' '));
      diagnostic.source = 'NAS';
      return diagnostic;
    });
    collection.set(document.uri, diagnostics);
  };
  const cancel = (document: vscode.TextDocument): void => {
    clearTimeout(timers.get(document.uri.toString()));
    timers.delete(document.uri.toString());
  };
  const schedule = (document: vscode.TextDocument, delay: number): void => {
    if (!isConfigDocument(document)) return;
    cancel(document);
    timers.set(
      document.uri.toString(),
      setTimeout(() => void check(document), delay),
    );
  };

  vscode.workspace.textDocuments.forEach((document) => schedule(document, 0));
  return vscode.Disposable.from(
    collection,
    vscode.workspace.onDidOpenTextDocument((document) => schedule(document, 0)),
    vscode.workspace.onDidChangeTextDocument(({ document }) => schedule(document, quiet)),
    vscode.workspace.onDidCloseTextDocument((document) => {
      cancel(document);
      collection.delete(document.uri);
    }),
    { dispose: () => timers.forEach(clearTimeout) },
  );
}
