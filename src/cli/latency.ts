/** `nas latency`: measures on this machine what the networks of a config are put together from, into a table. */
import { existsSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { dirname, relative, resolve } from 'node:path';
import { createLogUpdate } from 'log-update';
import { requireFit } from '../config/parse';
import { LatencyTable, parseLatencyFile, type LatencyFile } from '../cost/latencyTable';
import type { EngineChoice } from '../engine';
import { UserError } from '../errors';
import { formatDuration, formatPercent } from '../format';
import {
  checkTable,
  drawNetworks,
  latencyPlans,
  measureTable,
  type LatencyCheck,
  type MeasureOptions,
} from '../study/latencyMeasure';
import { configParts } from '../study/latencyParts';
import { prepareEngine } from '../job/engine';
import { frameOf, spaceOf } from '../job/plan';
import { writeAtomically } from '../runs/atomic';
import { readText } from './files';
import type { ExitCode } from './options';

export interface LatencyOptions {
  readonly out?: string;
  readonly engine?: EngineChoice;
  readonly threads?: number;
  readonly runs?: number;
  readonly json?: boolean;
}

const defaultRuns = 50;
/** Networks that the table is checked against. */
const checked = 8;

export async function latency(file: string, options: LatencyOptions): Promise<ExitCode> {
  const { config, facts } = await requireFit(readText(file), file);
  const frame = frameOf(config, facts);
  const space = spaceOf(config);
  const out = options.out
    ? resolve(options.out)
    : resolve(dirname(resolve(file)), config.limits.latencyTable ?? 'latency.json');
  const found = existsSync(out) ? parseLatencyFile(readText(out), out) : undefined;
  const before = Object.keys(found?.entries ?? {}).length;
  const parts = configParts(config, space, frame, before);
  // One image is computed by one thread of the fused engine; more would only wait for it.
  const threads = options.threads ?? 1;
  const engine = await prepareEngine({
    ...{ choice: options.engine ?? config.engine, threads },
    plans: latencyPlans(config, space, frame, parts),
    wanted: 'every',
  });
  const origin = { device: deviceName(), engine: engine.name, threads };
  const known = found && reusable(found, origin, out);

  const progress = createProgress();
  const stop = stopOnSignal();
  const runs = options.runs ?? defaultRuns;
  const measuring = { parts, runs, engine, known, origin };
  const table = await measureTable({ ...measuring, onPart: progress.part, stopped: () => stop.asked });
  progress.end();
  writeAtomically(out, [`${JSON.stringify(table, undefined, 2)}\n`]);
  const shown = relative(process.cwd(), out) || out;
  const count = Object.keys(table.entries).length;
  if (stop.asked) {
    stop.release();
    console.error(
      `Stopped. ${shown} keeps the ${count} parts measured so far; run the command again to go on.`,
    );
    return 130;
  }
  const plans = drawNetworks(config, space, frame, checked);
  const check = await checkTable(new LatencyTable(table, shown), plans, measuring);
  stop.release();
  const added = count - before;
  if (options.json) {
    const { overhead } = table;
    console.log(
      JSON.stringify({ path: out, ...origin, overhead, parts: count, added, ...check }, undefined, 2),
    );
  } else {
    console.log(reportLines(table, added, shown, check).join('\n'));
  }
  return 0;
}

/** @throws UserError when it was measured with anything else: times of two machines do not add up */
function reusable(table: LatencyFile, origin: MeasureOptions['origin'], path: string): LatencyFile {
  for (const key of ['device', 'engine', 'threads'] as const) {
    if (table[key] === origin[key]) continue;
    throw new UserError(
      `${path} was measured with another ${key}: ${table[key]}, not ${origin[key]}.`,
      'Choose another file with --out, or remove this one.',
      'latency-foreign',
    );
  }
  return table;
}

function deviceName(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() || arch();
  return `${model}, ${processors.length} cores, ${platform()} ${arch()}, Node ${process.versions.node}`;
}

function reportLines(table: LatencyFile, added: number, path: string, check: LatencyCheck): string[] {
  const { device, engine, threads, overhead, entries } = table;
  const ms = (value: number): string => `${value.toFixed(3)} ms`;
  return [
    `Device    ${device}`,
    `Engine    ${engine}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    `Overhead  ${ms(overhead.ms)} a pass`,
    `Table     ${path}: ${Object.keys(entries).length} parts, ${added} of them measured now`,
    '',
    `Checked on ${check.networks.length} networks drawn at random, one image each:`,
    '  predicted     measured (quartiles apart)',
    ...check.networks.map(
      ({ predicted, measured }) =>
        `  ${ms(predicted).padStart(9)}  ${ms(measured.ms).padStart(11)} (${ms(measured.spread)})`,
    ),
    `Mean absolute error ${formatPercent(check.meanError)}, Spearman ${check.spearman.toFixed(2)}`,
  ];
}

/** How far it is and how long it will take, on stderr: one line on a terminal, a line each tenth elsewhere. */
function createProgress() {
  const draw = process.stderr.isTTY ? createLogUpdate(process.stderr) : undefined;
  const start = performance.now();
  let told = 0;
  return {
    part(this: void, done: number, of: number): void {
      const left = ((performance.now() - start) / 1000 / done) * (of - done);
      const line = `Measured ${done} of ${of} parts, about ${formatDuration(left)} left`;
      if (draw) return draw(line);
      if (done < of && done - told < of / 10) return;
      told = done;
      console.error(line);
    },
    end(): void {
      draw?.clear();
    },
  };
}

/** The first signal is only noted; a second one ends the process as usual. */
function stopOnSignal() {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const state = { asked: false, release };
  function note(): void {
    state.asked = true;
    release();
  }
  function release(): void {
    signals.forEach((signal) => void process.off(signal, note));
  }
  signals.forEach((signal) => process.on(signal, note));
  return state;
}
