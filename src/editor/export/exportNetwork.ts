/** **Export Trained Network**: run → format → what the file takes and gives, where that can be chosen → place → file. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { builtFile } from '../../builtFile';
import { UserError } from '../../errors';
import type * as formats from '../../export/formats';
import { readWeights } from '../../job/weights';
import { writeAtomically } from '../../runs/atomic';
import { RunFolder } from '../../runs/runFolder';
import { homeOf } from '../generate/source';
import { findRuns, pickRun } from '../run/findRuns';
import type { Runs } from '../run/runs';
import type { Services } from '../services';
import { exists } from '../textFile';

/** What a file can take and give, the likeliest wish first. */
const forms: readonly (vscode.QuickPickItem & { readonly options: formats.ExportOptions })[] = [
  {
    label: 'Pixels to probabilities',
    detail: 'Takes pixels from 0 to 255 and normalizes them itself; gives a probability for each class.',
    options: { rawPixels: true, softmax: true },
  },
  {
    label: 'Pixels to logits',
    detail: 'Takes pixels from 0 to 255 and normalizes them itself; gives what comes before the softmax.',
    options: { rawPixels: true },
  },
  {
    label: 'Normalized images to logits',
    detail: 'Takes and gives what generated code does.',
    options: {},
  },
];

const asTrained = { options: {} };

/** A bundle of its own: its library would be a seventh of what the editor reads when it starts. */
function loadFormats(): typeof formats {
  return createRequire(__filename)(builtFile('exporter.js')) as typeof formats;
}

/**
 * @param named a run folder, or a file in one
 * @throws UserError when there is no trained network, or the file cannot be written
 */
export async function exportNetwork({ runs, log }: Services, named: vscode.Uri | undefined): Promise<void> {
  const run = await chooseRun(runs, named);
  if (!run) return;
  // Before anything is asked, so that nobody answers questions for nothing.
  const { file, weights, statistics } = readWeights(run);
  const title = 'Export Trained Network';
  const { exportFormats } = loadFormats();
  const format = (
    await vscode.window.showQuickPick(
      exportFormats.map((value) => ({ label: value.title, detail: value.description, value })),
      { title, placeHolder: 'For which programs?', matchOnDetail: true },
    )
  )?.value;
  if (!format) return;
  const form = format.hasOptions
    ? await vscode.window.showQuickPick(forms, {
        ...{ title, placeHolder: 'What does the file take and give?', matchOnDetail: true },
      })
    : asTrained;
  if (!form) return;
  const target = await pickPlace(homeOf(run.genotypePath), format.fileName(file), title);
  if (!target) return;
  writeAtomically(target.fsPath, format.encode(file, { weights, statistics }, form.options));
  const name = basename(target.fsPath);
  log.info(`Wrote the trained network of ${run.path} to ${target.fsPath}`);
  const reveal = 'Show File';
  void vscode.window
    .showInformationMessage(`Wrote ${name}: ${format.describe(file, form.options)}.`, reveal)
    .then((choice) => choice === reveal && vscode.commands.executeCommand('revealInExplorer', target));
}

async function chooseRun(runs: Runs, named: vscode.Uri | undefined): Promise<RunFolder | undefined> {
  if (named)
    return RunFolder.open(existsSync(`${named.fsPath}/config.json`) ? named.fsPath : dirname(named.fsPath));
  const latest = runs.latest?.folder;
  if (latest && !latest.weightsLack) return latest;
  const trained = (await findRuns(runs)).filter(({ weightsLack }) => !weightsLack);
  if (trained.length === 0) {
    throw new UserError(
      'No run of this workspace has a trained network yet.',
      'Run a search to its end, with "final.epochs" above 0.',
    );
  }
  return pickRun(trained, 'Export the network of which run?');
}

async function pickPlace(home: string, fileName: string, title: string): Promise<vscode.Uri | undefined> {
  const uri = vscode.Uri.joinPath(vscode.Uri.file(home), fileName);
  const usual = (await exists(uri))
    ? { label: `$(replace) Replace ${fileName}`, description: home }
    : { label: `$(file) ${fileName}`, description: home };
  const other = { label: '$(folder-opened) Choose Another Place…' };
  const choice = await vscode.window.showQuickPick([usual, other], {
    title,
    placeHolder: 'Into which file?',
  });
  if (choice !== other) return choice && uri;
  // It asks before it gives the name of a file that is there.
  const extension = fileName.slice(fileName.lastIndexOf('.') + 1);
  return vscode.window.showSaveDialog({
    defaultUri: uri,
    filters: { [extension.toUpperCase()]: [extension] },
  });
}
