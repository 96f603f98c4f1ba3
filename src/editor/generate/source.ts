/** Which genotype code is generated from: the one named, the one in the editor, that of the run shown, or one chosen. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../errors';
import { RunFolder } from '../../runs/runFolder';
import { genotypeFileName, genotypeFilePattern } from '../ids';
import { findRuns, pickRun } from '../run/findRuns';
import type { Runs } from '../run/runs';

function isGenotype(uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && genotypeFilePattern.test(basename(uri.fsPath));
}

/**
 * Path of a genotype file, or nothing when the person chose none.
 * @param named a genotype file or a run folder
 * @throws UserError when there is none yet
 */
export async function chooseGenotype(runs: Runs, named: vscode.Uri | undefined): Promise<string | undefined> {
  if (named) return isGenotype(named) ? named.fsPath : genotypeOf(named.fsPath);
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active && isGenotype(active)) return active.fsPath;
  if (runs.latest) return genotypeOf(runs.latest.folder.path);
  const folders = (await findRuns(runs)).filter((folder) => existsSync(folder.genotypePath));
  if (folders.length === 0) {
    throw new UserError('There is no genotype in this workspace yet.', 'Run a search first: Run NAS.');
  }
  return (await pickRun(folders, 'Generate code of which run?'))?.genotypePath;
}

function genotypeOf(folder: string): string {
  const path = join(folder, genotypeFileName);
  if (existsSync(path)) return path;
  throw new UserError('This run has no genotype yet.', 'There is one from the end of its first epoch on.');
}

/** Where the code of a genotype belongs: beside the config of its run while that is there, else beside the genotype. */
export function homeOf(genotypePath: string): string {
  const folder = dirname(genotypePath);
  try {
    const run = RunFolder.around(genotypePath);
    if (run && existsSync(run.run.configFolder)) return run.run.configFolder;
  } catch {
    // Its run is damaged, which is told where more than the folder of its config is asked for.
  }
  return folder;
}
