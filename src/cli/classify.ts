/** `nas classify`: what the found network of a finished run takes pictures for. */
import { UserError } from '../errors';
import { formatPercent } from '../format';
import type { PictureAnswer } from '../protocol/classification';
import { RunFolder } from '../runs/runFolder';
import { PictureClassifier } from '../study/classification';
import { defaultThreads } from '../threads';
import { interruptible } from './interruptible';
import type { ExitCode } from './options';
import { progressLine } from './progressLine';
import { grid } from './report';

export interface ClassifyOptions {
  readonly threads?: number;
  readonly json?: boolean;
}

/**
 * Pictures that cannot be used are named on standard error, and the others are classified.
 * @returns 2 where a picture could not be used, 130 when interrupted
 * @throws UserError when the folder is no finished run with weights
 */
export async function classify(
  run: string,
  pictures: readonly string[],
  { threads = defaultThreads(), json = false }: ClassifyOptions,
): Promise<ExitCode> {
  const classifier = await PictureClassifier.open(RunFolder.open(run), { threads });
  const progress = progressLine();
  const aborting = new AbortController();
  const answers: PictureAnswer[] = [];
  const started = performance.now();
  try {
    await interruptible(progress, (stopped) =>
      classifier.classify(
        pictures.map((file) => ({ name: file, file })),
        {
          signal: aborting.signal,
          onProgress(step, decoded) {
            if (stopped()) aborting.abort();
            const share = `, ${formatPercent(decoded, 0)}`;
            // What is done at once needs no progress.
            if (performance.now() - started > patience) progress.show(step, share);
          },
          onAnswer: (answer) => answers.push(answer),
        },
      ),
    );
  } catch (error) {
    if (error instanceof UserError && error.code === 'cancelled') return 130;
    throw error;
  } finally {
    classifier.dispose();
  }
  if (json) console.log(JSON.stringify(answers.map(valuesOf), undefined, 2));
  else for (const answer of answers) print(answer);
  return answers.every(({ kind }) => kind === 'classified') ? 0 : 2;
}

/** Milliseconds without a word. */
const patience = 1000;

function valuesOf(answer: PictureAnswer): object {
  const { name } = answer;
  if (answer.kind === 'refused') return { picture: name, error: answer.message, hint: answer.hint };
  return { picture: name, classes: answer.likely, note: answer.note };
}

function print(answer: PictureAnswer): void {
  if (answer.kind === 'refused') {
    return console.error([answer.message, answer.hint].filter((text) => text !== undefined).join(' '));
  }
  const rows = answer.likely.map(({ name, probability }) => [name, formatPercent(probability, 1)]);
  console.log([answer.name, ...grid(rows).map((row) => `  ${row}`)].join('\n'));
  if (answer.note !== undefined) console.log(`  Note: ${answer.note}`);
}
