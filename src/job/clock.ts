/** How far a job is and how long it will take, from the work of its phases and the pace so far. */

/** Work of one phase: steps, and what one of them costs (multiply–accumulates). */
export interface PhaseWork {
  readonly steps: number;
  readonly stepWork: number;
}

export class JobClock {
  private readonly recent: number[] = [];
  private secondsPerWork: number | undefined;

  /** @param phases work of every phase of the job, in order; estimates are replaced as phases start */
  constructor(private readonly phases: PhaseWork[]) {}

  setPhase(index: number, work: PhaseWork): void {
    this.phases[index] = work;
  }

  /** Notes a step of the given phase and its duration in milliseconds. */
  note(phase: number, milliseconds: number): void {
    this.recent.push(milliseconds);
    if (this.recent.length > 15) this.recent.shift();
    const work = this.phases[phase]?.stepWork ?? 0;
    if (work > 0) this.secondsPerWork = this.stepMs! / 1000 / work;
  }

  /** Forgets the pace, e.g. when a phase with other steps starts. */
  restart(): void {
    this.recent.length = 0;
  }

  /** Median duration of the last steps, milliseconds. */
  get stepMs(): number | undefined {
    const sorted = [...this.recent].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  }

  /** Share of the work done when `steps` steps of `phase` are done, 0 … 1. */
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
