/**
 * Reads Parquet on a thread: whoever asks – the editor, too – goes on meanwhile, and a file on which the reader breaks down or comes
 * to no end takes nothing with it. All tables share one thread, which is started when it is asked and ended when it is not.
 */
import { Worker } from 'node:worker_threads';
import { builtFile } from '../../builtFile';
import { UserError } from '../../errors';
import { broken } from '../broken';
import type { ParquetAnswer, ParquetQuestion, ParquetRows } from './parquetMessages';
import type { TableFile } from './tableFile';

/** Milliseconds without a question after which the thread is ended. */
const idle = 10_000;

/** What ends a question. */
type Answer = Exclude<ParquetAnswer, { kind: 'ready' | 'working' }>;
type Told<Kind extends Answer['kind']> = Extract<Answer, { kind: Kind }>;

type Heard = (said: ParquetAnswer | Error) => void;

/** Hears what a thread says, and that it broke down. @returns what ends that */
function listen(worker: Worker, heard: Heard): () => void {
  const ended = (code: number): void => heard(new Error(`it ended by itself, ${code}`));
  worker.on('message', heard);
  worker.on('error', heard);
  worker.on('exit', ended);
  return () => {
    worker.off('message', heard);
    worker.off('error', heard);
    worker.off('exit', ended);
  };
}

/** A thread that can be asked. @throws Error where it does not start */
async function started(program: string): Promise<Worker> {
  // What this process was started with, such as a loader of modules, is nothing that a built program needs.
  const worker = new Worker(program, { execArgv: [], name: 'parquet' });
  let leave: (() => void) | undefined;
  await new Promise<void>((resolve, reject) => {
    leave = listen(worker, (said) => (said instanceof Error ? reject(said) : resolve()));
  });
  leave!();
  // What it says while it ends is nobody's business.
  worker.on('error', () => undefined);
  return worker;
}

/** @throws UserError that names the file where the thread ends or says nothing for too long */
async function answered(worker: Worker, question: ParquetQuestion, patience: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  let leave: (() => void) | undefined;
  worker.ref();
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const fail = (problem: string): void => reject(broken(question.file, problem));
      const wait = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => fail(`reading it comes to no end in ${patience / 1000} s.`), patience);
      };
      leave = listen(worker, (said) => {
        if (said instanceof Error) return fail(`the reader of Parquet breaks down at it (${said.message}).`);
        if (said.kind === 'working' || said.kind === 'ready') return wait();
        resolve(said);
      });
      wait();
      worker.postMessage(question);
    });
  } finally {
    clearTimeout(timer);
    leave?.();
    worker.unref();
  }
}

/** The reader, which answers one question after the other. */
export class ParquetThread {
  private worker?: Promise<Worker>;
  private last: Promise<unknown> = Promise.resolve();
  private resting?: NodeJS.Timeout;

  /**
   * @param patience milliseconds without a page after which reading is taken to come to no end; most pages take a few
   * @param program replaced by tests
   */
  constructor(
    private readonly patience = 60_000,
    private readonly program = builtFile('parquet.js'),
  ) {}

  /** @throws UserError where the file is broken */
  ask(question: ParquetQuestion & { readonly rows?: undefined }): Promise<Told<'outline'>>;
  ask(question: ParquetQuestion & { readonly rows: ParquetRows }): Promise<Told<'rows'>>;
  ask(question: ParquetQuestion): Promise<Answer> {
    const answer = this.last.then(() => this.askNow(question));
    this.last = answer.catch(() => undefined);
    return answer;
  }

  private async askNow(question: ParquetQuestion): Promise<Answer> {
    clearTimeout(this.resting);
    let answer: Answer;
    try {
      this.worker ??= started(this.program);
      answer = await answered(await this.worker, question, this.patience);
    } catch (error) {
      this.end();
      throw error;
    }
    this.resting = setTimeout(() => this.end(), idle).unref();
    if (answer.kind === 'broken') throw new UserError(answer.message, answer.hint, 'broken-data');
    return answer;
  }

  private end(): void {
    const ended = this.worker;
    this.worker = undefined;
    ended?.then((worker) => worker.terminate()).catch(() => undefined);
  }
}

const shared = new ParquetThread();

/** @throws UserError where the file is broken */
export async function openParquetTable(
  file: string,
  byteLength: number,
  thread = shared,
): Promise<TableFile> {
  const { outline } = await thread.ask({ file, byteLength });
  const { starts, ...told } = outline;
  const read = async (columns: readonly string[], group: number) => {
    const { values } = await thread.ask({ file, byteLength, rows: { columns, group } });
    return values;
  };
  return {
    ...{ file, ...told },
    async *pieces(wanted) {
      for (let group = 0; group + 1 < starts.length; group++) yield await read(wanted, group);
    },
    runs: () => starts,
    run: async (column, index) => (await read([column], index))[0]!,
  };
}
