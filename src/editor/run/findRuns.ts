/** The runs of a workspace: those started here, and those in the output folders of its configs. */
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { parseConfig } from '../../config/parse';
import { listRuns, RunFolder } from '../../runs/runFolder';
import { currentText, findConfigs } from '../config/find';
import { outputFolder } from './outside';
import type { Runs } from './runs';

function openOrNothing(path: string): RunFolder[] {
  try {
    return [RunFolder.open(path)];
  } catch {
    // Deleted since, or changed by hand: not one to offer.
    return [];
  }
}

/** All runs that can be found, newest first. */
export async function findRuns(runs: Runs): Promise<RunFolder[]> {
  const parents = new Set<string>();
  for (const uri of await findConfigs()) {
    const { config } = parseConfig(await currentText(uri));
    if (config) parents.add(outputFolder(config, dirname(uri.fsPath)));
  }
  const found = [...runs.recent.flatMap(openOrNothing), ...[...parents].flatMap(listRuns)];
  const byPath = new Map(found.map((folder) => [folder.path, folder]));
  return [...byPath.values()].sort((a, b) => b.run.createdAt.localeCompare(a.run.createdAt));
}

interface RunItem extends vscode.QuickPickItem {
  readonly folder: RunFolder;
}

/** Lets the person choose one of some runs; takes the only one unasked. */
export async function pickRun(folders: readonly RunFolder[], title: string): Promise<RunFolder | undefined> {
  if (folders.length <= 1) return folders[0];
  const items = folders.map((folder): RunItem => {
    const { name, createdAt, config } = folder.run;
    const state = folder.resumable ? 'not finished' : 'finished';
    return {
      label: name,
      description: `${new Date(createdAt).toLocaleString()}, ${state}`,
      detail: `${config.architecture ? 'training' : config.strategy.type} on ${config.data.set}, ${vscode.workspace.asRelativePath(folder.path)}`,
      folder,
    };
  });
  const options = { title, matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.folder;
}
