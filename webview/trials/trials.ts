/** Trials of a sampling search as the dashboard needs them: best so far, Pareto front, order, lineage. Pure. */
import { costNames, type CostName, type RunEventOf } from '../../src/protocol/events';
import type { RunState } from '../../src/protocol/runState';
import type { SortKey } from '../kit/host';
import type { View } from '../kit/store';

export type Trial = RunEventOf<'trial'>;
/** A trial with a score. */
export type ScoredTrial = Trial & { readonly score: number };

/** Which costs at least one trial has. */
export function knownCosts(trials: readonly Trial[]): CostName[] {
  return costNames.filter((name) => trials.some(({ costs }) => costs[name] !== undefined));
}

export function isScored(trial: Trial): trial is ScoredTrial {
  return trial.status === 'done' && trial.score !== undefined && Number.isFinite(trial.score);
}

/** The trial with the largest score, the earlier of equal ones. */
export function bestTrial(trials: readonly Trial[]): ScoredTrial | undefined {
  return trials
    .filter(isScored)
    .reduce<ScoredTrial | undefined>(
      (best, trial) => (best && best.score >= trial.score ? best : trial),
      undefined,
    );
}

/** Index of the trial that the search holds for the best: the one it named last, else the largest score. */
export function namedBest(run: Pick<RunState, 'genotypes' | 'trials'>): number | undefined {
  return run.genotypes.findLast(({ trial }) => trial !== undefined)?.trial ?? bestTrial(run.trials)?.index;
}

/** Index of the trial that is shown in full – the one that the person chose, else the best – and of the best. */
export function selectedTrial({ run, ui }: Pick<View, 'run' | 'ui'>): { selected?: number; best?: number } {
  const best = namedBest(run);
  const known = run.trials.some(({ index }) => index === ui.trial);
  return { selected: known ? ui.trial : best, best };
}

/** The largest score up to and with each trial; null before the first. */
export function bestSoFar(trials: readonly Trial[]): (number | null)[] {
  let best: number | null = null;
  return trials.map((trial) => {
    if (isScored(trial) && (best === null || trial.score > best)) best = trial.score;
    return best;
  });
}

/**
 * Scored trials that no other one beats in score without costing more: by ascending cost, scores ascend too. Of trials
 * that are equal in both the earliest stands for all.
 */
export function paretoFront(trials: readonly Trial[], cost: CostName): ScoredTrial[] {
  const front: ScoredTrial[] = [];
  for (const trial of byCost(trials, cost)) {
    const last = front.at(-1);
    if (!last || trial.score > last.score) front.push(trial);
  }
  return front;
}

/** Scored trials whose cost is known by ascending cost, at one cost the best and earliest first. */
export function byCost(trials: readonly Trial[], cost: CostName): ScoredTrial[] {
  return trials
    .filter(isScored)
    .filter(({ costs }) => costs[cost] !== undefined)
    .sort((a, b) => a.costs[cost]! - b.costs[cost]! || b.score - a.score || a.index - b.index);
}

export interface Order {
  readonly key: SortKey;
  readonly descending: boolean;
}

function sortValue(trial: Trial, key: SortKey): number | string | undefined {
  if (key === 'index' || key === 'status' || key === 'text') return trial[key];
  if (key === 'by') return trial.by;
  return key === 'score' ? (isScored(trial) ? trial.score : undefined) : trial.costs[key];
}

/** In the wanted order, equal ones by index; those without a value always come last. */
export function sortTrials(trials: readonly Trial[], { key, descending }: Order): Trial[] {
  const direction = descending ? -1 : 1;
  return [...trials].sort((a, b) => {
    const [one, other] = [sortValue(a, key), sortValue(b, key)];
    if (one === undefined || other === undefined) {
      return Number(one === undefined) - Number(other === undefined) || a.index - b.index;
    }
    const compared =
      typeof one === 'number' && typeof other === 'number'
        ? one - other
        : String(one).localeCompare(String(other), 'en');
    return direction * compared || a.index - b.index;
  });
}

/**
 * What a trial was made from, itself first: its first parent, the first parent of that, … to one that was drawn. Second
 * parents are named in `parents` of each.
 */
export function lineage(trials: readonly Trial[], index: number): Trial[] {
  const byIndex = new Map(trials.map((trial) => [trial.index, trial]));
  const chain: Trial[] = [];
  // A parent is older than its child: what says otherwise is not followed, so the chain ends.
  for (let trial = byIndex.get(index); trial;) {
    chain.push(trial);
    const [parent = trial.index] = trial.parents;
    trial = parent < trial.index ? byIndex.get(parent) : undefined;
  }
  return chain;
}

/** Numbers of a series over trials, for the charts of reports. */
export interface ReportSeries {
  readonly source: 'strategy' | 'estimator';
  readonly name: string;
  readonly trials: readonly number[];
  readonly values: readonly number[];
}

/** What strategy and estimator reported, a series a name, in the order in which the names came up. */
export function reportSeries(reports: readonly RunEventOf<'report'>[]): ReportSeries[] {
  const series = new Map<
    string,
    { source: ReportSeries['source']; name: string; trials: number[]; values: number[] }
  >();
  for (const { source, trial, values } of reports) {
    for (const [name, value] of Object.entries(values)) {
      const key = `${source} ${name}`;
      const known = series.get(key) ?? { source, name, trials: [], values: [] };
      series.set(key, known);
      // One point a trial: a later report of the same trial replaces the earlier.
      if (known.trials.at(-1) === trial) known.values[known.values.length - 1] = value;
      else {
        known.trials.push(trial);
        known.values.push(value);
      }
    }
  }
  return [...series.values()];
}
