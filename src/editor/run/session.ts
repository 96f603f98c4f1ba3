/**
 * One run as this window knows it: its folder, its events, and its worker if it is at work. Whoever shows a run listens
 * here. Going on with a run is a new session, which reads the folder again. Knows nothing of the editor.
 */
import { EventEmitter } from 'node:events';
import type { DashboardContext } from '../../protocol/dashboard';
import type { RunEvent, RunEventOf } from '../../protocol/events';
import { effectiveEvents } from '../../protocol/runState';
import type { Telemetry } from '../../protocol/worker';
import { readEventLog } from '../../runs/eventLog';
import type { RunFolder } from '../../runs/runFolder';
import { WorkerProcess, type WorkerOptions, type WorkerOutcome } from '../../worker/client';

interface RunSessionEvents {
  event: [RunEvent];
  /** Telemetry changed, or whether there is a worker. */
  change: [];
  /** Events that were told before no longer hold: whoever drew them starts anew from `events`. */
  rewritten: [];
  /** A line that the worker printed. */
  output: [string];
  ended: [WorkerOutcome];
}

/** Shown until the worker speaks for itself. */
const starting: Telemetry = {
  state: 'loading',
  activity: 'Starting the worker',
  epoch: 0,
  epochs: 0,
  step: 0,
  steps: 0,
  progress: 0,
  residentBytes: 0,
};

/** All of a worker's options that do not follow from the run itself. */
export type WorkerSetup = Omit<WorkerOptions, 'runFolder' | 'resume' | 'because'>;

/** How often a worker that ended without a word is started again, as long as each got on. */
const mostRestarts = 2;

export class RunSession extends EventEmitter<RunSessionEvents> {
  private worker: WorkerProcess | undefined;
  private told: RunEvent[];
  private lastTelemetry = starting;
  private lastOutcome: WorkerOutcome | undefined;
  private stopAsked = false;
  private setup: WorkerSetup | undefined;
  private restarts = 0;
  /** Whether the worker made a step. */
  private gotOn = false;

  constructor(readonly folder: RunFolder) {
    super();
    const { events, notice: message } = readEventLog(folder.eventsPath);
    this.told = effectiveEvents(events);
    const last = this.told.at(-1);
    if (message === undefined || !last) return;
    // Not in the log, but those who look at the run shall see that it is not whole.
    this.told.push({ type: 'notice', level: 'warning', message, seq: last.seq, time: last.time });
  }

  get name(): string {
    return this.folder.run.name;
  }

  /** Effective events so far, in order. */
  get events(): readonly RunEvent[] {
    return this.told;
  }

  /** Where the worker stands; undefined when there is none. */
  get telemetry(): Telemetry | undefined {
    if (!this.worker) return undefined;
    return this.stopAsked ? { ...this.lastTelemetry, state: 'stopping' } : this.lastTelemetry;
  }

  /** A worker of this window is at it. */
  get live(): boolean {
    return this.worker !== undefined;
  }

  get paused(): boolean {
    return this.telemetry?.state === 'paused';
  }

  get stopping(): boolean {
    return this.live && this.stopAsked;
  }

  /** Process id of the worker, for the log. */
  get workerPid(): number | undefined {
    return this.worker?.pid;
  }

  /** How the last worker ended; undefined before that. */
  get outcome(): WorkerOutcome | undefined {
    return this.lastOutcome;
  }

  get finished(): RunEventOf<'finished'> | undefined {
    const last = this.told.findLast((event) => event.type === 'finished');
    return last?.type === 'finished' ? last : undefined;
  }

  get resumable(): boolean {
    return !this.live && this.folder.resumable;
  }

  /** Epochs of the search that are done. */
  get epochsDone(): number {
    const phase = this.folder.run.config.architecture ? 'final' : 'search';
    return this.told.filter((event) => event.type === 'epoch' && event.phase === phase).length;
  }

  /** What a dashboard is told of the run beside its events. */
  get context(): DashboardContext {
    const { path: runFolder, weightsLack } = this.folder;
    return { runFolder, live: this.live, resumable: this.resumable, weightsLack };
  }

  /**
   * Starts the worker, from the run's checkpoint when `resume` is set. Once: a session lasts as long as its worker, or as those that are
   * started again in its place.
   * @param because why it is started again: a sentence for the run's log
   */
  start(setup: WorkerSetup, resume: boolean, because?: string): void {
    this.setup = setup;
    this.gotOn = false;
    this.worker = new WorkerProcess(
      { ...setup, runFolder: this.folder.path, resume, because },
      {
        event: (event) => this.receive(event),
        telemetry: (telemetry) => {
          this.lastTelemetry = telemetry;
          this.emit('change');
        },
        output: (line) => this.emit('output', line),
        ended: (outcome) => this.end(outcome),
      },
    );
    this.emit('change');
  }

  pause(): void {
    this.worker?.pause();
  }

  /** Goes on after a pause. */
  proceed(): void {
    this.worker?.resume();
  }

  /** Asks the worker to stop, harder if it does not. Resolves when it is gone. */
  async stop(): Promise<void> {
    const worker = this.worker;
    if (!worker) return;
    const gone = new Promise<void>((resolve) => this.once('ended', () => resolve()));
    this.stopAsked = true;
    worker.stop();
    this.emit('change');
    await gone;
  }

  private receive(event: RunEvent): void {
    if (event.type === 'step' || event.type === 'trial') this.gotOn = true;
    if (event.type === 'resumed') {
      this.told = effectiveEvents([...this.told, event]);
      this.emit('rewritten');
    } else {
      this.told.push(event);
    }
    this.emit('event', event);
  }

  /** Starts a worker in the place of one that ended without a word. @returns false where that makes no sense */
  private startAgain(outcome: WorkerOutcome): boolean {
    const { setup, gotOn, stopAsked, restarts, folder } = this;
    if (outcome.kind !== 'failed' || !outcome.unexpected || !setup) return false;
    if (!gotOn || stopAsked || restarts >= mostRestarts || !folder.checkpoints.exists) return false;
    // It would go on although the person has it wait.
    if (this.lastTelemetry.state === 'paused') return false;
    this.restarts++;
    const again = `It was started again from the last checkpoint (${this.restarts} of ${mostRestarts} times).`;
    this.start(setup, true, `${outcome.message} ${again}`);
    return true;
  }

  private end(outcome: WorkerOutcome): void {
    this.worker = undefined;
    if (this.startAgain(outcome)) return;
    this.lastOutcome = outcome;
    const last = this.told.at(-1);
    if (outcome.kind === 'failed' && last?.type !== 'failed') {
      // A worker that was killed wrote no last event; those who look at the run shall see why it stands still.
      const { message, hint } = outcome;
      this.receive({ type: 'failed', seq: (last?.seq ?? -1) + 1, time: Date.now(), message, hint });
    } else if (outcome.kind === 'stopped' && last?.type !== 'stopped') {
      this.receive({ type: 'stopped', seq: (last?.seq ?? -1) + 1, time: Date.now() });
    }
    this.emit('change');
    this.emit('ended', outcome);
  }
}
