/** One dashboard: a webview panel that shows one run, or that none was started yet. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { dashboardPage } from '../../../webview/page/page';
import type { DroppedPicture } from '../../protocol/classification';
import { dashboardRequestSchema } from '../../protocol/dashboard';
import type { RunSession } from '../run/session';
import type { DashboardServices } from './services';
import { carryOut, generateFrom } from './actions';
import { Classification } from './classification';
import { DashboardFeed } from './feed';
import { choosePictures, originOf, startClassification } from './pictures';

/** What a page may load: its own code and pictures, nothing of the workspace. */
export function webviewOptions(extension: vscode.Uri): vscode.WebviewOptions {
  const localResourceRoots = ['dist', 'media'].map((folder) => vscode.Uri.joinPath(extension, folder));
  return { enableScripts: true, localResourceRoots };
}

export class Dashboard {
  private readonly feed: DashboardFeed;
  private readonly classification: Classification;
  private shown: RunSession | undefined;

  constructor(
    private readonly services: DashboardServices,
    private readonly panel: vscode.WebviewPanel,
    session: RunSession | undefined,
  ) {
    const { webview } = panel;
    const { extensionUri } = services.context;
    const file = (...parts: string[]) => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, ...parts));
    this.feed = new DashboardFeed((message) => void webview.postMessage(message));
    this.classification = new Classification({
      send: (message) => void webview.postMessage(message),
      start: (listener) => startClassification(services.context, listener),
      log: (line) => services.log.info(`[classification] ${line}`),
    });
    webview.onDidReceiveMessage((raw: unknown) => this.receive(raw));
    panel.onDidChangeViewState(() => {
      // A hidden page is thrown away by the editor; a visible one reports by itself.
      if (!panel.visible) this.feed.hidden();
      if (panel.active && this.shown) services.runs.show(this.shown);
    });
    panel.onDidDispose(() => {
      this.feed.dispose();
      this.classification.end();
    });
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
    this.attach(session);
    webview.html = dashboardPage({
      scriptUri: file('dist', 'webview.js').toString(),
      styleUri: file('dist', 'webview.css').toString(),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64url'),
    });
  }

  get session(): RunSession | undefined {
    return this.shown;
  }

  get column(): vscode.ViewColumn | undefined {
    return this.panel.viewColumn;
  }

  reveal(preserveFocus: boolean): void {
    this.panel.reveal(undefined, preserveFocus);
  }

  /** Shows another session, e.g. the one that goes on with this run. */
  attach(session: RunSession | undefined): void {
    this.shown = session;
    this.panel.title = session ? `NAS: ${session.name}` : 'NAS Dashboard';
    this.feed.attach(session);
    this.classification.attach(session?.folder.path);
  }

  private async classify(pictures: readonly DroppedPicture[]): Promise<void> {
    const origins = await Promise.all(pictures.map(originOf));
    for (const origin of origins) if ('kind' in origin) this.classification.refuse(origin);
    this.classification.ask(origins.filter((origin) => !('kind' in origin)));
  }

  private receive(raw: unknown): void {
    const { log } = this.services;
    const parsed = dashboardRequestSchema.safeParse(raw);
    if (!parsed.success) {
      log.warn(`Ignored a message of the dashboard that is not of the protocol: ${parsed.error.message}`);
      return;
    }
    const request = parsed.data;
    switch (request.type) {
      case 'ready':
        this.feed.ready();
        return this.classification.tellAll();
      case 'problem':
        return log.error(`Dashboard: ${request.message}`);
      case 'generateFrom':
        return generateFrom(this.shown, request.from);
      case 'choosePictures':
        return void choosePictures().then((pictures) => this.classification.ask(pictures));
      case 'classify':
        return void this.classify(request.pictures);
      case 'cancelPictures':
        return this.classification.cancel();
      case 'command':
        return carryOut(this.services, this.shown, request.command);
    }
  }
}
