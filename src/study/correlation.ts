/** How well one way to judge architectures ranks them as another does, beside rankings by cost alone. Plain numbers. */
import { kendall, spearman, topKPrecision } from '../statistics';

/** An architecture with what both estimators and its costs say. A score is missing where there is none, e.g. after NaN losses. */
export interface JudgedArchitecture {
  /** In one line. */
  readonly text: string;
  readonly reference?: number;
  readonly candidate?: number;
  readonly flops: number;
  readonly parameters: number;
}

/** One row of the study. */
export interface Agreement {
  /** What ranks the architectures. */
  readonly by: string;
  /** NaN where either ranking is constant. */
  readonly spearman: number;
  /** τ-b. */
  readonly kendall: number;
  /** Share of its k best that are among the reference's k best. */
  readonly topK: number;
}

export interface Study {
  /** Architectures that both estimators have a score of. */
  readonly compared: number;
  /** A fifth of them, at least one. */
  readonly k: number;
  readonly rows: readonly Agreement[];
}

/** Two scores have a correlation of ±1 whatever they are. */
export const leastCompared = 3;

/**
 * Rows of the candidate, of FLOPs and of parameters. A candidate that does not beat the costs adds nothing to them.
 * @throws RangeError when fewer than `leastCompared` architectures have both scores
 */
export function studyCorrelation(candidate: string, judged: readonly JudgedArchitecture[]): Study {
  const both = judged.flatMap((each) => {
    const { reference, candidate: score } = each;
    return reference === undefined || score === undefined ? [] : [{ ...each, reference, candidate: score }];
  });
  if (both.length < leastCompared) {
    throw new RangeError(
      `${both.length} architectures have both scores; a correlation needs ${leastCompared} or more.`,
    );
  }
  const k = Math.max(1, Math.round(both.length / 5));
  const reference = both.map((each) => each.reference);
  const row = (by: string, values: readonly number[]): Agreement => ({
    by,
    spearman: spearman(values, reference),
    kendall: kendall(values, reference),
    topK: topKPrecision(values, reference, k),
  });
  return {
    compared: both.length,
    k,
    rows: [
      row(
        candidate,
        both.map((each) => each.candidate),
      ),
      row(
        'FLOPs',
        both.map((each) => each.flops),
      ),
      row(
        'parameters',
        both.map((each) => each.parameters),
      ),
    ],
  };
}

/** A line for each architecture. Missing scores are empty. */
export function correlationCsv(judged: readonly JudgedArchitecture[]): string {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const lines = judged.map(({ text, reference, candidate, flops, parameters }) =>
    [quoted(text), reference ?? '', candidate ?? '', flops, parameters].join(','),
  );
  return ['architecture,reference,candidate,flops,parameters', ...lines, ''].join('\n');
}
