/** **Look at Data**, and the pages of this window: one for each config, brought back after a reload. */
import * as vscode from 'vscode';
import * as z from 'zod';
import { chooseConfig } from '../config/find';
import { dataViewType } from '../ids';
import type { DashboardServices } from '../dashboard/services';
import { webviewOptions } from '../dashboard/dashboard';
import { DataPanel } from './dataPanel';

/** What a page leaves with the editor, to be given back after a reload. */
const stateSchema = z.object({ config: z.string() });

export class DataPanels {
  private readonly open = new Set<DataPanel>();

  constructor(private readonly services: DashboardServices) {}

  /** @param named config that the command was called on */
  async look(named: vscode.Uri | undefined): Promise<void> {
    const config = await chooseConfig(named);
    if (!config) return;
    const known = [...this.open].find((panel) => panel.config.fsPath === config.fsPath);
    if (known) {
      known.reveal();
      return known.load();
    }
    const options = webviewOptions(this.services.context.extensionUri);
    const column = vscode.ViewColumn.Beside;
    this.add(vscode.window.createWebviewPanel(dataViewType, 'NAS Data', column, options), config);
  }

  /** Fills a panel that the editor brought back; without a config that it was on there is nothing to show. */
  restore(panel: vscode.WebviewPanel, state: unknown): void {
    const parsed = stateSchema.safeParse(state);
    if (parsed.success) this.add(panel, vscode.Uri.file(parsed.data.config));
    else panel.dispose();
  }

  private add(panel: vscode.WebviewPanel, config: vscode.Uri): void {
    const page = new DataPanel(this.services, panel, config);
    this.open.add(page);
    panel.onDidDispose(() => this.open.delete(page));
  }
}
