/** A config for a folder of pictures: proposed by a process that looks at them, written through the editor, and opened. */
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../errors';
import { DataProcess } from '../../worker/dataClient';
import { configSuffix } from '../ids';
import { isInside } from '../../config/inside';
import { requireTrust } from '../run/refuse';
import { dataProgram } from '../run/workerSetup';
import type { Services } from '../services';
import { exists, writeThroughEditor } from '../textFile';

/**
 * @param named folder that the command was called on
 * @throws UserError that says what such a folder looks like, where it is none, or when the file cannot be made
 */
export async function configForPictures(services: Services, named: vscode.Uri | undefined): Promise<void> {
  if (!(await requireTrust())) return;
  const root = named ?? (await pickFolder());
  if (!root) return;
  const folder = configFolder(root);
  const name = await freeName(folder, basename(root.fsPath));
  const text = await propose(services, root, folder, name);
  if (text === undefined) return;
  const document = await writeThroughEditor(fileOf(folder, name), text, false);
  await vscode.window.showTextDocument(document, { preview: false });
}

async function pickFolder(): Promise<vscode.Uri | undefined> {
  const picked = await vscode.window.showOpenDialog({
    title: 'Folder of Pictures, with a Subfolder for Each Class',
    openLabel: 'Make Config',
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
  });
  return picked?.[0];
}

/** Beside the pictures, where a run may write; in them, where that would leave the workspace. */
function configFolder(root: vscode.Uri): vscode.Uri {
  const roots = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const beside = dirname(root.fsPath);
  if (isInside(beside, roots)) return vscode.Uri.file(beside);
  if (isInside(root.fsPath, roots)) return root;
  // Pictures from elsewhere: the config is the workspace's.
  return vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(beside);
}

function fileOf(folder: vscode.Uri, name: string): vscode.Uri {
  return vscode.Uri.joinPath(folder, `${name}${configSuffix}`);
}

/** `photos`, or `photos-2` where there is such a config. */
async function freeName(folder: vscode.Uri, wanted: string): Promise<string> {
  let name = wanted;
  for (let number = 2; await exists(fileOf(folder, name)); number++) name = `${wanted}-${number}`;
  return name;
}

/** @returns undefined when it was cancelled */
async function propose(
  { context, log }: Services,
  root: vscode.Uri,
  folder: vscode.Uri,
  name: string,
): Promise<string | undefined> {
  const { threads, ...program } = dataProgram(context);
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `NAS: a search for “${basename(root.fsPath)}”`,
    cancellable: true,
  };
  return vscode.window.withProgress(
    options,
    (progress, token) =>
      new Promise<string | undefined>((resolve, reject) => {
        const end = (settle: () => void): void => {
          child.dispose();
          settle();
        };
        const child = new DataProcess(program, {
          output: (line) => log.info(`[data] ${line}`),
          message: (message) => {
            if (message.type === 'progress') progress.report({ message: `${message.step} …` });
            if (message.type === 'proposal') end(() => resolve(message.text));
            if (message.type === 'failed') {
              if (message.stack) log.error(message.stack);
              end(() => reject(new UserError(message.message, message.hint)));
            }
          },
        });
        token.onCancellationRequested(() => end(() => resolve(undefined)));
        child.send({ type: 'propose', root: root.fsPath, configFolder: folder.fsPath, name, threads });
      }),
  );
}
