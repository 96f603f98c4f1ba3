/**
 * The PyTorch side of `npm run bench:supernet` as a process: networks of the same weights and numbers, built in plain
 * PyTorch (`peer/`), asked one thing at a time by a line of JSON and answering by one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { endianness, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import type { CellSpace } from '../../src/space/cell/alpha';
import type { CellKind, Skeleton } from '../../src/space/frame';
import type { Genotype } from '../../src/space/genotype';

type PerKind<T> = Readonly<Record<CellKind, T>>;

/** A Python with PyTorch, its version, and whether pip or the system brought it. */
export interface PeerPython {
  readonly python: string;
  readonly version: string;
  readonly origin: 'pip' | 'system';
}

/** The newest PyTorch that this machine can have, installed the first time; undefined, and a word why, where there is none. */
export async function ensurePeerPython(): Promise<PeerPython | undefined> {
  const script = path.join(__dirname, '../../scripts/torch.mjs');
  const { ensureTorch } = (await import(pathToFileURL(script).href)) as {
    ensureTorch: () => PeerPython | undefined;
  };
  return ensureTorch();
}

/** A network to compare with, and the threads of one operation. */
export type PeerSpec = { readonly skeleton: Skeleton; readonly threads: number } & (
  | { readonly network: 'darts'; readonly space: CellSpace }
  /** The first 1/k of the channels goes through the operations. */
  | { readonly network: 'pcdarts'; readonly space: CellSpace; readonly k: number }
  /** The supernet's weights; each edge computes the operation of its name, in the order of `cellEdges`. */
  | { readonly network: 'path'; readonly space: CellSpace; readonly path: PerKind<readonly string[]> }
  | { readonly network: 'found'; readonly genotype: Genotype }
);

/** What a network computes from. */
export interface PeerInput {
  /** All weights in the order of the network's `ParameterLayout`. */
  readonly weights: Float32Array;
  /** α [edges, operations]; for `darts` and `pcdarts`. */
  readonly alphas?: PerKind<readonly (readonly number[])[]>;
  /** β [edges]; for `pcdarts`. */
  readonly betas?: PerKind<readonly number[]>;
  /** [b, h, w, c] */
  readonly images: Float32Array;
  readonly labels: ArrayLike<number>;
}

const perKind = <T extends z.ZodType>(value: T) => z.object({ normal: value, reduction: value });

const answers = {
  build: z.object({
    parameters: z.number(),
    /** Shapes of all parameters in order, in the project's layout: filters [k, k, c, filters], depthwise [k, k, c, 1]. */
    shapes: z.array(z.array(z.number())),
    torch: z.string(),
    threads: z.number(),
  }),
  load: z.object({}),
  loss: z.object({ loss: z.number() }),
  gradients: z.object({
    loss: z.number(),
    alphas: perKind(z.array(z.array(z.number()))).optional(),
    betas: perKind(z.array(z.number())).optional(),
  }),
  step: z.object({ seconds: z.number(), cpuSeconds: z.number(), loss: z.number() }),
  memory: z.object({ peak: z.number(), current: z.number().nullable() }),
};
type Operation = keyof typeof answers;
type Answer<K extends Operation> = z.infer<(typeof answers)[K]>;

/** Every method waits for the answer to the one before; all reject once the process has ended. */
export interface Peer {
  /** Builds the network; comes before everything but `memory`. */
  build(): Promise<Answer<'build'>>;
  load(input: PeerInput): Promise<void>;
  /** Loss of the batch, BN with the statistics of the batch. */
  loss(): Promise<number>;
  /** ∇w in the order of the weights, ∇α and ∇β where the network has them. */
  gradients(): Promise<Answer<'gradients'> & { weights: Float32Array }>;
  /**
   * One forward and backward pass with the gradient of one side only. Measured inside the process: `seconds` on the
   * clock, `cpuSeconds` of processors, clearly below seconds · threads where other programs took some. PyTorch's threads
   * wait by spinning, so even one busy neighbour multiplies its time: such a pair measures the neighbour.
   */
  step(wanted?: 'weights' | 'alphas'): Promise<Answer<'step'>>;
  /**
   * Resident bytes of the process: the peak so far, and now (null outside of Linux). Before `build` that is Python and
   * PyTorch alone, more than half a GB where PyTorch brings its CUDA libraries.
   */
  memory(): Promise<Answer<'memory'>>;
  /** Ends the process. */
  close(): Promise<void>;
}

