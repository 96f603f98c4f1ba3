/**
 * A run's end of the process in which a tensor library runs generated code, is timed, or writes event files: forks it, asks it, and ends it.
 * Knows nothing of tensors.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { plainNodeEnvironment } from '../backend/probe';
import type { ArrayBatch } from '../network/batch';
import type { TimedNetwork } from '../network/timedSteps';
import type { Proof } from '../protocol/proof';
import type { Scalar } from '../protocol/scalars';
import { proofAnswerSchema, type ProofAnswer, type ProofRequest } from './messages';

/** Where the process comes from, and how much of the machine it may use. */
export interface ProofProcessOptions {
  /** Path of its bundle. */
  readonly script: string;
  readonly threads: number;
  readonly nativeFolder?: string;
}

/** The check came to an end before it could compare. */
export class ProofFailure extends Error {
  constructor(
    readonly outcome: Exclude<Proof['outcome'], 'compared'>,
    message: string,
  ) {
    super(message);
  }
}

/** Characters of the process’ error output that are kept for when it dies. */
const keptOutput = 4000;

export class ProofProcess {
  private readonly child: ChildProcess;
  /** The question under way: it is answered once. */
  private waiting: { resolve(answer: ProofAnswer): void; reject(error: Error): void } | undefined;
  private ended: ProofFailure | undefined;
  private output = '';

  constructor(private readonly options: ProofProcessOptions) {
    this.child = fork(options.script, [], {
      execArgv: [],
      // Arrays of numbers travel as they are.
      serialization: 'advanced',
      // What a library prints must not get between the lines of a run.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: plainNodeEnvironment(),
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.output = (this.output + text).slice(-keptOutput);
    });
    this.child.on('message', (message) => this.receive(message));
    this.child.on('error', (error) => this.end(`its process did not start (${error.message})`));
    this.child.on('close', (code, signal) => {
      const said = this.output.trim().split('\n').at(-1) ?? '';
      this.end(`its process ended (${signal ?? `code ${code}`})${said && `: ${said}`}`);
    });
  }

  /**
   * Compiles the code, and has it load its weights.
   * @param weights bytes of the file of trained weights
   * @returns the library that runs it
   * @throws ProofFailure
   */
  async build(code: string, weights: Uint8Array): Promise<{ engine: string; version: string }> {
    const { threads, nativeFolder } = this.options;
    const { engine, version } = await this.ask(
      { type: 'build', code, weights, threads, nativeFolder },
      'ready',
    );
    return { engine, version };
  }

  /**
   * Logits [images, classes].
   * @throws ProofFailure
   */
  async predict({ images, shape }: ArrayBatch): Promise<Float32Array> {
    return (await this.ask({ type: 'predict', images, shape }, 'logits')).logits;
  }

  /**
   * Makes native TensorFlow ready to do steps of a network.
   * @throws ProofFailure
   */
  async load(network: TimedNetwork): Promise<void> {
    const { threads, nativeFolder } = this.options;
    await this.ask({ type: 'load', network, threads, nativeFolder }, 'ready');
  }

  /**
   * Does a step of that network.
   * @returns milliseconds
   * @throws ProofFailure
   */
  async step(): Promise<number> {
    return (await this.ask({ type: 'step' }, 'timed')).milliseconds;
  }

  /**
   * Has native TensorFlow make a new event file of TensorBoard.
   * @param folder that it is made in
   * @throws ProofFailure
   */
  async openSummaries(folder: string): Promise<void> {
    const { threads, nativeFolder } = this.options;
    await this.ask({ type: 'summaries', folder, threads, nativeFolder }, 'ready');
  }

  /**
   * Adds points to that file.
   * @throws ProofFailure
   */
  async writeSummaries(points: readonly Scalar[]): Promise<void> {
    await this.ask({ type: 'write', points: [...points] }, 'written');
  }

  /** Ends the process, whatever it is doing. */
  dispose(): void {
    this.child.kill('SIGKILL');
  }

  private async ask<T extends ProofAnswer['type']>(
    request: ProofRequest,
    expected: T,
  ): Promise<Extract<ProofAnswer, { type: T }>> {
    if (this.ended) throw this.ended;
    const answer = await new Promise<ProofAnswer>((resolve, reject) => {
      this.waiting = { resolve, reject };
      // A channel that is closed already is followed by `close`, which says why.
      this.child.send(request, () => undefined);
    });
    if (answer.type === 'failed') {
      throw new ProofFailure(answer.of === 'code' ? 'broken' : 'unchecked', answer.message);
    }
    if (answer.type !== expected)
      throw new ProofFailure('unchecked', `its process answered "${answer.type}"`);
    return answer as Extract<ProofAnswer, { type: T }>;
  }

  private receive(raw: unknown): void {
    const parsed = proofAnswerSchema.safeParse(raw);
    if (!parsed.success) return this.end(`its process sent an unknown message: ${parsed.error.message}`);
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve(parsed.data);
  }

  private end(reason: string): void {
    this.ended ??= new ProofFailure('unchecked', reason);
    this.waiting?.reject(this.ended);
    this.waiting = undefined;
  }
}
