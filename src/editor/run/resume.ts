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
  if (!(await confirmOutside(chosen.run.config, chosen.run.configFolder))) return;
  if (runs.current) return;
  await launch(services, new RunSession(chosen), workerSetup(services.context), true);
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
