/**
 * A genotype file, drawn: an editor beside the one of its text, which it follows as that changes. It writes nothing.
 */
import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { genotypePage } from '../../../webview/page/page';
import { trialCosts } from '../../cost/trialCosts';
import { describeError, UserError } from '../../errors';
import { readGenotypeFile } from '../../generate/readGenotype';
import {
  genotypePageRequestSchema,
  type GenotypePageCommand,
  type GenotypePageMessage,
} from '../../protocol/genotypePage';
import { RunFolder } from '../../runs/runFolder';
import { planNetwork } from '../../space/network';
import { webviewOptions } from '../dashboard/dashboard';
import { commands, genotypeFileName } from '../ids';
import type { Services } from '../services';

export class GenotypeEditor {
  constructor(
    private readonly services: Services,
    private readonly document: vscode.TextDocument,
    private readonly panel: vscode.WebviewPanel,
  ) {
    const following = vscode.workspace.onDidChangeTextDocument((change) => {
      if (change.document === document) this.show();
    });
    panel.onDidDispose(() => void following.dispose());
  }

  /** Loads the page. */
  open(): void {
    const { webview } = this.panel;
    const { extensionUri } = this.services.context;
    const file = (name: string) =>
      webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString();
    webview.options = webviewOptions(extensionUri);
    webview.onDidReceiveMessage((raw: unknown) => this.receive(raw));
    webview.html = genotypePage({
      scriptUri: file('genotypePage.js'),
      styleUri: file('genotypePage.css'),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64url'),
    });
  }

  private show(): void {
    void this.panel.webview.postMessage(stateOf(this.document));
  }

  private receive(raw: unknown): void {
    const { log } = this.services;
    const parsed = genotypePageRequestSchema.safeParse(raw);
    if (!parsed.success) {
      log.warn(`Ignored a message of a genotype page that is not of the protocol: ${parsed.error.message}`);
      return;
    }
    const request = parsed.data;
    if (request.type === 'ready') this.show();
    else if (request.type === 'problem') log.error(`Genotype page: ${request.message}`);
    else void this.carryOut(request.command);
  }

  private async carryOut(command: GenotypePageCommand): Promise<void> {
    const { uri } = this.document;
    if (command === 'openText') {
      await vscode.commands.executeCommand('vscode.openWith', uri, 'default');
      return;
    }
    await vscode.commands.executeCommand(commands[command], uri);
  }
}

/** What the page is told of a text, right or wrong. */
function stateOf(document: vscode.TextDocument): GenotypePageMessage {
  const { fsPath } = document.uri;
  try {
    const file = readGenotypeFile(document.getText(), basename(fsPath));
    const { parameters, flops, memoryMiB } = trialCosts(planNetwork(file.genotype, file.network));
    return { kind: 'ready', file, costs: { parameters, flops, memoryMiB }, trained: isTrained(fsPath) };
  } catch (error) {
    if (error instanceof UserError) return { kind: 'failed', message: error.message, hint: error.hint };
    return { kind: 'failed', message: describeError(error) };
  }
}

/** Whether it is what a run has found and trained. */
function isTrained(path: string): boolean {
  if (basename(path) !== genotypeFileName) return false;
  const run = RunFolder.around(path);
  return run !== undefined && !run.weightsLack;
}
