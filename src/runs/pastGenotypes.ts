/** Architectures that a run had before its end, from its event log: those of earlier epochs, and its trials. */
import { join } from 'node:path';
import { UserError } from '../errors';
import type { PastChoice } from '../protocol/dashboard';
import type { RunEvent, ScoreValue } from '../protocol/events';
import { effectiveEvents } from '../protocol/runState';
import type { ScoreName } from '../scores';
import type { Genotype, GenotypeFile } from '../space/genotype';
import { writeAtomically } from './atomic';
import { requireEventLog } from './eventLog';
import type { RunFolder } from './runFolder';

export interface PastGenotype extends PastChoice {
  readonly genotype: Genotype;
  /** Of the supernet on the validation split after an epoch, or of a trial; undefined where there is none. */
  readonly score?: number;
  /** What the score of an epoch is. */
  readonly scoreName?: ScoreName;
  /** Of trials: the architecture in one line. */
  readonly text?: string;
}

/** Trials with a score by falling score, or the epochs from the last to the first. */
export function pastGenotypes(events: readonly RunEvent[]): PastGenotype[] {
  const kept = effectiveEvents(events);
  const trials = kept.flatMap((event): PastGenotype[] =>
    event.type === 'trial' && event.score !== undefined ? [trialOf(event)] : [],
  );
  if (trials.length > 0) return trials.sort((a, b) => b.score! - a.score! || a.index - b.index);
  const scores = new Map<number, ScoreValue>();
  for (const event of kept) {
    if (event.type !== 'epoch' || event.phase !== 'search' || event.validationAccuracy === undefined)
      continue;
    const accuracy: ScoreValue = { name: 'accuracy', value: event.validationAccuracy };
    scores.set(event.epoch, event.validationScore ?? accuracy);
  }
  // A collapse guard names the epoch that it returns to a second time.
  const epochs = new Map<number, PastGenotype>();
  for (const event of kept) {
    if (event.type !== 'genotype' || event.trial !== undefined) continue;
    const { epoch: index, genotype } = event;
    epochs.set(index, {
      kind: 'epoch',
      index,
      genotype,
      score: scores.get(index)?.value,
      scoreName: scores.get(index)?.name,
    });
  }
  return [...epochs.values()].sort((a, b) => b.index - a.index);
}

function trialOf({ index, genotype, score, text }: Extract<RunEvent, { type: 'trial' }>): PastGenotype {
  return { kind: 'trial', index, genotype, score, text };
}

/** Also trials without a score. */
function findPast(events: readonly RunEvent[], { kind, index }: PastChoice): PastGenotype | undefined {
  if (kind === 'epoch')
    return pastGenotypes(events).find((past) => past.kind === kind && past.index === index);
  const trial = effectiveEvents(events).find((event) => event.type === 'trial' && event.index === index);
  return trial?.type === 'trial' ? trialOf(trial) : undefined;
}

/** "epoch 3", "trial 12": people count from 1. */
export function pastName({ kind, index }: PastChoice): string {
  return `${kind} ${index + 1}`;
}

/**
 * Writes the genotype file of an earlier architecture into the run folder, as `genotype-epoch-3.json`.
 * @returns its path
 * @throws UserError when the run has no such epoch or trial, or the file cannot be written
 */
export function writePastGenotype(folder: RunFolder, choice: PastChoice): string {
  const file = folder.readGenotype();
  const past = findPast(requireEventLog(folder.eventsPath).events, choice);
  if (!file || !past) {
    throw new UserError(
      `${folder.path} has no architecture of ${pastName(choice)}.`,
      'There is one for every epoch of a gradient search that is over, and for every trial, once one has a score.',
    );
  }
  const { genotype } = past;
  const origin = {
    ...file.origin,
    name: `${file.origin.name}, ${pastName(choice)}`,
    epoch: choice.index,
    unit: choice.kind,
  };
  const written: GenotypeFile = { ...file, genotype, origin };
  const path = join(folder.path, `genotype-${choice.kind}-${choice.index + 1}.json`);
  writeAtomically(path, [`${JSON.stringify(written, undefined, 2)}\n`]);
  return path;
}
