/** Assessments that are made in one go: nothing of them has to be saved, since they can be made again. */
import type { StepContext } from '../search/process';
import type { Snapshot } from '../snapshot';
import type { Assessment, Evaluation } from './estimator';

export class AssessedAtOnce implements Evaluation {
  private assessment: Assessment | undefined;

  /**
   * @param expected steps that it counts as
   * @param assess gives undefined when it was interrupted, and is then asked again
   */
  constructor(
    private readonly expected: number,
    private readonly assess: (interrupted: () => boolean) => Promise<Assessment | undefined>,
    readonly memory?: number,
  ) {}

  get done(): boolean {
    return this.assessment !== undefined;
  }

  get steps(): number {
    return this.done ? this.expected : 0;
  }

  get result(): Assessment | undefined {
    return this.assessment;
  }

  async advance({ interrupted }: StepContext): Promise<void> {
    this.assessment = await this.assess(interrupted);
  }

  snapshot(): Snapshot {
    return { meta: null, arrays: {} };
  }

  restore(): void {
    // Begun anew.
  }

  dispose(): void {
    // What it works with belongs to its estimator.
  }
}