const errorAnswer = z.object({ error: z.string() });

/** The process and its lines: one request at a time, each with its answer or the reason why none can come. */
class Conversation {
  private readonly child: ChildProcess;
  private readonly waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  private complaints = '';
  private ended: Error | undefined;

  constructor(private readonly python: string) {
    const script = path.join(__dirname, 'peer', 'main.py');
    // -B: no compiled files between the sources.
    this.child = spawn(python, ['-X', 'utf8', '-B', script], { stdio: ['pipe', 'pipe', 'pipe'] });
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.waiting.shift()?.resolve(line));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.complaints = (this.complaints + text).slice(-4000);
    });
    // A write to a process that has just died fails; `close` tells why it did.
    this.child.stdin!.on('error', () => undefined);
    this.child.on('error', (error) => this.end(`cannot be started: ${error.message}`));
    this.child.on('close', (code, signal) => {
      const killed = signal === 'SIGKILL' ? ', probably for want of memory' : '';
      this.end(signal ? `was ended by ${signal}${killed}` : `ended with code ${code}`);
    });
  }

  private end(how: string): void {
    this.ended ??= new Error(`The PyTorch process (${this.python}) ${how}.\n${this.complaints}`.trimEnd());
    for (const { reject } of this.waiting.splice(0)) reject(this.ended);
  }

  /** @throws Error with the peer's own words, or when the process has ended */
  async ask<K extends Operation>(op: K, request: object = {}): Promise<Answer<K>> {
    const line = await new Promise<string>((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      this.complaints = '';
      this.waiting.push({ resolve, reject });
      this.child.stdin!.write(`${JSON.stringify({ ...request, op })}\n`);
    });
    const answer: unknown = JSON.parse(line);
    const failure = errorAnswer.safeParse(answer);
    if (failure.success)
      throw new Error(`PyTorch, asked to ${op}: ${failure.data.error}\n${this.complaints}`);
    return answers[op].parse(answer) as Answer<K>;
  }

  async close(): Promise<void> {
    if (this.ended) return;
    const closed = once(this.child, 'close');
    // The end of its input ends its loop.
    this.child.stdin!.end();
    await closed;
  }
}

/**
 * Starts the process; nothing is built yet.
 * @param python in which `import torch` works
 */
export function startPeer(python: string, spec: PeerSpec): Peer {
  if (endianness() !== 'LE') throw new Error('Weights are handed over as little-endian numbers.');
  const conversation = new Conversation(python);
  const folder = mkdtempSync(path.join(tmpdir(), 'nas-peer-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // Where the benchmark ends early, so does the process, since its input closes.
  process.once('exit', remove);
  const file = (name: string) => path.join(folder, `${name}.f32`);
  const write = (name: string, values: Float32Array): string => {
    writeFileSync(file(name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return file(name);
  };
  return {
    build: () => conversation.ask('build', spec),
    load: async ({ weights, images, labels, alphas, betas }) => {
      const files = { weights: write('weights', weights), images: write('images', images) };
      await conversation.ask('load', { ...files, labels: Array.from(labels), alphas, betas });
    },
    loss: async () => (await conversation.ask('loss')).loss,
    gradients: async () => {
      const answer = await conversation.ask('gradients', { out: file('gradients') });
      const bytes = readFileSync(file('gradients'));
      return { ...answer, weights: new Float32Array(new Uint8Array(bytes).buffer) };
    },
    step: (wanted = 'weights') => conversation.ask('step', { wanted }),
    memory: () => conversation.ask('memory'),
    close: async () => {
      await conversation.close();
      process.off('exit', remove);
      remove();
    },
  };
}
