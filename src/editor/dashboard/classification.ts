/**
 * What the found network of a dashboard's run takes pictures for: asks a process of its own, keeps the answers for
 * pages that come back, and ends the process once nobody asks it any more. Knows nothing of the editor.
 */
import { asError, UserError } from '../../errors';
import { formatBytes } from '../../format';
import {
  type ClassificationMessage,
  keptAnswers,
  mostBytes,
  type PictureAnswer,
  type PictureOrigin,
} from '../../protocol/classification';
import type { DataMessage } from '../../protocol/dataProcess';
import type { DataListener } from '../../worker/dataClient';

type RefusedPicture = Extract<PictureAnswer, { kind: 'refused' }>;

/** The process that answers. */
interface Asked {
  ask(runFolder: string, pictures: readonly PictureOrigin[]): void;
  dispose(): void;
}

export interface ClassificationOptions {
  send(message: ClassificationMessage): void;
  /** Starts a process. @throws UserError when it cannot */
  start(listener: DataListener): Asked;
  /** A line for the log. */
  log(line: string): void;
}

/** Milliseconds for which a process is kept that nobody asks: it takes a second to start, and memory while it is. */
export const keptIdle = 60_000;

export class Classification {
  private running: Asked | undefined;
  private runFolder: string | undefined;
  private answers: PictureAnswer[] = [];
  /** Since nothing was waited for. */
  private progress = { asked: 0, answered: 0 };
  private failure: ClassificationMessage['failure'];
  private idle: NodeJS.Timeout | undefined;

  constructor(private readonly options: ClassificationOptions) {}

  /** Is about another run from now on, or none. */
  attach(runFolder: string | undefined): void {
    if (runFolder === this.runFolder) return;
    this.end();
    this.runFolder = runFolder;
    this.answers = [];
    this.failure = undefined;
    this.tellAll();
  }

  /** Pictures with neither file nor bytes are too large to be handed over. */
  ask(pictures: readonly PictureOrigin[]): void {
    const { runFolder } = this;
    if (runFolder === undefined) return;
    this.failure = undefined;
    const known = pictures.filter(({ file, bytes }) => file !== undefined || bytes !== undefined);
    for (const { name } of pictures.filter((picture) => !known.includes(picture)))
      this.refuse(tooLarge(name));
    if (known.length === 0) return;
    try {
      clearTimeout(this.idle);
      this.running ??= this.start();
      this.progress.asked += known.length;
      this.running.ask(runFolder, known);
      this.tell([]);
    } catch (error) {
      this.fail({
        message: asError(error).message,
        hint: error instanceof UserError ? error.hint : undefined,
      });
    }
  }

  /** Tells of a picture that was not asked about, and why. */
  refuse(answer: RefusedPicture): void {
    this.keep(answer);
    this.tell([answer]);
  }

  /** Gives up what is not answered yet. */
  cancel(): void {
    this.end();
    this.tell([]);
  }

  /** For a page that knows nothing yet. */
  tellAll(): void {
    this.tell(this.answers, true);
  }

  /** Ends the process, if any. */
  end(): void {
    clearTimeout(this.idle);
    this.running?.dispose();
    this.running = undefined;
    this.progress = { asked: 0, answered: 0 };
  }

  private start(): Asked {
    const running = this.options.start({
      output: (line) => this.options.log(line),
      message: (message) => {
        if (running === this.running) this.take(message);
      },
    });
    return running;
  }

  private take(message: DataMessage): void {
    if (message.type === 'failed') {
      if (message.stack) this.options.log(message.stack);
      this.fail(message);
    } else if (message.type === 'answer') {
      this.keep(message.answer);
      this.progress.answered++;
      if (this.progress.answered === this.progress.asked) this.rest();
      this.tell([message.answer]);
    }
  }

  private fail({ message, hint }: NonNullable<ClassificationMessage['failure']>): void {
    this.end();
    this.failure = { message, hint };
    this.tell([]);
  }

  private rest(): void {
    this.progress = { asked: 0, answered: 0 };
    this.idle = setTimeout(() => this.end(), keptIdle);
  }

  private keep(answer: PictureAnswer): void {
    this.answers = [...this.answers, answer].slice(-keptAnswers);
  }

  private tell(answers: readonly PictureAnswer[], whole = false): void {
    const { progress, failure } = this;
    this.options.send({
      ...{ type: 'classification', whole, answers: [...answers], failure },
      progress: progress.asked > 0 ? { ...progress } : undefined,
    });
  }
}

function tooLarge(name: string): RefusedPicture {
  const message = `${name}: it is larger than ${formatBytes(mostBytes)}.`;
  return { kind: 'refused', name, message, hint: 'Choose it with the button instead, or save it smaller.' };
}
