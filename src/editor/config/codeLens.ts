/** The line above a config: Run NAS, or Stop and Open Dashboard while it is being searched. */
import * as vscode from 'vscode';
import { commands, configPattern } from '../ids';
import type { Runs } from '../run/runs';

export function registerCodeLens(runs: Runs): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  let shown = runs.current;
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: ({ uri }) => {
      const top = new vscode.Range(0, 0, 0, 0);
      const lens = (title: string, command: string, ...args: unknown[]) =>
        new vscode.CodeLens(top, { title, command, arguments: args });
      if (runs.current?.folder.run.configFile !== uri.fsPath)
        return [lens('$(play) Run NAS', commands.run, uri)];
      return [
        lens('$(graph) Open Dashboard', commands.openDashboard),
        lens('$(debug-stop) Stop', commands.stop),
      ];
    },
  };
  const follow = runs.onDidChange(() => {
    // Telemetry changes many times a second, the line only at the start and the end.
    if (runs.current === shown) return;
    shown = runs.current;
    changed.fire();
  });
  const selector = { scheme: 'file', pattern: configPattern };
  return vscode.Disposable.from(
    changed,
    follow,
    vscode.languages.registerCodeLensProvider(selector, provider),
  );
}
