/**
 * The lines in a config: Run NAS above it, or Stop and Open Dashboard while it is being searched, and Look at Data above `data`.
 */
import * as vscode from 'vscode';
import { commands, configPattern } from '../ids';
import type { Runs } from '../run/runs';

export function registerCodeLens(runs: Runs): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  let shown = runs.current;
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: async (document) => {
      const { uri } = document;
      const lens = (at: vscode.Position, title: string, command: string, ...args: unknown[]) =>
        new vscode.CodeLens(new vscode.Range(at, at), { title, command, arguments: args });
      const top = new vscode.Position(0, 0);
      const running = runs.current?.folder.run.configFile === uri.fsPath;
      const above = running
        ? [
            lens(top, '$(graph) Open Dashboard', commands.openDashboard),
            lens(top, '$(debug-stop) Stop', commands.stop),
          ]
        : [lens(top, '$(play) Run NAS', commands.run, uri)];
      const { dataKeyOffset } = await import('./dataLine');
      const data = dataKeyOffset(document.getText());
      if (data === undefined) return above;
      return [...above, lens(document.positionAt(data), '$(eye) Look at Data', commands.lookAtData, uri)];
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
