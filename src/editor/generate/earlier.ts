/** An architecture that a run had before its end, chosen from a list and written beside its `genotype.json`. */
import * as vscode from 'vscode';
import { formatCount } from '../../format';
import { readEventLog } from '../../runs/eventLog';
import { pastGenotypes, pastName, writePastGenotype, type PastGenotype } from '../../runs/pastGenotypes';
import { RunFolder } from '../../runs/runFolder';
import { formatScore, scoreTitle } from '../../scores';
import { formatGenotype } from '../../space/genotype';

function openRun(path: string): RunFolder | undefined {
  try {
    return RunFolder.open(path);
  } catch {
    // A genotype that was moved out of its run folder.
    return undefined;
  }
}

function pastOf(folder: RunFolder): PastGenotype[] {
  return pastGenotypes(readEventLog(folder.eventsPath).events);
}

/** Whether there is more than one architecture to choose from. */
export function hasEarlier(path: string): boolean {
  const folder = openRun(path);
  return folder !== undefined && pastOf(folder).length > 1;
}

function describe({ kind, score, scoreName = 'accuracy' }: PastGenotype): string {
  if (score === undefined) return '';
  return kind === 'epoch'
    ? `validation ${scoreTitle(scoreName)} of the supernet ${formatScore(scoreName, score)}`
    : `score ${Math.abs(score) < 1e4 ? score.toFixed(4) : formatCount(Math.round(score))}`;
}

/**
 * @param path of the run folder
 * @returns path of the genotype file that was written; nothing when the person chose none
 * @throws UserError when it cannot be written
 */
export async function chooseEarlier(path: string): Promise<string | undefined> {
  const folder = RunFolder.open(path);
  const items = pastOf(folder).map((past) => ({
    label: pastName(past).replace(/^./, (letter) => letter.toUpperCase()),
    description: describe(past),
    detail:
      past.text ??
      formatGenotype(past.genotype)
        .map(({ lines }) => lines.join('; '))
        .join(' | '),
    past,
  }));
  const options = {
    title: 'Generate code of which architecture?',
    matchOnDescription: true,
    matchOnDetail: true,
  };
  const choice = await vscode.window.showQuickPick(items, options);
  return choice && writePastGenotype(folder, choice.past);
}
