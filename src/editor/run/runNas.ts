/** **Run NAS**: from a config file to a run under way. */
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { parseConfig, type ConfigIssue } from '../../config/parse';
import type { Config } from '../../config/schema';
import { RunFolder } from '../../runs/runFolder';
import { toolName } from '../../version';
import { chooseConfig } from '../config/find';
import { configSuffix } from '../ids';
import type { Services } from '../services';
import { launch } from './launch';
import { outputFolder, pathsOutside } from './outside';
import { refuseSecond, requireTrust } from './refuse';
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
  const { config, issues } = parseConfig(document.getText());
  if (!config) return showIssues(document, issues);

  const configFile = uri.fsPath;
  const configFolder = dirname(configFile);
  if (!(await confirmOutside(config, configFolder))) return;
  // The questions took time: another Run NAS may have been answered meanwhile.
  if (await refuseSecond(services)) return;
  // Before the folder is made, since a setting may be wrong.
  const setup = workerSetup(services.context);
  const name = config.name ?? basename(configFile, configSuffix);
  const options = { name, config, configFile, configFolder, tool: toolName };
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

async function confirmOutside(config: Config, configFolder: string): Promise<boolean> {
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  const outside = pathsOutside(config, configFolder, folders);
  if (outside.length === 0) return true;
  const allow = 'Allow';
  const choice = await vscode.window.showWarningMessage(
    'This search leaves the workspace.',
    { modal: true, detail: `It ${outside.join(',\nand ')}.` },
    allow,
  );
  return choice === allow;
}
