/**
 * **New Search Config**: asks for a template and a name, or takes a folder of pictures, writes the file through the editor, and
 * opens it.
 */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../errors';
import { configSuffix } from '../ids';
import type { Services } from '../services';
import { exists, writeThroughEditor } from '../textFile';
import type { ConfigTemplate } from './configTemplate';
import { configForPictures } from './forPictures';
import { configTemplates } from './templates';

/** @throws UserError when no folder is open or the file cannot be made */
export async function newConfig(services: Services, named: vscode.Uri | undefined): Promise<void> {
  const folder = await targetFolder(named);
  if (!folder) return;
  const template = await pickTemplate(named && basename(named.fsPath));
  if (!template) return;
  if (template === pictures) return configForPictures(services, named);
  const name = await askName(folder, template);
  if (name === undefined) return;
  const uri = vscode.Uri.joinPath(folder, `${name}${configSuffix}`);
  const document = await writeThroughEditor(uri, template.text(name), false);
  await vscode.window.showTextDocument(document, { preview: false });
}

/** The folder that the command was called on, else that of the workspace. */
async function targetFolder(named: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  if (named) return named;
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    throw new UserError('There is no folder open that the config could be put into.', 'Open a folder first.');
  }
  if (folders.length === 1) return folders[0]!.uri;
  return (await vscode.window.showWorkspaceFolderPick({ placeHolder: 'Where to put the config?' }))?.uri;
}

/** Chosen in place of a template. */
const pictures = 'pictures';

/** @param folderName of the folder that the command was called on */
async function pickTemplate(
  folderName: string | undefined,
): Promise<ConfigTemplate | typeof pictures | undefined> {
  const own = {
    label: folderName === undefined ? 'Pictures in a Folder…' : `Pictures in “${folderName}”`,
    description: 'a subfolder for each class',
    detail:
      'Size, colours and length of the search are chosen by the pictures and the speed of this machine.',
    template: pictures,
  } as const;
  const templates = configTemplates.map((template) => {
    const { title: label, description, detail } = template;
    return { label, description, detail, template };
  });
  const items = [own, ...templates];
  const options = { title: 'New Search Config (1/2)', placeHolder: 'Start from which template?' };
  return (await vscode.window.showQuickPick(items, options))?.template;
}

/** Asks until the name is one of a file that does not exist yet. @returns it without the suffix */
async function askName(folder: vscode.Uri, template: ConfigTemplate): Promise<string | undefined> {
  const plain = (text: string): string => {
    const trimmed = text.trim();
    return trimmed.endsWith(configSuffix) ? trimmed.slice(0, -configSuffix.length) : trimmed;
  };
  const answer = await vscode.window.showInputBox({
    title: 'New Search Config (2/2)',
    prompt: `Name of the search; the file is called NAME${configSuffix}`,
    value: template.fileName,
    validateInput: async (text) => {
      const name = plain(text);
      if (name === '') return 'A name is needed.';
      if (/[\\/:*?"<>|]/.test(name) || name.startsWith('.')) return 'This cannot be the name of a file.';
      const taken = await exists(vscode.Uri.joinPath(folder, `${name}${configSuffix}`));
      return taken ? `${name}${configSuffix} exists already.` : undefined;
    },
  });
  return answer === undefined ? undefined : plain(answer);
}
