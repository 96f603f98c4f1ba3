/** The line in generated code that leads back to its run. */
import * as vscode from 'vscode';
import { commands } from '../ids';
import { longestHeader, runOfCode } from './runOfCode';

export function registerCodeOfRuns(): vscode.Disposable {
  const selector = ['typescript', 'python'].map((language) => ({ scheme: 'file', language }));
  return vscode.languages.registerCodeLensProvider(selector, {
    provideCodeLenses(document) {
      const end = document.positionAt(longestHeader);
      const found = runOfCode(document.getText(new vscode.Range(new vscode.Position(0, 0), end)));
      if (!found) return [];
      const at = document.positionAt(found.offset);
      const command = {
        title: '$(graph) Show the Run',
        command: commands.openDashboard,
        arguments: [found.runId],
      };
      return [new vscode.CodeLens(new vscode.Range(at, at), command)];
    },
  });
}
