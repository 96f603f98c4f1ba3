/** Finding the config that a person means: the one named, the one in the active editor, or one of the workspace. */
import * as vscode from 'vscode';
import { allStrategies } from '../../config/combinations';
import { parseConfig } from '../../config/parse';
import { commands, configPattern, configSuffix } from '../ids';
import { isConfigFile } from './isConfig';

/** All configs of the workspace, by path. */
export async function findConfigs(): Promise<vscode.Uri[]> {
  const uris = await vscode.workspace.findFiles(configPattern, '**/node_modules/**');
  return uris.filter(isConfigFile).sort((a, b) => a.path.localeCompare(b.path));
}

/** The text as the editor has it, dirty or not, else as it is on disk. */
export async function currentText(uri: vscode.Uri): Promise<string> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open) return open.getText();
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

interface ConfigItem extends vscode.QuickPickItem {
  readonly uri?: vscode.Uri;
}

async function describeConfig(uri: vscode.Uri): Promise<ConfigItem> {
  const file = uri.path.slice(uri.path.lastIndexOf('/') + 1, -configSuffix.length);
  const description = vscode.workspace.asRelativePath(uri);
  const { config, issues } = parseConfig(await currentText(uri));
  if (!config) return { label: `$(warning) ${file}`, description, detail: issues[0]?.message, uri };
  const { name = file, strategy, data, budget, final } = config;
  const images = data.trainImages === undefined ? '' : `, ${data.trainImages} images`;
  if (config.architecture) {
    const what = `training on ${data.set}${images}, ${final.epochs} epochs`;
    return { label: name, description, detail: what, uri };
  }
  const samples = allStrategies.some(({ name, kind }) => name === strategy.type && kind === 'sampling');
  const length = samples ? `${budget.trials} trials` : `${budget.epochs} epochs`;
  return {
    label: name,
    description,
    detail: `${strategy.type} on ${data.set}${images}, ${length}`,
    uri,
  };
}

/** Lets the person choose; undefined when nothing was chosen or a new config is made instead. */
export async function pickConfig(
  title = 'Run NAS',
  placeHolder = 'Which search?',
): Promise<vscode.Uri | undefined> {
  const uris = await findConfigs();
  if (uris.length === 0) {
    const create = 'Create One';
    const text = `There is no search config (*${configSuffix}) in this workspace yet.`;
    const choice = await vscode.window.showInformationMessage(text, create);
    if (choice === create) await vscode.commands.executeCommand(commands.newConfig);
    return undefined;
  }
  const items: ConfigItem[] = await Promise.all(uris.map(describeConfig));
  const create: ConfigItem = { label: '$(add) New Search Config…', alwaysShow: true };
  const chosen = await vscode.window.showQuickPick([...items, create], {
    ...{ title, placeHolder },
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen === create) await vscode.commands.executeCommand(commands.newConfig);
  return chosen?.uri;
}

/** @param named what the command was called on, e.g. in the explorer or by the code lens */
export async function chooseConfig(named: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  if (named && isConfigFile(named)) return named;
  const active = vscode.window.activeTextEditor?.document.uri;
  return active && isConfigFile(active) ? active : pickConfig();
}
