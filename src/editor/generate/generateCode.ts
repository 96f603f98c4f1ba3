/** **Generate Code**: genotype → language → place → preview → file. Nothing is written before the person agrees. */
import { relative } from 'node:path';
import * as vscode from 'vscode';
import { languages } from '../../generate';
import { readGenotypeFile } from '../../generate/readGenotype';
import type { Services } from '../services';
import { showPreview } from './preview';
import { chooseGenotype, homeOf } from './source';
import { textOf, writeThroughEditor } from './write';

type Language = (typeof languages)[number];

/** @throws UserError when there is no genotype, it is unusable, or the file cannot be written */
export async function generateCode({ runs, log }: Services, named: vscode.Uri | undefined): Promise<void> {
  const path = await chooseGenotype(runs, named);
  if (path === undefined) return;
  const bytes = await vscode.workspace.fs.readFile(vscode.Uri.file(path));
  const file = readGenotypeFile(new TextDecoder().decode(bytes), path);
  const language = await pickLanguage();
  if (!language) return;
  const target = await pickPlace(homeOf(path), language, language.fileName(file));
  if (!target) return;
  const text = language.generate(file);
  const old = await textOf(target);
  if (old === text) {
    await vscode.window.showTextDocument(target, { preview: false });
    void vscode.window.showInformationMessage(`${nameOf(target)} is up to date already.`);
    return;
  }
  const exists = old !== undefined;
  const closePreview = await showPreview(target, text, exists);
  try {
    if (!(await confirm(target, exists))) return;
    await writeThroughEditor(target, text, exists);
    log.info(`Wrote ${language.title} code of ${path} to ${target.fsPath}`);
  } finally {
    await closePreview();
  }
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}

async function pickLanguage(): Promise<Language | undefined> {
  const items = languages.map((language) => ({
    label: language.title,
    detail: language.description,
    language,
  }));
  const options = { title: 'Generate Code (1/3)', placeHolder: 'In which language?', matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.language;
}

async function pickPlace(
  home: string,
  language: Language,
  fileName: string,
): Promise<vscode.Uri | undefined> {
  const uri = vscode.Uri.joinPath(vscode.Uri.file(home), fileName);
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath;
  const description = folder === undefined ? home : relative(folder, home) || 'the workspace folder';
  const usual = { label: `$(file) ${fileName}`, description };
  const other = { label: '$(folder-opened) Choose Another Place…' };
  const options = { title: 'Generate Code (2/3)', placeHolder: 'Into which file?' };
  const choice = await vscode.window.showQuickPick([usual, other], options);
  if (choice !== other) return choice && uri;
  const extension = language.extension.replace(/^\./, '');
  return vscode.window.showSaveDialog({ defaultUri: uri, filters: { [language.title]: [extension] } });
}

/** Asks while the preview is there to be read: a look elsewhere must not count as an answer. */
async function confirm(target: vscode.Uri, exists: boolean): Promise<boolean> {
  const name = nameOf(target);
  const write = exists
    ? {
        label: `$(replace) Replace ${name}`,
        detail: 'The difference is shown behind. Undo brings the old text back.',
      }
    : { label: `$(check) Write ${name}`, detail: `To ${target.fsPath}` };
  const cancel = { label: '$(close) Cancel' };
  const options = { title: 'Generate Code (3/3)', placeHolder: 'Write this code?', ignoreFocusOut: true };
  return (await vscode.window.showQuickPick([write, cancel], options)) === write;
}
