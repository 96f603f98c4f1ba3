/** One page **Look at Data**: a webview panel on the data of one config, and the process that looks at them. */
import { randomBytes } from 'node:crypto';
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { dataPage } from '../../../webview/page/page';
import { parseConfig } from '../../config/parse';
import { describeError } from '../../errors';
import {
  type DataPageCommand,
  type DataPageMessage,
  dataPageRequestSchema,
  type DataState,
} from '../../protocol/dataPage';
import type { DataMessage, DataSummary } from '../../protocol/dataProcess';
import { DataProcess } from '../../worker/dataClient';
import { currentText } from '../config/find';
import { webviewOptions } from '../dashboard/dashboard';
import { commands, configSuffix } from '../ids';
import { confirmOutside, requireTrust } from '../run/refuse';
import { dataProgram } from '../run/workerSetup';
import type { DashboardServices } from '../dashboard/services';

export class DataPanel {
  private process: DataProcess | undefined;
  private state: DataState = { kind: 'cancelled' };
  /** Files that the page was told of: it can have no others opened. */
  private readonly files = new Set<string>();

  constructor(
    private readonly services: DashboardServices,
    private readonly panel: vscode.WebviewPanel,
    readonly config: vscode.Uri,
  ) {
    const { webview } = panel;
    const { extensionUri } = services.context;
    const file = (...parts: string[]) => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, ...parts));
    const icon = (theme: string) => vscode.Uri.joinPath(extensionUri, 'media', `dashboard-${theme}.svg`);
    panel.title = `Data: ${this.name}`;
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    webview.options = webviewOptions(extensionUri);
    webview.onDidReceiveMessage((raw: unknown) => this.receive(raw));
    panel.onDidDispose(() => this.process?.dispose());
    webview.html = dataPage({
      scriptUri: file('dist', 'dataPage.js').toString(),
      styleUri: file('dist', 'dataPage.css').toString(),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64url'),
    });
    void this.load();
  }

  private get name(): string {
    return basename(this.config.fsPath, configSuffix);
  }

  reveal(): void {
    this.panel.reveal();
  }

  /** Looks at the data anew, as the config is now in the editor. */
  async load(): Promise<void> {
    this.process?.dispose();
    this.process = undefined;
    this.show({ kind: 'loading', step: 'Reading the config' });
    try {
      await this.start();
    } catch (error) {
      this.show({ kind: 'failed', message: describeError(error) });
    }
  }

  private async start(): Promise<void> {
    const { log, context } = this.services;
    const text = await currentText(this.config);
    const { config } = parseConfig(text);
    const stays = async () => !config || (await confirmOutside(config, dirname(this.config.fsPath)));
    if (!(await requireTrust()) || !(await stays())) return this.show({ kind: 'cancelled' });
    const child = new DataProcess(dataProgram(context), {
      output: (line) => log.info(`[data] ${line}`),
      message: (message) => {
        if (child === this.process) this.take(message);
      },
    });
    this.process = child;
    child.send({ type: 'open', text, file: this.config.fsPath });
  }

  private take(message: DataMessage): void {
    switch (message.type) {
      case 'progress':
        return this.show({ kind: 'loading', step: message.step, fraction: message.fraction });
      case 'summary':
        this.remember(message.summary);
        return this.show({ kind: 'ready', summary: message.summary });
      case 'pictures':
        for (const { file } of message.pictures.pictures) if (file !== undefined) this.files.add(file);
        return this.post({ type: 'pictures', pictures: message.pictures });
      case 'failed':
        if (message.stack) this.services.log.error(message.stack);
        this.process?.dispose();
        return this.show({ kind: 'failed', message: message.message, hint: message.hint });
      case 'proposal':
      case 'answer':
      case 'exported':
      case 'pythonReady':
    }
  }

  private remember({ duplicates, broken }: DataSummary): void {
    for (const { file } of [...duplicates.flatMap(({ images }) => images), ...broken])
      if (file !== undefined) this.files.add(file);
  }

  private show(state: DataState): void {
    this.state = state;
    this.post({ type: 'state', config: this.config.fsPath, title: this.name, state });
  }

  private post(message: DataPageMessage): void {
    // A hidden page is thrown away by the editor; when it is shown again, it says `ready`.
    void this.panel.webview.postMessage(message);
  }

  private receive(raw: unknown): void {
    const { log } = this.services;
    const parsed = dataPageRequestSchema.safeParse(raw);
    if (!parsed.success) {
      log.warn(`Ignored a message of a data page that is not of the protocol: ${parsed.error.message}`);
      return;
    }
    const request = parsed.data;
    if (request.type === 'ready') this.show(this.state);
    else if (request.type === 'pictures') this.process?.send(request);
    else if (request.type === 'problem') log.error(`Data page: ${request.message}`);
    else if (request.type === 'openFile') void this.openFile(request.file, true);
    else if (request.type === 'openFiles') void this.openFiles(request.files);
    else this.carryOut(request.command);
  }

  /** @param preview whether the next file takes its place */
  private async openFile(file: string, preview: boolean): Promise<void> {
    if (!this.files.has(file)) return;
    // As the explorer would open it: pictures in the editor's own viewer.
    const uri = vscode.Uri.file(file);
    const place = { viewColumn: vscode.ViewColumn.Beside, preview };
    await vscode.commands.executeCommand('vscode.open', uri, place);
  }

  /** One after the other, each beside the one before. */
  private async openFiles(files: readonly string[]): Promise<void> {
    for (const file of files) await this.openFile(file, false);
  }

  private carryOut(command: DataPageCommand): void {
    switch (command) {
      case 'run':
        return void vscode.commands.executeCommand(commands.run, this.config);
      case 'openConfig':
        return void vscode.window.showTextDocument(this.config, { preview: false });
      case 'load':
        return void this.load();
      case 'cancel':
        this.process?.dispose();
        this.process = undefined;
        return this.show({ kind: 'cancelled' });
      case 'showLog':
        return this.services.log.show(true);
    }
  }
}
