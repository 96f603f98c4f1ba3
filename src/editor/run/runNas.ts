/** **Run NAS**: from a config file to a run under way. */
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { parseConfig, parseWithFiles, type ConfigIssue, type UsableConfig } from '../../config/parse';
import { requireInitialWeights } from '../../job/weights';
import { RunFolder } from '../../runs/runFolder';
import { toolName } from '../../version';
import { chooseConfig } from '../config/find';
import { configSuffix } from '../ids';
import type { Services } from '../services';
import { launch } from './launch';
import { outputFolder } from './outside';
import { confirmOutside, refuseSecond, requireTrust } from './refuse';
import { RunSession } from './session';
import { workerSetup } from './workerSetup';

/** @throws UserError when the run folder cannot be made or a setting cannot be used */
export async function runNas(services: Services, named: vscode.Uri | undefined): Promise<void> {
  if (!(await requireTrust()) || (await refuseSecond(services))) return;
  const uri = await chooseConfig(named);
  if (!uri) return;
  const document = await vscode.workspace.openTextDocument(uri);
  // What runs is what is on the screen.
  if (document.isDirty && !(await document.save())) return;
  const text = document.getText();
  const configFile = uri.fsPath;
  const configFolder = dirname(configFile);
  const unread = parseConfig(text);
  if (!unread.config) return showIssues(document, unread.issues);
  // Not even the headers of data files are read before the question is answered.
  if (!(await confirmOutside(unread.config, configFolder))) return;
  const { config, notices, facts, issues } = await parseWithFiles(text, configFolder);
  if (!config) return showIssues(document, issues);
  // The questions took time: another Run NAS may have been answered meanwhile.
  if (await refuseSecond(services)) return;
  await startConfig(services, { config, notices, facts }, configFile);
}

/**
 * Starts a run of a config that is checked.
 * @param configFile where relative paths start
 * @throws UserError as `runNas`
 */
export async function startConfig(
  services: Services,
  { config, notices, facts }: UsableConfig,
  configFile: string,
): Promise<void> {
  const configFolder = dirname(configFile);
  if (facts) requireInitialWeights(config, facts, configFolder);
  // Before the folder is made, since a setting may be wrong.
  const setup = workerSetup(services.context);
  const name = config.name ?? basename(configFile, configSuffix);
  const options = { name, config, notices, configFile, configFolder, tool: toolName };
  const folder = RunFolder.create(outputFolder(config, configFolder), options);
  await launch(services, new RunSession(folder), setup, false);
}

/** Shows the file, whose problems are then listed by the editor, and offers to go to the first of them. */
async function showIssues(document: vscode.TextDocument, issues: readonly ConfigIssue[]): Promise<void> {
  const [first] = issues;
  if (!first) return;
  await vscode.window.showTextDocument(document, { preview: false });
  const more = issues.length > 1 ? ` (${issues.length - 1} more)` : '';
  const where = `${basename(document.fileName)}, line ${first.line}${first.path ? `, ${first.path}` : ''}`;
  const text = [`${where}: ${first.message}`, first.hint].filter(Boolean).join(' ');
  const go = 'Go to Problem';
  if ((await vscode.window.showErrorMessage(text + more, go)) !== go) return;
  const start = document.positionAt(first.offset);
  const selection = new vscode.Range(start, document.positionAt(first.offset + first.length));
  await vscode.window.showTextDocument(document, { selection, preview: false });
}
