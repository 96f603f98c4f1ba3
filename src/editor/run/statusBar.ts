/** The status bar item of the run under way: state, epoch and time left; a click opens the dashboard. */
import * as vscode from 'vscode';
import { commands } from '../ids';
import type { Runs } from './runs';
import { statusDetails, statusText } from './statusText';

export function createStatusBar(runs: Runs): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('nas.status', vscode.StatusBarAlignment.Left, 10);
  item.name = 'NAS Workbench';
  item.command = commands.openDashboard;
  const update = () => {
    const session = runs.current;
    if (!session) return item.hide();
    const { telemetry } = session;
    const icon = session.paused ? '$(debug-pause)' : '$(sync~spin)';
    item.text = `${icon} ${statusText(telemetry)}`;
    item.tooltip = statusDetails(session.name, telemetry).join('\n');
    // A screen reader reads this in place of the icon's name.
    item.accessibilityInformation = { label: statusText(telemetry), role: 'button' };
    item.show();
  };
  return vscode.Disposable.from(item, runs.onDidChange(update));
}
