/** Trials in words: scores, costs and how a trial was made. Pure. */
import { formatCount, formatInteger } from '../kit/format';
import { operationNames } from '../../src/space/operations';
import { operationLook } from '../kit/naming';
import type { CostName } from '../../src/protocol/events';
import type { Trial } from './trials';

interface CostLook {
  /** Head of a column and choice of a chart. */
  readonly title: string;
  /** Behind a number, in a sentence. */
  readonly unit: string;
  format(value: number): string;
}

/** Three significant digits. */
function short(value: number): string {
  return Math.abs(value) >= 1000 ? formatCount(value) : String(Number(value.toPrecision(3)));
}

export const costLooks: Readonly<Record<CostName, CostLook>> = {
  parameters: { title: 'Parameters', unit: 'parameters', format: formatCount },
  flops: { title: 'FLOPs', unit: 'multiply–accumulates', format: formatCount },
  memoryMiB: { title: 'Memory, MiB', unit: 'MiB', format: short },
  latencyMs: { title: 'Latency, ms', unit: 'ms', format: short },
};

/** A score of any estimator: shares with four digits, larger numbers with fewer. */
export function formatScore(score: number): string {
  const size = Math.abs(score);
  if (size >= 10_000) return formatCount(score);
  return score.toFixed(size <= 1 ? 4 : size < 100 ? 3 : 1).replace('-', '−');
}

/** "Trial 13": people count from 1. */
export function trialName(index: number): string {
  return `Trial ${formatInteger(index + 1)}`;
}

/** "crossover of trials 3 and 8", "drawn at random". */
export function originText({ by, parents }: Pick<Trial, 'by' | 'parents'>): string {
  const names = parents.map((parent) => formatInteger(parent + 1));
  if (names.length === 0) return by ?? 'proposed without parents';
  const of =
    names.length === 1 ? `trial ${names[0]}` : `trials ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${by ?? 'made'} from ${of}`;
}

/** Same for a narrow column: "crossover 3, 8". */
export function shortOrigin({ by, parents }: Pick<Trial, 'by' | 'parents'>): string {
  const names = parents.map((parent) => formatInteger(parent + 1)).join(', ');
  return [by, names && `← ${names}`].filter(Boolean).join(' ') || '–';
}

/** An architecture's line with operations by their short names, for a narrow column. */
export function shortArchitecture(text: string): string {
  return text.replace(/[a-z]+_\w+/g, (name) =>
    operationNames.includes(name) ? operationLook(name).short : name,
  );
}

export const statusTexts: Readonly<Record<Trial['status'], string>> = {
  done: 'done',
  failed: 'failed',
  rejected: 'rejected',
};

/** With a capital at its start. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A name of a metric or report as words: "validationLoss" → "Validation loss". */
export function plainName(name: string): string {
  const spaced = name.replace(
    /([a-z])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
  return capitalized(spaced);
}

/** A metric whose kind is not known: counts as counts, anything else like a score. */
export function formatMetric(value: number): string {
  return Number.isInteger(value) ? formatInteger(value) : formatScore(value);
}
