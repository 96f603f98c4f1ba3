/** `nas correlate`: whether one estimator ranks architectures as another does, with costs as baselines. */
import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { requireConfig } from '../config/parse';
import { UserError } from '../errors';
import {
  correlationCsv,
  leastCompared,
  studyCorrelation,
  type JudgedArchitecture,
  type Study,
} from '../study/correlation';
import { correlate as judge, estimatorNamed } from '../study/correlate';
import { readBeside } from '../job/files';
import { spaceOf } from '../job/plan';
import { prepareJob } from '../job/prepare';
import { explainFileError, makeFolders } from '../runs/atomic';
import { scoreTitle, type ScoreName } from '../scores';
import { readText } from './files';
import { interruptible } from './interruptible';
import { engineOptions, type CorrelateOptions, type ExitCode } from './options';
import { progressLine } from './progressLine';

/** @throws UserError when too few architectures have both scores */
export async function correlate(file: string, options: CorrelateOptions): Promise<ExitCode> {
  const path = resolve(file);
  const configFolder = dirname(path);
  const written = await requireConfig(readText(path), file);
  const config = { ...written, seed: options.seed ?? written.seed };
  const space = spaceOf(config);
  const reference = estimatorNamed(config, space, options.reference);
  const candidate = estimatorNamed(config, space, options.candidate);
  const progress = progressLine();
  const { judged, interrupted } = await interruptible(progress, async (stopped) => {
    const prepared = await prepareJob(config, {
      ...engineOptions(options),
      configFolder,
      packedFolder: join(__dirname, 'data'),
      onProgress: (activity) => progress.note(activity),
    });
    const judged = await judge({
      ...{ config, ...prepared, reference, candidate, architectures: options.architectures, stopped },
      readFile: (name) => readBeside(configFolder, name),
      onProgress: ({ estimator, architecture, steps }) =>
        architecture === undefined
          ? progress.show(`${estimator}: before the first architecture`)
          : progress.show(
              `${estimator}: architecture ${architecture + 1} of ${options.architectures}`,
              `, step ${Math.floor(steps)}`,
            ),
      onNotice: (estimator, message) => progress.note(`${estimator}: ${message}`),
      onFailure: (estimator, index, message) =>
        progress.note(`Architecture ${index + 1} has no score of ${estimator}: ${message}`),
    });
    return { judged, interrupted: stopped() };
  });
  const both = judged.filter((each) => each.reference !== undefined && each.candidate !== undefined);
  if (both.length < leastCompared) {
    if (interrupted) return 130;
    throw new UserError(
      `Only ${both.length} architectures have both scores; a correlation needs ${leastCompared} or more.`,
      'Draw more with --architectures, or choose other estimators.',
    );
  }
  const study = studyCorrelation(options.candidate, judged);
  if (options.out) write(resolve(options.out), options, study, judged);
  if (options.json) console.log(JSON.stringify({ ...names(options), ...study, architectures: judged }));
  else console.log(tableOf(study, options.reference, config.score).join('\n'));
  return interrupted ? 130 : 0;
}

const names = ({ reference, candidate }: CorrelateOptions) => ({ reference, candidate });

function tableOf({ compared, k, rows }: Study, reference: string, score: ScoreName): string[] {
  const cell = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : '–').padStart(10);
  const width = Math.max(12, ...rows.map(({ by }) => by.length + 2));
  const titles = ['Spearman', 'Kendall', `top ${k}`].map((title) => title.padStart(10)).join('');
  return [
    `Agreement with ${reference} over ${compared} architectures${score === 'accuracy' ? '' : `, judged by ${scoreTitle(score)}`}`,
    `${''.padEnd(width)}${titles}`,
    ...rows.map(
      (row) => `${row.by.padEnd(width)}${[row.spearman, row.kendall, row.topK].map(cell).join('')}`,
    ),
  ];
}

/** `correlation.json` and `correlation.csv`. */
function write(
  folder: string,
  options: CorrelateOptions,
  study: Study,
  judged: readonly JudgedArchitecture[],
): void {
  try {
    makeFolders(folder);
    const report = { ...names(options), ...study, architectures: judged };
    writeFileSync(join(folder, 'correlation.json'), `${JSON.stringify(report, undefined, 2)}\n`);
    writeFileSync(join(folder, 'correlation.csv'), correlationCsv(judged));
  } catch (error) {
    throw explainFileError(error, folder);
  }
}
