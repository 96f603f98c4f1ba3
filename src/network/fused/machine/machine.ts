/**
 * The machine that runs programs: shared memory, and a thread for each core that it may use. The caller's own thread only
 * waits, so that messages and the next batch are dealt with meanwhile.
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { builtFile } from '../../../builtFile';
import type { EncodedProgram } from './program';

/** Control words, in bytes; `kernels/machine.ts` has three more of its own between them. */
const control = { start: 0, done: 256, program: 320, batch: 384, stop: 448, pages: 512 };

/** First address that belongs to nobody else: control words and the kernels' own constants lie before it. */
export const firstAddress = 16384;

const pageBytes = 65536;
/** The most that 32-bit addresses reach. */
export const largestMemory = 65536 * pageBytes;

/** What every thread does; a program of its own, so that no bundler needs to know of it. */
const threadSource = `
const { parentPort, workerData } = require('node:worker_threads');
const { module, memory, thread, threads, control } = workerData;
const words = new Int32Array(memory.buffer, 0, 1024);
const { run } = new WebAssembly.Instance(module, { env: { memory } }).exports;
parentPort.postMessage('ready');
let pages = 0;
for (let seen = 0; ; ) {
  Atomics.wait(words, control.start / 4, seen);
  seen = Atomics.load(words, control.start / 4);
  if (Atomics.load(words, control.stop / 4)) break;
  if (words[control.pages / 4] !== pages) {
    // The size of a shared memory is known to each thread by itself; growing by nothing makes this one look again.
    memory.grow(0);
    pages = words[control.pages / 4];
  }
  run(words[control.program / 4], thread, threads, words[control.batch / 4]);
  if (Atomics.add(words, control.done / 4, 1) === threads - 1) parentPort.postMessage('done');
}
`;

let compiled: WebAssembly.Module | undefined;
let isRelaxed = false;

/** A machine whose engine has ended. */
let idle: Machine | undefined;

/** With fused multiply–add where this engine and machine have it. */
export function kernels(): WebAssembly.Module {
  if (compiled) return compiled;
  const relaxed = readFileSync(builtFile('kernels-relaxed.wasm'));
  // V8 11.3, in Node 20, has relaxed SIMD behind a flag; later ones have it anyway.
  if (!WebAssembly.validate(relaxed)) setFlagsFromString('--experimental-wasm-relaxed-simd');
  isRelaxed = WebAssembly.validate(relaxed);
  const code = isRelaxed ? relaxed : readFileSync(builtFile('kernels.wasm'));
  compiled = new WebAssembly.Module(code);
  return compiled;
}

/** Whether a product and a sum are one instruction here. */
export function hasFusedMultiplyAdd(): boolean {
  kernels();
  return isRelaxed;
}

export class Machine {
  readonly memory = new WebAssembly.Memory({
    initial: Math.ceil(firstAddress / pageBytes),
    maximum: largestMemory / pageBytes,
    shared: true,
  });
  private readonly workers: Worker[];
  private readonly ready: Promise<unknown>;
  private readonly words: Int32Array;
  private settle: { resolve(): void; reject(error: Error): void } | undefined;
  private failure: Error | undefined;

  constructor(readonly threads: number) {
    this.words = new Int32Array(this.memory.buffer, 0, 1024);
    const module = kernels();
    this.workers = Array.from({ length: threads }, (_, thread) => {
      const workerData = { module, memory: this.memory, thread, threads, control };
      return new Worker(threadSource, { eval: true, workerData, name: `kernels ${thread}` });
    });
    this.ready = Promise.all(
      this.workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            worker.on('message', (message) => (message === 'ready' ? resolve() : this.settle?.resolve()));
            worker.on('error', (error) => {
              this.fail(error);
              reject(error);
            });
            worker.on('exit', () => reject(this.failure ?? new Error('A thread has ended.')));
            worker.unref();
          }),
      ),
    );
    // Whoever runs a program hears of it.
    this.ready.catch(() => undefined);
  }

  /**
   * The machine that was given back last, if it has as many threads, else a new one. The system gets memory back only
   * when JavaScript collects it as garbage, and JavaScript does not see how large it is: without this the networks that a
   * job trains one after the other would be in memory together. What the memory holds is left over.
   */
  static take(threads: number): Machine {
    const machine = idle;
    idle = undefined;
    if (machine?.threads === threads) return machine;
    machine?.dispose();
    return new Machine(threads);
  }

  /** Leaves it to the next `take`. */
  static giveBack(machine: Machine): void {
    if (machine.failure || machine.settle) return machine.dispose();
    idle?.dispose();
    idle = machine;
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.dispose();
  }

  /** All memory as floats; ask again after `reserve`. */
  get floats(): Float32Array {
    return new Float32Array(this.memory.buffer);
  }

  get integers(): Int32Array {
    return new Int32Array(this.memory.buffer);
  }

  /** Bytes taken from the system at most so far. */
  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /**
   * Done when all threads run. Memory must not grow earlier: a thread that is just starting may miss it.
   * @throws Error when a thread could not start
   */
  async started(): Promise<void> {
    this.requireThreads();
    await this.awake(this.ready);
    this.requireThreads();
  }

  /** Waits for the threads, which do not keep the process alive otherwise. */
  private async awake(pending: Promise<unknown>): Promise<void> {
    for (const worker of this.workers) worker.ref();
    try {
      await pending;
    } finally {
      for (const worker of this.workers) worker.unref();
    }
  }

  /** @throws RangeError when the system has no more memory or addresses end */
  reserve(end: number): void {
    const missing = Math.ceil(end / pageBytes) - this.memory.buffer.byteLength / pageBytes;
    if (missing > 0) this.memory.grow(missing);
  }

  private requireThreads(): void {
    if (this.failure) throw this.failure;
  }

  /**
   * Runs a program that is in memory. One at a time.
   * @throws Error when a thread dies, or has died before, or the machine has ended
   */
  async run({ address, batch }: EncodedProgram): Promise<void> {
    await this.started();
    const done = new Promise<void>((resolve, reject) => {
      this.settle = { resolve, reject };
      this.words[control.program / 4] = address;
      this.words[control.batch / 4] = batch;
      this.words[control.pages / 4] = this.bytes / pageBytes;
      Atomics.store(this.words, control.done / 4, 0);
      Atomics.add(this.words, control.start / 4, 1);
      Atomics.notify(this.words, control.start / 4);
    });
    try {
      await this.awake(done);
    } finally {
      this.settle = undefined;
    }
  }

  /** Ends the threads. Nothing can run afterwards. */
  dispose(): void {
    this.failure ??= new Error('The threads of this machine have ended.');
    this.settle?.reject(this.failure);
    Atomics.store(this.words, control.stop / 4, 1);
    Atomics.add(this.words, control.start / 4, 1);
    Atomics.notify(this.words, control.start / 4);
    for (const worker of this.workers) void worker.terminate();
  }
}
