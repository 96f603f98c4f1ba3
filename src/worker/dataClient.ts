/** The host's end of the process that looks at data: forks it, checks what it says, and ends it. No image is loaded in the host. */
import type { ChildProcess } from 'node:child_process';
import { dataMessageSchema, type DataCommand, type DataMessage } from '../protocol/dataProcess';
import { forkProgram, forwardLines, type Program } from './fork';

export interface DataListener {
  message(message: DataMessage): void;
  /** A line that the process or a library printed. */
  output(line: string): void;
}

export class DataProcess {
  private readonly child: ChildProcess;
  private over = false;

  constructor(
    program: Program,
    private readonly listener: DataListener,
  ) {
    this.child = forkProgram(program);
    this.child.on('message', (raw) => this.receive(raw));
    this.child.on('error', (error) => this.fail(`The process did not start: ${error.message}`));
    this.child.on('close', (code, signal) => {
      const hint =
        'It may have run out of memory: use fewer images or smaller ones. The log shows its last output.';
      this.fail(`The process that looks at the data ended unexpectedly (${signal ?? `code ${code}`}).`, hint);
    });
    forwardLines(this.child, (line) => listener.output(line));
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  send(command: DataCommand): void {
    if (this.child.connected) this.child.send(command, () => undefined);
  }

  /** Ends the process, whatever it does; nothing is heard of it any more. */
  dispose(): void {
    this.over = true;
    this.child.kill('SIGKILL');
  }

  private receive(raw: unknown): void {
    if (this.over) return;
    const parsed = dataMessageSchema.safeParse(raw);
    if (parsed.success) return this.listener.message(parsed.data);
    this.listener.output(`Ignored a message that is not of the protocol: ${parsed.error.message}`);
  }

  private fail(message: string, hint?: string): void {
    if (this.over) return;
    this.over = true;
    this.listener.message({ type: 'failed', message, hint });
  }
}
