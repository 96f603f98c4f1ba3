/** Pictures that a person hands to a dashboard, by a dialog or dropped, and the process that they go to. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { describeError } from '../../errors';
import {
  mostBytes,
  type DroppedPicture,
  type PictureAnswer,
  type PictureOrigin,
} from '../../protocol/classification';
import { DataProcess, type DataListener } from '../../worker/dataClient';
import { dataProgram } from '../run/workerSetup';
import type { ClassificationOptions } from './classification';

/** Endings of what can be decoded; other names are found under all files. */
const pictureEndings = ['png', 'jpg', 'jpeg', 'webp', 'gif', 'bmp', 'tif', 'tiff', 'avif'];

/** @throws UserError as `dataProgram` */
export function startClassification(
  context: vscode.ExtensionContext,
  listener: DataListener,
): ReturnType<ClassificationOptions['start']> {
  const { threads, nativeFolder, ...program } = dataProgram(context);
  const process = new DataProcess(program, listener);
  return {
    ask: (runFolder, pictures) =>
      process.send({ type: 'classify', runFolder, pictures: [...pictures], threads, nativeFolder }),
    dispose: () => process.dispose(),
  };
}

/** @returns those that the person chose; none when it was cancelled */
export async function choosePictures(): Promise<PictureOrigin[]> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Pictures to Classify',
    openLabel: 'Classify',
    canSelectMany: true,
    filters: { Pictures: pictureEndings, 'All Files': ['*'] },
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
  });
  return (chosen ?? []).map((uri) => ({ name: nameOf(uri), file: uri.fsPath }));
}

/** Where the bytes of a dropped picture are, or why it cannot be used. */
export async function originOf(
  picture: DroppedPicture,
): Promise<PictureOrigin | Extract<PictureAnswer, { kind: 'refused' }>> {
  if (!('uri' in picture)) return picture;
  try {
    const uri = vscode.Uri.parse(picture.uri, true);
    const name = nameOf(uri);
    if (uri.scheme === 'file') return { name, file: uri.fsPath };
    // A file of another machine or of another extension, which the editor reads.
    const { size } = await vscode.workspace.fs.stat(uri);
    return size > mostBytes
      ? { name }
      : { name, bytes: new Uint8Array(await vscode.workspace.fs.readFile(uri)) };
  } catch (error) {
    const name = basename(picture.uri);
    return { kind: 'refused', name, message: `${name}: it cannot be read (${describeError(error)}).` };
  }
}

/** From the workspace on, where it is in it. */
function nameOf(uri: vscode.Uri): string {
  const name = vscode.workspace.asRelativePath(uri);
  return name === uri.fsPath || name === uri.path ? basename(uri.path) : name;
}
