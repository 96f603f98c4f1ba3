/** **Export Trained Network**: run → format → what the file takes and gives, where that can be chosen → place → file. */
import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../errors';
import type { ExportOptions } from '../../exchange';
import { readWeights } from '../../job/weights';
import { networkOfWeights, RunFolder } from '../../runs/runFolder';
import { loadExchange } from '../exchange';
import { homeOf } from '../generate/source';
import { pickPlace } from '../place';
import { convertInPython } from './convertNetwork';
import { remember, rememberedFirst, type RememberedItem } from '../remembered';
import { findRuns, pickRun } from '../run/findRuns';
import type { Runs } from '../run/runs';
import type { Services } from '../services';

/** What a file can take and give, the likeliest wish first. */
const forms: readonly (RememberedItem & { readonly options: ExportOptions })[] = [
  {
    id: 'probabilities',
    label: 'Pixels to probabilities',
    detail: 'Normalizes pixels from 0 to 255 itself; gives a probability a class.',
    options: { rawPixels: true, softmax: true },
  },
  {
    id: 'logits',
    label: 'Pixels to logits',
    detail: 'Normalizes pixels from 0 to 255 itself; gives what is before the softmax.',
    options: { rawPixels: true },
  },
  {
    id: 'normalized',
    label: 'Normalized images to logits',
    detail: 'Takes and gives what generated code does.',
    options: {},
  },
];

const asTrained = { id: undefined, options: {} };

/**
 * @param named a run folder, or a file in one
 * @throws UserError when there is no trained network, or the file cannot be written
 */
export async function exportNetwork(services: Services, named: vscode.Uri | undefined): Promise<void> {
  const { runs, log, context } = services;
  const memory = context.workspaceState;
  const run = await chooseRun(runs, named);
  if (!run) return;
  // Before anything is asked, so that nobody answers questions for nothing.
  const network = named && networkOfWeights(basename(named.fsPath));
  const { file, weights, statistics } = readWeights(run, network);
  const title = 'Export Trained Network';
  const { exportFormats, convertedFormats, writeExported } = loadExchange();
  const formats = [...exportFormats, ...convertedFormats].map((value) => ({
    ...{ id: value.id, label: value.title, detail: value.description, value },
    ...('calibrates' in value && { description: 'made in Python' }),
  }));
  const format = (
    await vscode.window.showQuickPick(rememberedFirst(memory, 'format', formats), {
      ...{ title, placeHolder: 'For which programs?', matchOnDetail: true },
    })
  )?.value;
  await remember(memory, 'format', format?.id);
  if (!format) return;
  const takesForm = 'calibrates' in format || format.options.includes('rawPixels');
  const form = takesForm
    ? await vscode.window.showQuickPick(rememberedFirst(memory, 'form', forms), {
        ...{ title, placeHolder: 'What does the file take and give?', matchOnDetail: true },
      })
    : asTrained;
  if (!form) return;
  await remember(memory, 'form', form.id);
  const fileName = format.fileName(file);
  const target = await pickPlace(homeOf(run.genotypePath), {
    ...{ title, fileName, tellsReplaced: true },
    filters: { [format.title]: [extname(fileName).slice(1)] },
  });
  if (!target) return;
  let said: string | undefined;
  if ('calibrates' in format) {
    const order = { runFolder: run.path, network, format: format.id, target: target.fsPath };
    said = await convertInPython(services, { ...order, options: form.options });
    if (said === undefined) return;
  } else {
    writeExported(target.fsPath, format.encode(file, { weights, statistics }, form.options));
    said = format.describe(file, form.options);
  }
  const name = basename(target.fsPath);
  log.info(`Wrote the trained network of ${run.path} to ${target.fsPath}`);
  const reveal = 'Show File';
  void vscode.window
    .showInformationMessage(`Wrote ${name}: ${said}.`, reveal)
    .then((choice) => choice === reveal && vscode.commands.executeCommand('revealInExplorer', target));
}

async function chooseRun(runs: Runs, named: vscode.Uri | undefined): Promise<RunFolder | undefined> {
  if (named)
    return RunFolder.open(
      existsSync(join(named.fsPath, 'config.json')) ? named.fsPath : dirname(named.fsPath),
    );
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
