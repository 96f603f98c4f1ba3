/** Which files are configs, by their name. */
import type * as vscode from 'vscode';
import { configSuffix } from '../ids';

/** A config on disk: only those can be run. */
export function isConfigFile(uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && uri.path.endsWith(configSuffix);
}

/** A config as it is shown in an editor, saved or not. */
export function isConfigDocument(document: vscode.TextDocument): boolean {
  const { scheme, path } = document.uri;
  return (scheme === 'file' || scheme === 'untitled') && path.endsWith(configSuffix);
}
