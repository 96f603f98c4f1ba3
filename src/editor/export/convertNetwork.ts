/** Exports that Python makes, in the process that may load images; with its own Python set up where there is none, after consent. */
import * as vscode from 'vscode';
import { UserError } from '../../errors';
import type { DataCommand, DataMessage } from '../../protocol/dataProcess';
import { DataProcess } from '../../worker/dataClient';
import { settings, settingsSection } from '../ids';
import { dataProgram } from '../run/workerSetup';
import type { Services } from '../services';

type ExportOrder = Omit<Extract<DataCommand, { type: 'export' }>, 'type' | 'threads' | 'python'>;

/** What the process says in the end. */
type Answer = Extract<DataMessage, { type: 'exported' | 'pythonReady' | 'failed' }>;

/** Milliseconds that a process gets to end its Python. */
const patience = 3000;

/**
 * Writes the file.
 * @returns how it does, a part of a sentence; undefined where it was cancelled
 * @throws UserError when it cannot be made
 */
export async function convertInPython(services: Services, order: ExportOrder): Promise<string | undefined> {
  const configuration = vscode.workspace.getConfiguration(settingsSection);
  const python = configuration.get<string>(settings.pythonPath, '').trim() || undefined;
  const { threads } = dataProgram(services.context);
  const title = 'Export Trained Network';
  for (;;) {
    const answer = await answered(services, title, { type: 'export', ...order, python, threads });
    if (answer?.type === 'exported') return answer.said;
    if (answer?.type !== 'failed') return undefined;
    if (answer.code !== 'no-python' || python !== undefined)
      throw new UserError(answer.message, pythonHint(answer, python));
    if (!(await setUpAfterConsent(services, answer.message))) return undefined;
  }
}

/** What a person can do in the editor, where the hint is about the command line. */
function pythonHint({ code, hint }: Extract<Answer, { type: 'failed' }>, python: string | undefined) {
  if (code !== 'no-python' || python === undefined) return hint;
  return `The setting ${settingsSection}.${settings.pythonPath} names it: correct it, or clear it.`;
}

/** @returns whether exports have their Python now */
async function setUpAfterConsent(services: Services, message: string): Promise<boolean> {
  const [agree, name] = ['Download and Set Up', 'Name Another Python…'];
  const detail = [
    message,
    'Some 600 MB are downloaded from PyPI: Keras and TensorFlow, both under the Apache License 2.0. They go to an environment of their own in the cache folder of NAS Workbench; nothing else on this machine is changed.',
  ].join('\n\n');
  const question = 'Set up Keras and TensorFlow for exports?';
  const choice = await vscode.window.showInformationMessage(question, { modal: true, detail }, agree, name);
  if (choice === name) {
    const setting = `${settingsSection}.${settings.pythonPath}`;
    await vscode.commands.executeCommand('workbench.action.openSettings', setting);
  }
  if (choice !== agree) return false;
  const answer = await answered(services, 'Set Up Python for Exports', { type: 'setUpPython' });
  if (answer?.type === 'failed') throw new UserError(answer.message, answer.hint);
  return answer !== undefined;
}

/** @returns undefined where it was cancelled */
function answered(
  { context, log }: Services,
  title: string,
  command: DataCommand,
): Thenable<Answer | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(
    options,
    (progress, token) =>
      new Promise<Answer | undefined>((resolve) => {
        const end = (answer: Answer | undefined): void => {
          child.dispose();
          resolve(answer);
        };
        const child = new DataProcess(dataProgram(context), {
          output: (line) => log.info(`[export] ${line}`),
          message(message) {
            if (message.type === 'progress') progress.report({ message: `${message.step} …` });
            if (message.type === 'failed' && message.stack) log.error(message.stack);
            if (message.type === 'failed' && message.code === 'cancelled') end(undefined);
            else if (
              message.type === 'exported' ||
              message.type === 'pythonReady' ||
              message.type === 'failed'
            )
              end(message);
          },
        });
        token.onCancellationRequested(() => {
          child.send({ type: 'cancel' });
          setTimeout(() => end(undefined), patience);
        });
        child.send(command);
      }),
  );
}
