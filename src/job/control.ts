/** Pause, continue and stop, as the job sees them: asked between two steps. */
export class Control {
  private stopping = false;
  private wake: (() => void) | undefined;
  private waiting: Promise<void> | undefined;

  pause(): void {
    this.waiting ??= new Promise((resolve) => (this.wake = resolve));
  }

  resume(): void {
    this.wake?.();
    this.wake = undefined;
    this.waiting = undefined;
  }

  stop(): void {
    this.stopping = true;
    this.resume();
  }

  get stopRequested(): boolean {
    return this.stopping;
  }

  get paused(): boolean {
    return this.waiting !== undefined;
  }

  /** Resolves when the job may go on or has to stop. */
  async whilePaused(): Promise<void> {
    await this.waiting;
  }
}
