/**
 * The host's end of a worker process: forks it, checks what it says, and ends it – asked first, then with signals.
 * Knows nothing of tensors or of the editor.
 */
import type { ChildProcess } from 'node:child_process';
import {
  workerMessageSchema,
  workerProtocolVersion,
  type Telemetry,
  type WorkerCommand,
} from '../protocol/worker';
import type { RunEvent } from '../protocol/events';
import { forkProgram, forwardLines, type Program } from './fork';

export interface WorkerOptions extends Program {
  readonly runFolder: string;
  readonly resume: boolean;
  readonly threads?: number;
  readonly nativeFolder?: string;
  readonly packedDataFolder?: string;
  /** Why the run goes on, where nobody asked for it: a sentence for the run's log. */
  readonly because?: string;
}

/** How a worker ended. Exactly one of these is reported, once. */
export type WorkerOutcome =
  | { readonly kind: 'finished' | 'stopped' }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly hint?: string;
      /** It ended without a word. */
      readonly unexpected?: boolean;
    };

export interface WorkerListener {
  event(event: RunEvent): void;
  telemetry(telemetry: Telemetry): void;
  /** A line that the process or a library printed. */
  output(line: string): void;
  ended(outcome: WorkerOutcome): void;
}

/** Time that a worker has to stop by itself, then to react to SIGTERM, milliseconds. */
export interface StopPatience {
  readonly cooperative: number;
  readonly terminate: number;
}
/** Within three seconds it is gone, also where a kernel does not come to its end; its last checkpoint is seconds old. */
const defaultPatience: StopPatience = { cooperative: 2000, terminate: 700 };

export class WorkerProcess {
  private readonly child: ChildProcess;
  private outcome: WorkerOutcome | undefined;
  private stopRequested = false;
  private ended = false;
  private timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly options: WorkerOptions,
    private readonly listener: WorkerListener,
  ) {
    this.child = forkProgram(options);
    this.child.on('message', (message) => this.receive(message));
    this.child.on('error', (error) =>
      this.end({ kind: 'failed', message: `The worker did not start: ${error.message}` }),
    );
    this.child.on('close', (code, signal) => this.closed(code, signal));
    forwardLines(this.child, (line) => this.listener.output(line));
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  pause(): void {
    this.send({ type: 'pause' });
  }

  resume(): void {
    this.send({ type: 'resume' });
  }

  /** Asks the worker to save and stop; ends it with signals when it does not. Its last checkpoint stays. */
  stop(patience: StopPatience = defaultPatience): void {
    if (this.ended) return;
    this.stopRequested = true;
    this.send({ type: 'stop' });
    this.after(patience.cooperative, () => {
      this.child.kill('SIGTERM');
      this.after(patience.terminate, () => this.child.kill('SIGKILL'));
    });
  }

  /** Ends the process at once. */
  kill(): void {
    this.stopRequested = true;
    this.child.kill('SIGKILL');
  }

  private after(milliseconds: number, action: () => void): void {
    this.timers.push(setTimeout(() => !this.ended && action(), milliseconds));
  }

  private send(command: WorkerCommand): void {
    if (this.child.connected) this.child.send(command, () => undefined);
  }

  private receive(raw: unknown): void {
    const parsed = workerMessageSchema.safeParse(raw);
    if (!parsed.success) {
      this.listener.output(
        `Ignored a message of the worker that is not of the protocol: ${parsed.error.message}`,
      );
      return;
    }
    const message = parsed.data;
    switch (message.type) {
      case 'hello':
        this.greet(message.version);
        return;
      case 'event':
        return this.listener.event(message.event);
      case 'telemetry':
        return this.listener.telemetry(message.telemetry);
      case 'done':
        this.outcome = { kind: message.outcome };
        return;
      case 'failed':
        this.outcome = { kind: 'failed', message: message.message, hint: message.hint };
        if (message.stack) message.stack.split('\n').forEach((line) => this.listener.output(line));
    }
  }

  private greet(version: number): void {
    if (version !== workerProtocolVersion) {
      this.outcome = {
        kind: 'failed',
        message: `The worker speaks protocol ${version}, this side ${workerProtocolVersion}.`,
        hint: 'Reload the window so that both are of one version.',
      };
      this.child.kill('SIGKILL');
      return;
    }
    const { runFolder, resume, threads, nativeFolder, packedDataFolder, because } = this.options;
    this.send({
      type: 'start',
      version,
      runFolder,
      resume,
      threads,
      nativeFolder,
      packedDataFolder,
      because,
    });
  }

  private closed(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.outcome) return this.end(this.outcome);
    if (this.stopRequested) return this.end({ kind: 'stopped' });
    const outOfMemory = code === 134 || signal === 'SIGABRT' || signal === 'SIGKILL';
    this.end({
      kind: 'failed',
      unexpected: true,
      message: `The worker ended unexpectedly (${signal ?? `code ${code}`}).`,
      hint: outOfMemory
        ? 'It may have run out of memory: use fewer channels, cells or a smaller batch. The run can be resumed.'
        : 'The log shows its last output. The run can be resumed from its last checkpoint.',
    });
  }

  private end(outcome: WorkerOutcome): void {
    if (this.ended) return;
    this.ended = true;
    this.timers.forEach(clearTimeout);
    this.listener.ended(outcome);
  }
}
