/** The line in generated code that leads back to its run. */
import * as vscode from 'vscode';
import { commands } from '../ids';

/** Characters of a file that its header is looked for in. */
const longestHeader = 6000;

/** Name of the run that the header of generated code tells, and where it stands; undefined in other files. */
export function runOfCode(text: string): { readonly runId: string; readonly offset: number } | undefined {
  const header = text.slice(0, longestHeader);
  if (!/^(?: \* )?Written by: +NAS Workbench/m.test(header)) return undefined;
  const match = /^(?: \* )?Run: +(\S+)$/m.exec(header);
  return match ? { runId: match[1]!, offset: match.index } : undefined;
}

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
