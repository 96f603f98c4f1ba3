/** Genotype files in the editor: a line of what can be done above their text, and drawn on a page of their own. */
import * as vscode from 'vscode';
import { commands, genotypePattern, genotypeViewType } from '../ids';
import type { Services } from '../services';

/** Registers both; the code of the page is loaded when the first file is drawn. */
export function registerGenotypes(services: Services): vscode.Disposable {
  const provider: vscode.CustomTextEditorProvider = {
    async resolveCustomTextEditor(document, panel) {
      const { GenotypeEditor } = await import('./genotypeEditor');
      new GenotypeEditor(services, document, panel).open();
    },
  };
  const lenses: vscode.CodeLensProvider = {
    provideCodeLenses({ uri }) {
      const top = new vscode.Range(0, 0, 0, 0);
      const lens = (title: string, command: string) =>
        new vscode.CodeLens(top, { title, command, arguments: [uri] });
      return [
        lens('$(type-hierarchy) Draw', commands.drawGenotype),
        lens('$(code) Generate Code', commands.generateCode),
        lens('$(mortar-board) Train…', commands.trainArchitecture),
        lens('$(package) Export…', commands.exportNetwork),
      ];
    },
  };
  const selector = { scheme: 'file', pattern: genotypePattern };
  return vscode.Disposable.from(
    vscode.window.registerCustomEditorProvider(genotypeViewType, provider),
    vscode.languages.registerCodeLensProvider(selector, lenses),
  );
}

/** **Draw Genotype** of a file, or of the one in the editor. */
export async function drawGenotype(named: vscode.Uri | undefined): Promise<void> {
  const uri = named ?? vscode.window.activeTextEditor?.document.uri;
  if (uri) await vscode.commands.executeCommand('vscode.openWith', uri, genotypeViewType);
}
