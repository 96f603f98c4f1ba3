/** What a worker is told beside its run: threads, Node binary, where the native backend is. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import * as vscode from 'vscode';
import { UserError } from '../../errors';
import { settings, settingsSection } from '../ids';
import type { Program } from '../../worker/fork';
import type { WorkerSetup } from './session';

/** Folder of the native TensorFlow that the editor set up. */
export function editorNativeFolder(context: vscode.ExtensionContext): string {
  return vscode.Uri.joinPath(context.globalStorageUri, 'native').fsPath;
}

/** The process that looks at data. @throws as `workerSetup` */
export function dataProgram(
  context: vscode.ExtensionContext,
): Program & Pick<WorkerSetup, 'threads' | 'nativeFolder'> {
  return { ...workerSetup(context), script: context.asAbsolutePath('dist/dataProcess.js') };
}

/** @throws UserError when a setting names a Node binary that is not there */
export function workerSetup(context: vscode.ExtensionContext): WorkerSetup {
  const configuration = vscode.workspace.getConfiguration(settingsSection);
  const threads = configuration.get<number>(settings.threads, 0);
  const nodePath = configuration.get<string>(settings.nodePath, '').trim();
  if (nodePath !== '' && !existsSync(nodePath)) {
    throw new UserError(
      `The setting ${settingsSection}.${settings.nodePath} names ${nodePath}, which does not exist.`,
      'Correct it, or clear it to use the editor’s own Node.',
    );
  }
  return {
    script: context.asAbsolutePath('dist/worker.js'),
    // One core is left to the editor, which would stutter otherwise.
    threads: threads > 0 ? threads : Math.max(1, availableParallelism() - 1),
    nativeFolder: editorNativeFolder(context),
    nodePath: nodePath || undefined,
  };
}
