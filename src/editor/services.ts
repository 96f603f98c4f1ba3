/** What the features share. Built once, by activate(). */
import type * as vscode from 'vscode';
import type { Dashboards } from './dashboard/dashboards';
import type { Runs } from './run/runs';

export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly runs: Runs;
  /** The dashboards; their code is loaded when the first is asked for. */
  dashboards(): Promise<Dashboards>;
}
