/** **Open Dashboard**, and the dashboards of this window: one for each run, brought back after a reload. */
import * as vscode from 'vscode';
import * as z from 'zod';
import { describeError, UserError } from '../../errors';
import { RunFolder } from '../../runs/runFolder';
import { dashboardViewType } from '../ids';
import { findRuns, pickRun } from '../run/findRuns';
import { RunSession } from '../run/session';
import type { DashboardServices } from './services';
import { Dashboard, webviewOptions } from './dashboard';

/** What a page leaves with the editor, to be given back after a reload. */
const stateSchema = z.object({ runFolder: z.string() });

export class Dashboards {
  private readonly open = new Set<Dashboard>();

  constructor(private readonly services: DashboardServices) {}

  /** Shows a session in the panel of its run, or in the one that is still without a run, or in a new one. */
  show(session: RunSession | undefined, preserveFocus = false): void {
    if (session) this.services.runs.show(session);
    const all = [...this.open];
    const panels = all.filter((panel) => panel.session?.folder.path === session?.folder.path);
    const panel = panels[0] ?? all.find(({ session: shown }) => shown === undefined);
    if (!panel) return this.create(session, preserveFocus);
    if (panel.session !== session) panel.attach(session);
    panel.reveal(preserveFocus);
  }

  /**
   * Shows the run under way, else one that the person chooses, else that there is none.
   * @param named a run by its name, which is shown instead
   * @throws UserError when there is none of that name
   */
  async choose(named?: string): Promise<void> {
    const { runs } = this.services;
    if (named !== undefined) return this.showNamed(named);
    if (runs.current) return this.show(runs.current);
    const folders = await findRuns(runs);
    const folder = await pickRun(folders, 'Show the dashboard of which run?');
    if (!folder && folders.length > 0) return;
    this.show(folder && this.sessionOf(folder));
  }

  private async showNamed(runId: string): Promise<void> {
    const folder = (await findRuns(this.services.runs)).find(({ run }) => run.runId === runId);
    if (folder) return this.show(this.sessionOf(folder));
    throw new UserError(
      `The run ${runId} is not in this workspace.`,
      'It was made elsewhere, moved or deleted; runs are looked for where the configs of the workspace write them.',
    );
  }

  /** Fills a panel that the editor brought back. */
  restore(panel: vscode.WebviewPanel, state: unknown): void {
    panel.webview.options = webviewOptions(this.services.context.extensionUri);
    this.add(panel, this.sessionFromState(state));
  }

  private sessionFromState(state: unknown): RunSession | undefined {
    const parsed = stateSchema.safeParse(state);
    // A window that was closed soon after the run started may not have kept the page's state.
    const path = parsed.success ? parsed.data.runFolder : this.services.runs.recent[0];
    if (path === undefined) return undefined;
    try {
      return this.sessionOf(RunFolder.open(path));
    } catch (error) {
      this.services.log.warn(`A dashboard could not be brought back: ${describeError(error)}`);
      return undefined;
    }
  }

  /** The session that is at work on a folder, else a new one that reads it. */
  private sessionOf(folder: RunFolder): RunSession {
    const { current } = this.services.runs;
    return current?.folder.path === folder.path ? current : new RunSession(folder);
  }

  private create(session: RunSession | undefined, preserveFocus: boolean): void {
    // Where the last dashboard is, rather than in yet another column.
    const viewColumn = [...this.open].at(-1)?.column ?? vscode.ViewColumn.Beside;
    const panel = vscode.window.createWebviewPanel(
      dashboardViewType,
      'NAS Dashboard',
      { viewColumn, preserveFocus },
      webviewOptions(this.services.context.extensionUri),
    );
    this.add(panel, session);
  }

  private add(panel: vscode.WebviewPanel, session: RunSession | undefined): void {
    const media = vscode.Uri.joinPath(this.services.context.extensionUri, 'media');
    panel.iconPath = {
      light: vscode.Uri.joinPath(media, 'dashboard-light.svg'),
      dark: vscode.Uri.joinPath(media, 'dashboard-dark.svg'),
    };
    const dashboard = new Dashboard(this.services, panel, session);
    this.open.add(dashboard);
    panel.onDidDispose(() => this.open.delete(dashboard));
  }
}
