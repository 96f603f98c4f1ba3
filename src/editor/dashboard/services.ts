/** What dashboards take from the rest of the extension. */
import type * as vscode from 'vscode';
import type { Runs } from '../run/runs';

export interface DashboardServices {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly runs: Runs;
}
