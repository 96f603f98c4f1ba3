/** How far a job is and how long it will take, from the work of its phases and the pace so far. */

/** Work of one phase: steps, and what one of them costs (multiply–accumulates). */
export interface PhaseWork {
  readonly steps: number;
  readonly stepWork: number;
  /** Steps take different time, so that their mean is the pace and not their median. */
  readonly uneven?: boolean;
}

export class JobClock {
  private readonly recent: number[] = [];
  private secondsPerWork: number | undefined;
  /** Of the phase under way, since `restart`. */
  private total = { milliseconds: 0, steps: 0 };

  /** @param phases work of every phase of the job, in order; estimates are replaced as phases start */
  constructor(private readonly phases: PhaseWork[]) {}

  setPhase(index: number, work: PhaseWork): void {
    this.phases[index] = work;
  }

  /**
   * Notes work of the given phase and its duration in milliseconds.
   * @param steps that were done
   * @param expected as how many of the phase's steps they count
   */
  note(phase: number, milliseconds: number, steps = 1, expected = steps): void {
    this.total.milliseconds += milliseconds;
    this.total.steps += expected;
    if (steps > 0) this.recent.push(milliseconds / steps);
    if (this.recent.length > 15) this.recent.shift();
    const { stepWork = 0, uneven = false } = this.phases[phase] ?? {};
    const pace = uneven ? this.total.milliseconds / this.total.steps : this.stepMs;
    if (stepWork > 0 && pace !== undefined && Number.isFinite(pace)) {
      this.secondsPerWork = pace / 1000 / stepWork;
    }
  }

  /** Forgets the pace, e.g. when a phase with other steps starts. */
  restart(): void {
    this.recent.length = 0;
    this.total = { milliseconds: 0, steps: 0 };
  }

  /** Median duration of the last steps, milliseconds. */
  get stepMs(): number | undefined {
    const sorted = [...this.recent].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  }

  /** Share of the work done when `steps` of the steps of `phase` are done, 0 … 1. */
  progress(phase: number, steps: number): number {
    const total = this.work(this.phases);
    return total === 0 ? 0 : Math.min(1, this.doneWork(phase, steps) / total);
  }

  /** Seconds for all that is left, at the pace of the last steps; undefined before three of them. */
  etaSeconds(phase: number, steps: number): number | undefined {
    if (this.secondsPerWork === undefined || this.recent.length < 3) return undefined;
    return (this.work(this.phases) - this.doneWork(phase, steps)) * this.secondsPerWork;
  }

  private doneWork(phase: number, steps: number): number {
    return this.work(this.phases.slice(0, phase)) + steps * (this.phases[phase]?.stepWork ?? 0);
  }

  private work(phases: readonly PhaseWork[]): number {
    return phases.reduce((sum, { steps, stepWork }) => sum + steps * stepWork, 0);
  }
}
