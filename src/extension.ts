/** Entry of the extension: builds the editor features, nothing else. No tensor library is ever loaded in this process. */
import { endOfLoad, startMeasure, type Cost } from './editor/measure';
import * as vscode from 'vscode';
import { registerCommands } from './editor/commands';
import { registerCodeLens } from './editor/config/codeLens';
import { watchConfigs } from './editor/config/diagnostics';
import type { Dashboards } from './editor/dashboard/dashboards';
import { registerGenotypes } from './editor/genotype/drawn';
import { registerCodeOfRuns } from './editor/generate/codeLens';
import { registerPreview } from './editor/generate/preview';
import type { DataPanels } from './editor/data/dataPanels';
import { channelName, dashboardViewType, dataViewType } from './editor/ids';
import { Runs } from './editor/run/runs';
import { createStatusBar } from './editor/run/statusBar';
import type { Services } from './editor/services';

/** What activate() gives to whoever asks for this extension. */
export interface NasWorkbench {
  /** What loading the bundle and activate() took. Between the two the editor does other things. */
  readonly activation: readonly Cost[];
}

const load = endOfLoad();
let runs: Runs | undefined;

export function activate(context: vscode.ExtensionContext): NasWorkbench {
  const endOfActivation = startMeasure();
  runs = new Runs(context.workspaceState);
  let dashboards: Promise<Dashboards> | undefined;
  let dataPanels: Promise<DataPanels> | undefined;
  const services: Services = {
    context,
    log: vscode.window.createOutputChannel(channelName, { log: true }),
    runs,
    dashboards: () =>
      (dashboards ??= import('./editor/dashboard/dashboards').then(
        (module) => new module.Dashboards(services),
      )),
    dataPanels: () =>
      (dataPanels ??= import('./editor/data/dataPanels').then((module) => new module.DataPanels(services))),
  };
  const serializer = (
    owner: () => Promise<{ restore(panel: vscode.WebviewPanel, state: unknown): void }>,
  ): vscode.WebviewPanelSerializer => ({
    deserializeWebviewPanel: async (panel, state) => (await owner()).restore(panel, state),
  });
  context.subscriptions.push(
    services.log,
    runs,
    createStatusBar(runs),
    registerCommands(services),
    registerCodeLens(runs),
    registerGenotypes(services),
    registerCodeOfRuns(),
    watchConfigs(),
    registerPreview(),
    vscode.window.registerWebviewPanelSerializer(dashboardViewType, serializer(services.dashboards)),
    vscode.window.registerWebviewPanelSerializer(dataViewType, serializer(services.dataPanels)),
  );
  const interrupted = runs.takeInterrupted();
  if (interrupted)
    void import('./editor/run/interrupted').then((module) => module.offerInterrupted(services, interrupted));
  return { activation: [load, endOfActivation()] };
}

/** The worker saves and ends before the window does; were this process killed, the worker would notice and end, too. */
export async function deactivate(): Promise<void> {
  await runs?.close();
}
