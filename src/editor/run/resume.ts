/** **Resume**: goes on with the paused run, or with one that was stopped, failed or was interrupted. */
import * as vscode from 'vscode';
import { UserError } from '../../errors';
import { RunFolder } from '../../runs/runFolder';
import type { Services } from '../services';
import { findRuns, pickRun } from './findRuns';
import { launch } from './launch';
import { confirmOutside, refuseSecond, requireTrust } from './refuse';
import { RunSession } from './session';
import { workerSetup } from './workerSetup';

/**
 * @param folder of the run; without one the paused run is meant, else the person chooses
 * @throws UserError when the folder is not one of a run, the run is finished, or a setting cannot be used
 */
export async function resume(services: Services, folder: vscode.Uri | undefined): Promise<void> {
  const { runs } = services;
  const { current } = runs;
  if (current?.paused && (!folder || folder.fsPath === current.folder.path)) return current.proceed();
  if (!(await requireTrust()) || (await refuseSecond(services))) return;
  const chosen = folder ? RunFolder.open(folder.fsPath) : await chooseRun(services);
  if (!chosen) return;
  if (!chosen.resumable) {
    throw new UserError(`The run ${chosen.run.runId} is finished.`, 'Start a new one with Run NAS.');
  }
  const located = await withFiles(chosen);
  if (!located) return;
  const { config, configFolder } = located.run;
  const output = { ...config.output, folder: located.path };
  if (!(await confirmOutside({ ...config, output }, configFolder))) return;
  if (runs.current) return;
  await launch(services, new RunSession(located), workerSetup(services.context), true);
}

/** The run with the files that its config names; where they are not there, the person may say where the config is now. */
async function withFiles(folder: RunFolder): Promise<RunFolder | undefined> {
  try {
    folder.requireFiles();
    return folder;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const locate = 'Locate Config…';
    if ((await vscode.window.showErrorMessage(error.message, locate)) !== locate) return undefined;
    const options = {
      title: 'Config of the Run',
      filters: { 'Search configs': ['json'] },
      // Runs are made near their config, and what was moved was mostly moved together.
      defaultUri: vscode.Uri.file(folder.path),
    };
    const [file] = (await vscode.window.showOpenDialog(options)) ?? [];
    return file && withFiles(RunFolder.open(folder.path, file.fsPath));
  }
}

async function chooseRun(services: Services): Promise<RunFolder | undefined> {
  const resumable = (await findRuns(services.runs)).filter((folder) => folder.resumable);
  if (resumable.length === 0) {
    void vscode.window.showInformationMessage(
      'There is no run here that could be resumed: all are finished.',
    );
    return undefined;
  }
  return pickRun(resumable, 'Resume which run?');
}
