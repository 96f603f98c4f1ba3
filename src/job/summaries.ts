/** A run's curves as TensorBoard's event file, written beside the run by a process that has TensorFlow. */
import { rmSync } from 'node:fs';
import { asError } from '../errors';
import { ProofProcess, type ProofProcessOptions } from '../proof/client';
import type { RunEvent } from '../protocol/events';
import { scalarsOf, type Scalar } from '../protocol/scalars';

export interface RunSummariesOptions {
  /** Of the event file alone: what is in it gives way to what `add` tells. */
  readonly folder: string;
  /** Where the process of TensorFlow comes from. */
  readonly process: ProofProcessOptions;
  /** Told once why there is no file, or why it ends early. */
  onFailure(reason: string): void;
}

export class RunSummaries {
  private readonly process: ProofProcess;
  private waiting: Scalar[] = [];
  private writing: Promise<void> | undefined;
  private readonly opened: Promise<unknown>;
  private failed = false;

  constructor(private readonly options: RunSummariesOptions) {
    const { folder, process } = options;
    // A file of before may have more than the checkpoint that the run goes on from.
    rmSync(folder, { recursive: true, force: true });
    this.process = new ProofProcess(process);
    this.opened = this.process.openSummaries(folder);
    this.opened.catch((error: unknown) => this.fail(error));
  }

  add(event: RunEvent): void {
    if (this.failed) return;
    this.waiting.push(...scalarsOf(event));
    this.write();
  }

  /** Waits until all is written, and ends the process. */
  async close(): Promise<void> {
    // The process may still load TensorFlow, for longer than a short run lasts.
    await this.opened.catch(() => undefined);
    while (this.writing) await this.writing;
    this.process.dispose();
  }

  /** One batch at a time; what comes meanwhile is the next one. */
  private write(): void {
    if (this.writing || this.waiting.length === 0) return;
    const batch = this.waiting;
    this.waiting = [];
    this.writing = this.opened
      .then(() => this.process.writeSummaries(batch))
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.writing = undefined;
        if (!this.failed) this.write();
      });
  }

  private fail(error: unknown): void {
    if (this.failed) return;
    this.failed = true;
    this.options.onFailure(asError(error).message);
  }
}
