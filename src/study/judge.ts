/** One architecture after the other judged by an estimator, outside of a search: for studies. */
import { describeError } from '../errors';
import type { StepContext } from '../search/process';
import type { Genotype } from '../space/genotype';
import type { Estimator, Stepwise } from '../estimate/estimator';
import { endsTrial } from '../estimate/trialSearch';

export interface Judging {
  stopped(): boolean;
  /** Steps of training so far, of the preparation or of this architecture. */
  onSteps(steps: number): void;
  /** The architecture has no score. */
  onFailure(message: string): void;
}

/** What an estimator needs before the first architecture. Incomplete when it was stopped. */
export async function prepare({ preparation }: Estimator, judging: Judging): Promise<void> {
  if (preparation) await advanceAll(preparation, judging);
}

/**
 * @param index random numbers depend on it
 * @returns undefined when it was stopped, or failed as a trial may
 */
export async function judge(
  estimator: Estimator,
  genotype: Genotype,
  index: number,
  judging: Judging,
): Promise<number | undefined> {
  const evaluation = estimator.evaluate(genotype, index);
  try {
    await advanceAll(evaluation, judging);
    return evaluation.result?.score;
  } catch (error) {
    if (!endsTrial(error)) throw error;
    judging.onFailure(describeError(error));
    return undefined;
  } finally {
    evaluation.dispose();
  }
}

async function advanceAll(work: Stepwise, { stopped, onSteps }: Judging): Promise<void> {
  const context: StepContext = { emit: () => undefined, interrupted: stopped };
  while (!work.done && !stopped()) {
    // Lets signals in between two steps.
    await new Promise((resolve) => setImmediate(resolve));
    await work.advance(context);
    onSteps(work.steps);
  }
}
