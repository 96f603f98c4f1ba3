/** **Copy as Published Text**: an architecture in the form of its field, to the clipboard. */
import * as vscode from 'vscode';
import { loadExchange } from '../exchange';
import { readGenotype } from '../generate/generateCode';
import { chooseGenotype } from '../generate/source';
import type { Services } from '../services';

/**
 * @param named a genotype file or a run folder
 * @throws UserError when the genotype is unusable, or has no such form
 */
export async function copyText({ runs }: Services, named: vscode.Uri | undefined): Promise<void> {
  const path = await chooseGenotype(runs, named);
  if (path === undefined) return;
  const file = await readGenotype(path);
  await vscode.env.clipboard.writeText(loadExchange().publishedText(file));
  void vscode.window.showInformationMessage(`Copied ${file.origin.name} as its field writes it.`);
}
