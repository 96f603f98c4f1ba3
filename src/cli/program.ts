/**
 * Commands and options of `nas`, and how errors become exit codes: 0 done, 1 failed (or the generated code is not the
 * network that was judged), 2 bad input, 130 interrupted.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { engineChoices } from '../engine';
import { describeError, UserError } from '../errors';
import { languages } from '../generate';
import { efficientNetCoefficients } from '../study/compoundScaling';
import { convertedFormatNames, exportFormatNames } from '../export/names';
import type { ClassifyOptions } from './classify';
import type { ExportCommandOptions } from './export';
import type { ImportCommandOptions } from './import';
import type { LatencyOptions } from './latency';
import type { CodePart, GenerateCommandOptions } from './generate';
import {
  codeParts,
  type CorrelateOptions,
  type ExitCode,
  type ResumeOptions,
  type RunOptions,
} from './options';
import { toolVersion } from '../version';
import { defaultThreads } from '../threads';
import type { ScaleOptions } from './scale';
import type { TrainOptions } from './train';

function seed(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('Use a whole number from 0 on.');
  return value;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Use a whole number from 1 on.');
  return value;
}

/** Whole numbers in a range. */
function upTo(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Use a whole number from ${least} to ${most}.`);
  };
}

function imageSize(text: string): NonNullable<ImportCommandOptions['image']> {
  const match = /^(\d+)[x×](\d+)[x×](\d+)$/.exec(text);
  if (!match) throw new InvalidArgumentError('Use height, width and channels, such as 32x32x3.');
  const [height, width, channels] = match.slice(1).map(Number) as [number, number, number];
  return { height, width, channels };
}

function partsOfCode(text: string): CodePart[] {
  const parts = text.split(',').map((part) => part.trim());
  const unknown = parts.find((part) => !codeParts.some((known) => known === part));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`"${unknown}" is none of ${codeParts.join(', ')}.`);
  }
  return parts as CodePart[];
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 20)) throw new InvalidArgumentError('Use a number above 0 and up to 20.');
  return value;
}

function gridStep(text: string): number {
  const value = Number(text);
  if (!(value >= 0.01 && value <= 1)) throw new InvalidArgumentError('Use a number from 0.01 to 1.');
  return value;
}

function coefficient(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 4)) throw new InvalidArgumentError('Use a number from 1 to 4.');
  return value;
}

const engineOption = (): Option =>
  new Option('--engine <name>', 'what computes the networks, instead of the config’s').choices(
    engineChoices.map(({ name }) => name),
  );

const threadsOption = (): Option =>
  new Option(
    '--threads <number>',
    'threads to compute with; OMP_NUM_THREADS or all cores unless given',
  ).argParser(wholeNumber);

const jsonOption = (): Option => new Option('--json', 'JSON instead of text');

function architectures(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 3) throw new InvalidArgumentError('Use a whole number from 3 on.');
  return value;
}

/** What everything that starts a run can be told. */
function startOptions(command: Command): Command {
  return command
    .option('--out <folder>', 'where the run folder is made, instead of the config’s output.folder')
    .option('--tensorboard', 'write the curves for TensorBoard, too, into tensorboard in the run folder')
    .option('--seed <number>', 'seed, instead of the config’s', seed)
    .addOption(threadsOption())
    .addOption(engineOption())
    .addOption(jsonOption());
}

/** The program; every action stores its exit code through `exit`. Modules load when their command runs. */
function buildProgram(exit: (code: ExitCode) => void): Command {
  const program = new Command('nas')
    .description('Neural architecture search: run it, watch it, turn what it finds into code.')
    .version(toolVersion)
    .exitOverride();

  startOptions(program.command('run'))
    .description('run the search of a config file')
    .argument('<config>', 'a *.nas.json file')
    .action(async (config: string, options: RunOptions) => {
      const { run } = await import('./run');
      exit(await run(config, options));
    });

  startOptions(program.command('train'))
    .description('train an architecture that is known: a run without a search')
    .argument('<source>', 'a run folder or a genotype file')
    .option('--config <file>', 'whose data and final training are taken, instead of the run’s')
    .option('--name <name>', 'what the run is called')
    .option('--epochs <number>', 'instead of the config’s final.epochs', wholeNumber)
    .option('--cells <number>', 'cells of the network, likewise', upTo(3, 100))
    .option('--channels <number>', 'channels of its first cells, likewise', upTo(1, 1024))
    .option(
      '--full-recipe',
      'with warm-up, label smoothing, an auxiliary classifier and averaged weights, whatever the config says',
    )
    .option('--keep-weights', 'train on from the weights of the run, rather than from new ones')
    .action(async (source: string, options: TrainOptions) => {
      const { train } = await import('./train');
      exit(await train(source, options));
    });

  program
    .command('resume')
    .description('go on with a run that was stopped or killed')
    .argument('<folder>', 'its run folder')
    .option('--config <file>', 'where its config file is now, when it was moved without the run folder')
    .addOption(threadsOption())
    .addOption(engineOption())
    .addOption(jsonOption())
    .action(async (folder: string, options: ResumeOptions) => {
      const { resume } = await import('./run');
      exit(await resume(folder, options));
    });

  program
    .command('generate')
    .description('turn a genotype into model code')
    .argument('<genotype>', 'a genotype.json, or a run folder')
    .addOption(
      new Option('--language <name>', 'language of the code')
        .choices(languages.map((language) => language.id))
        .makeOptionMandatory(),
    )
    .option('--out <folder>', 'where the file is written', '.')
    .option('--force', 'replace a file that is there already')
    .option('--epoch <number>', 'of a run folder: the genotype of this epoch, counted from 1', wholeNumber)
    .addOption(
      new Option(
        '--with <parts>',
        'beside the code, separated by commas: weights (of a finished run: Python code classifies pictures with them), test (that the code is the trained network), training (a script that trains the code anew, with the recipe and the pictures of the run), readme',
      ).argParser(partsOfCode),
    )
    .action(async (genotype: string, options: GenerateCommandOptions) => {
      const { generate } = await import('./generate');
      exit(await generate(genotype, options));
    });

  program
    .command('inspect')
    .description('how large the search of a config is, without running it')
    .argument('<config>', 'a *.nas.json file, or a genotype.json')
    .addOption(jsonOption())
    .action(async (file: string, options: { json?: boolean }) => {
      const { inspect } = await import('./inspect');
      exit(await inspect(file, options));
    });

  program
    .command('init')
    .description('a config for a folder of pictures, by what is in it and how fast this machine is')
    .argument('<folder>', 'with a subfolder for each class')
    .option('--out <file>', 'the config, instead of NAME.nas.json in this folder')
    .addOption(threadsOption())
    .action(async (folder: string, options: { out?: string; threads?: number }) => {
      const { init } = await import('./init');
      exit(await init(folder, options));
    });

  program
    .command('data')
    .description('what is in the data set of a config: images by class and split, equal ones, their mean')
    .argument('<config>', 'a *.nas.json file')
    .addOption(jsonOption())
    .action(async (file: string, options: { json?: boolean }) => {
      const { data } = await import('./data');
      exit(await data(file, options));
    });

  program
    .command('classify')
    .description('what the found network of a finished run takes pictures for: the five most likely classes')
    .argument('<run>', 'its run folder')
    .argument('<pictures...>', 'files of pictures')
    .addOption(threadsOption())
    .addOption(jsonOption())
    .action(async (run: string, pictures: string[], options: ClassifyOptions) => {
      const { classify } = await import('./classify');
      exit(await classify(run, pictures, options));
    });

  program
    .command('export')
    .description('the trained network of a finished run as a file that others run')
    .argument('<run>', 'its run folder')
    .addOption(
      new Option('--format <name>', 'format of the file')
        .choices([...exportFormatNames, ...convertedFormatNames])
        .makeOptionMandatory(),
    )
    .option('--network <name>', 'of those that the run has trained: found, random-1, trial-1, …', 'found')
    .option('--out <folder>', 'where the file is written', '.')
    .option('--raw-pixels', 'it takes pixels from 0 to 255 and normalizes them itself')
    .option('--softmax', 'it gives probabilities instead of logits')
    .option('--batch <number>', 'images at a time, where that is to be fixed', wholeNumber)
    .option('--python <path>', 'with Keras and TensorFlow, for the formats that they make')
    .option('--force', 'replace a file that is there already')
    .action(async (run: string, options: ExportCommandOptions) => {
      const { exportNetwork } = await import('./export');
      exit(await exportNetwork(run, options));
    });

  program
    .command('import')
    .description('a published architecture to a genotype file, from which nas generate makes code')
    .argument(
      '<text>',
      'Genotype(…) of DARTS and its kin, a cell of NAS-Bench-201 or settings of once-for-all; a file with it; or - for standard input',
    )
    .option('--name <name>', 'the one to take where there are several; what the network is called')
    .option('--cells <number>', 'cells of the network, instead of those of its publication', wholeNumber)
    .option('--channels <number>', 'channels of its first cells, likewise', wholeNumber)
    .option('--classes <number>', 'classes, likewise', wholeNumber)
    .option('--image <size>', 'height × width × channels of images, such as 32x32x3', imageSize)
    .option('--out <file>', 'the genotype file; NAME.genotype.json without it')
    .option('--force', 'replace a file that is there already')
    .action(async (text: string, options: ImportCommandOptions) => {
      const { importText } = await import('./import');
      exit(importText(text, options));
    });

  program
    .command('text')
    .description('print an architecture in the form in which its field publishes it')
    .argument('<source>', 'a run folder or a genotype file')
    .option('--epoch <number>', 'of a run folder: the genotype of this epoch or trial, from 1', wholeNumber)
    .action(async (source: string, { epoch }: { epoch?: number }) => {
      const { printText } = await import('./import');
      exit(printText(source, epoch));
    });

  program
    .command('cache')
    .description('the decoded pictures that are kept from run to run: whose, how many, how large')
    .option('--clear', 'remove them; runs decode anew')
    .addOption(jsonOption())
    .action(async (options: { clear?: boolean; json?: boolean }) => {
      const { cache } = await import('./cache');
      exit(await cache(options));
    });

  program
    .command('latency')
    .description(
      'measure on this machine how long the parts of a config’s networks take, into a table for limits',
    )
    .argument('<config>', 'a *.nas.json file')
    .option(
      '--out <file>',
      'the table, instead of the config’s limits.latencyTable; one that is there is added to',
    )
    .addOption(engineOption())
    .addOption(
      new Option(
        '--threads <number>',
        'threads to compute with; 1 unless given, as one image keeps one busy',
      ).argParser(wholeNumber),
    )
    .option('--runs <number>', 'times that every part is measured', wholeNumber)
    .addOption(jsonOption())
    .action(async (config: string, options: LatencyOptions) => {
      const { latency } = await import('./latency');
      exit(await latency(config, options));
    });

  program
    .command('scale')
    .description('a found network at another size: depth α^φ, width β^φ, resolution γ^φ')
    .argument('<genotype>', 'a genotype.json of a space that can be scaled, such as mbconv')
    .requiredOption('--phi <number>', 'φ: each step about doubles the multiply–accumulates', positive)
    .option(
      '--search <config>',
      'find α, β and γ: the best network at φ = 1 by the estimator and data of this config',
    )
    .option('--step <number>', 'with --search: distance of two values of α, of β and of γ', gridStep, 0.1)
    .option('--alpha <number>', 'α, of depth', coefficient, efficientNetCoefficients.alpha)
    .option('--beta <number>', 'β, of width', coefficient, efficientNetCoefficients.beta)
    .option('--gamma <number>', 'γ, of resolution', coefficient, efficientNetCoefficients.gamma)
    .option('--out <file>', 'where the scaled genotype is written, instead of beside the given one')
    .option('--force', 'replace a file that is there already')
    .addOption(threadsOption())
    .addOption(engineOption())
    .action(async (genotype: string, options: ScaleOptions) => {
      const { scale } = await import('./scale');
      exit(await scale(genotype, options));
    });

  program
    .command('correlate')
    .description('whether one estimator ranks architectures of a config’s space as another does')
    .argument('<config>', 'a *.nas.json file')
    .option('--architectures <number>', 'how many are drawn and judged by both', architectures, 30)
    .option('--reference <estimator>', 'what is held to be true', 'training')
    .option('--candidate <estimator>', 'what is held against it', 'shared')
    .option('--out <folder>', 'where correlation.json and correlation.csv are written')
    .option('--seed <number>', 'seed, instead of the config’s', seed)
    .addOption(threadsOption())
    .addOption(engineOption())
    .addOption(jsonOption())
    .action(async (config: string, options: CorrelateOptions) => {
      const { correlate } = await import('./correlate');
      exit(await correlate(config, options));
    });

  program
    .command('trials')
    .description('the trials of a run as a CSV table, which the estimator "table" reads')
    .argument('<run>', 'a run folder')
    .option('--out <file>', 'where it is written, instead of to the terminal')
    .option('--force', 'replace a file that is there already')
    .action(async (run: string, options: { out?: string; force?: boolean }) => {
      const { trials } = await import('./trials');
      exit(trials(run, options));
    });

  program
    .command('setup')
    .description('set up native TensorFlow (a large download)')
    .option('--python', 'instead of that a Python environment with Keras, for nas export')
    .option('--yes', 'do not ask')
    .action(async (options: { yes?: boolean; python?: boolean }) => {
      const { setup } = await import('./setup');
      exit(await setup(options));
    });

  program
    .command('doctor')
    .description('what computes here and why, versions, threads, memory, data')
    .addOption(jsonOption())
    .action(async (options: { json?: boolean }) => {
      const { collectDoctorReport, formatDoctorReport } = await import('../backend/doctor');
      const { describeFused } = await import('../network/fused/description');
      const report = await collectDoctorReport(describeFused(defaultThreads()));
      console.log(options.json ? JSON.stringify(report, undefined, 2) : formatDoctorReport(report));
      exit(0);
    });

  program.commands.forEach((command) => command.exitOverride());
  return program;
}

/** The input was in order, and the search came to nothing. */
function isFailedSearch({ code }: UserError): boolean {
  return code === 'most-failed' || code === 'none-found';
}

/** Runs one command line and ends the process with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  let code: ExitCode = 0;
  try {
    await buildProgram((value) => (code = value)).parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      code = error.exitCode === 0 ? 0 : 2;
    } else {
      console.error(describeError(error));
      // Anything but an error that a person can mend is a defect, and its trace is what a report needs.
      if (!(error instanceof UserError) && error instanceof Error) console.error(error.stack);
      code = error instanceof UserError && !isFailedSearch(error) ? 2 : 1;
    }
  }
  process.exitCode = code;
}
