/** **Generate Code**: genotype → language → place → preview → file. Nothing is written before the person agrees. */
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { languages } from '../../generate';
import type { CodeWeights } from '../../exchange';
import { readGenotypeFile } from '../../generate/readGenotype';
import { readWeights } from '../../job/weights';
import { pastChoiceSchema } from '../../protocol/dashboard';
import { writePastGenotype } from '../../runs/pastGenotypes';
import { RunFolder } from '../../runs/runFolder';
import { loadExchange } from '../exchange';
import { genotypeFileName } from '../ids';
import { pickPlace } from '../place';
import { remember, rememberedFirst } from '../remembered';
import type { Services } from '../services';
import { textOf, writeThroughEditor } from '../textFile';
import { chooseEarlier, hasEarlier } from './earlier';
import { showPreview } from './preview';
import { chooseGenotype, homeOf } from './source';

type Language = (typeof languages)[number];

/** @throws UserError when the file holds no usable genotype */
export async function readGenotype(path: string): Promise<ReturnType<typeof readGenotypeFile>> {
  const bytes = await vscode.workspace.fs.readFile(vscode.Uri.file(path));
  return readGenotypeFile(new TextDecoder().decode(bytes), path);
}

/**
 * @param from which epoch or trial of the run folder `named`, as the dashboard asks for; anything else counts as none
 * @throws UserError when there is no genotype, it is unusable, or the file cannot be written
 */
export async function generateCode(
  { runs, log, context }: Services,
  named: vscode.Uri | undefined,
  from?: unknown,
): Promise<void> {
  const past = pastChoiceSchema.safeParse(from);
  let path =
    named && past.success
      ? writePastGenotype(RunFolder.open(named.fsPath), past.data)
      : await chooseGenotype(runs, named);
  if (path === undefined) return;
  // Before anything is asked, so that nobody answers questions for nothing.
  let file = await readGenotype(path);
  const memory = context.workspaceState;
  let language = await pickLanguage(memory, path);
  if (language === 'earlier') {
    path = await chooseEarlier(dirname(path));
    if (path === undefined) return;
    file = await readGenotype(path);
    language = await pickLanguage(memory, path, false);
  }
  if (!language || language === 'earlier') return;
  const target = await pickPlace(homeOf(path), {
    title: 'Generate Code (2/3)',
    fileName: language.fileName(file),
    filters: { [language.title]: [language.extension.replace(/^\./, '')] },
  });
  if (!target) return;
  const trained = weightsOf(path, language, target);
  const text = language.generate(file, trained?.options);
  const old = await textOf(target);
  if (old === text) {
    await vscode.window.showTextDocument(target, { preview: false });
    void vscode.window.showInformationMessage(`${nameOf(target)} is up to date already.`);
    return;
  }
  const exists = old !== undefined;
  const closePreview = await showPreview(target, text, exists);
  try {
    if (!(await confirm(target, exists, trained?.beside?.path))) return;
    const document = await writeThroughEditor(target, text, exists);
    if (trained?.beside) loadExchange().writeExported(trained.beside.path, trained.beside.exported);
    const viewColumn = vscode.window.activeTextEditor?.viewColumn ?? vscode.ViewColumn.One;
    const selection = new vscode.Range(0, 0, 0, 0);
    await vscode.window.showTextDocument(document, { preview: false, viewColumn, selection });
    log.info(`Wrote ${language.title} code of ${path} to ${target.fsPath}`);
  } finally {
    await closePreview();
  }
}

/** Python code of what a run has trained knows its weights. */
function weightsOf(path: string, { id, classifies }: Language, target: vscode.Uri): CodeWeights | undefined {
  if (!classifies || basename(path) !== genotypeFileName) return undefined;
  const run = RunFolder.around(path);
  if (!run || run.weightsLack) return undefined;
  return loadExchange().codeWeights(id, readWeights(run), run.weightsPath, dirname(target.fsPath));
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}

/**
 * @param memory of the language that was taken last
 * @param path of the genotype; where it lies in a run with others, one of those can be asked for instead
 * @param mayChange whether that is offered
 */
async function pickLanguage(
  memory: vscode.Memento,
  path: string,
  mayChange = true,
): Promise<Language | 'earlier' | undefined> {
  interface Item extends vscode.QuickPickItem {
    readonly value?: Language | 'earlier';
  }
  const choices = languages.map((language) => ({
    ...{ id: language.id, label: language.title, detail: language.description },
    value: language,
  }));
  const items: Item[] = rememberedFirst(memory, 'language', choices);
  if (mayChange && hasEarlier(dirname(path))) {
    items.push({ label: '', kind: vscode.QuickPickItemKind.Separator });
    items.push({
      label: '$(history) Choose an Earlier Epoch or Trial…',
      detail: 'Code of another architecture of this run',
      value: 'earlier',
    });
  }
  const name = basename(path) === genotypeFileName ? '' : `, ${basename(path, '.json')}`;
  const options = {
    title: `Generate Code (1/3)${name}`,
    placeHolder: 'In which language?',
    matchOnDetail: true,
  };
  const choice = (await vscode.window.showQuickPick(items, options))?.value;
  await remember(memory, 'language', typeof choice === 'object' ? choice.id : undefined);
  return choice;
}

/** Asks while the preview is there to be read: a look elsewhere must not count as an answer. */
async function confirm(target: vscode.Uri, exists: boolean, beside: string | undefined): Promise<boolean> {
  const name = nameOf(target);
  const more = beside === undefined ? '' : ` Its weights go into ${basename(beside)} beside it.`;
  const write = exists
    ? {
        label: `$(replace) Replace ${name}`,
        detail: `The difference is shown behind. Undo brings the old text back.${more}`,
      }
    : { label: `$(check) Write ${name}`, detail: `To ${target.fsPath}.${more}` };
  const cancel = { label: '$(close) Cancel' };
  const options = { title: 'Generate Code (3/3)', placeHolder: 'Write this code?', ignoreFocusOut: true };
  return (await vscode.window.showQuickPick([write, cancel], options)) === write;
}
