/** Offers, once, to go on with the run that the last window left behind when it was closed or crashed. */
import * as vscode from 'vscode';
import { RunFolder } from '../../runs/runFolder';
import type { Services } from '../services';
import { resume } from './resume';
import { RunSession } from './session';

export async function offerInterrupted(services: Services, path: string): Promise<void> {
  let folder: RunFolder;
  try {
    folder = RunFolder.open(path);
  } catch {
    services.log.info(`The run that was under way is gone: ${path}`);
    return;
  }
  if (!folder.resumable) return;
  const session = new RunSession(folder);
  const done = session.epochsDone;
  const where = done > 0 ? `after epoch ${done}` : 'in its first epoch';
  const actions = { resume: 'Resume', dashboard: 'Open Dashboard' } as const;
  const text = `The search “${session.name}” was interrupted ${where}. Its progress is saved.`;
  const choice = await vscode.window.showInformationMessage(text, actions.resume, actions.dashboard);
  if (choice === actions.resume) await resume(services, vscode.Uri.file(path));
  if (choice === actions.dashboard) (await services.dashboards()).show(session);
}
