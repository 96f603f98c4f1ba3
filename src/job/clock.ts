/** How far a job is and how long it will take, from the work of its phases and the pace so far. */

/** Work of one phase: steps, and what one of them costs (multiply–accumulates). */
export interface PhaseWork {
  readonly steps: number;
  readonly stepWork: number;
  /** Steps take different time, so that their mean is the pace and not their median. */
  readonly uneven?: boolean;
}

/**
 * What a job has done and has left, as its bar shows it. How much work a phase is, is only guessed before it begins. When
 * a phase begins, the bar stays where it is and the rest of it stands for all the work that is left by then: a phase that
 * turns out longer than guessed makes the bar slower, and never moves it back.
 */
export class JobClock {
  private readonly recent: number[] = [];
  private secondsPerWork: number | undefined;
  /** Of the phase under way, since `begin`. */
  private total = { milliseconds: 0, steps: 0 };
  /** From the phase under way to the last. */
  private phases: readonly PhaseWork[] = [];
  /** Where the bar was when the phase under way began or was taken up, and how many of its steps were done then. */
  private start = { shown: 0, steps: 0 };
  private shown: number;

  /** @param shown where the bar was when the job was stopped, 0 … 1 */
  constructor(shown = 0) {
    this.shown = shown;
  }

  /**
   * A phase begins, or is taken up where it was stopped, and with it a new pace.
   * @param phases its work and, by the best guess, that of all phases after it
   * @param steps of it that are done already
   */
  begin(phases: readonly PhaseWork[], steps = 0): void {
    this.phases = phases;
    this.start = { shown: this.shown, steps };
    this.recent.length = 0;
    this.total = { milliseconds: 0, steps: 0 };
  }

  /**
   * Notes work of the phase under way and its duration in milliseconds.
   * @param steps that were done
   * @param expected as how many of the phase's steps they count
   */
  note(milliseconds: number, steps = 1, expected = steps): void {
    this.total.milliseconds += milliseconds;
    this.total.steps += expected;
    if (steps > 0) this.recent.push(milliseconds / steps);
    if (this.recent.length > 15) this.recent.shift();
    const { stepWork = 0, uneven = false } = this.phases[0] ?? {};
    const pace = uneven ? this.total.milliseconds / this.total.steps : this.stepMs;
    if (stepWork > 0 && pace !== undefined && Number.isFinite(pace)) {
      this.secondsPerWork = pace / 1000 / stepWork;
    }
  }

  /** Median duration of the last steps, milliseconds. */
  get stepMs(): number | undefined {
    const sorted = [...this.recent].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  }

  /**
   * Where the bar stands when `steps` of the steps of the phase under way are done, 0 … 1. It never falls, and is 1 when
   * the last phase is done.
   */
  progress(steps: number): number {
    const before = this.done(this.start.steps);
    const left = workOf(this.phases) - before;
    const share = left > 0 ? (this.done(steps) - before) / left : 0;
    this.shown = Math.max(this.shown, this.start.shown + (1 - this.start.shown) * share);
    return this.shown;
  }

  /** Seconds for all that is left, at the pace of the last steps; undefined before three of them. */
  etaSeconds(steps: number): number | undefined {
    if (this.secondsPerWork === undefined || this.recent.length < 3) return undefined;
    return (workOf(this.phases) - this.done(steps)) * this.secondsPerWork;
  }

  /** Work of the phase under way, at most all of it. */
  private done(steps: number): number {
    const { steps: all = 0, stepWork = 0 } = this.phases[0] ?? {};
    return Math.min(steps, all) * stepWork;
  }
}

/** Of all phases together, multiply–accumulates. */
export function workOf(phases: readonly PhaseWork[]): number {
  return phases.reduce((sum, { steps, stepWork }) => sum + steps * stepWork, 0);
}
