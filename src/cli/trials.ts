/** `nas trials`: the trials of a run as a CSV table, which the estimator `table` reads again. */
import { existsSync } from 'node:fs';
import { UserError } from '../errors';
import { effectiveEvents } from '../protocol/runState';
import { costNames, type RunEventOf } from '../protocol/events';
import { writeAtomically } from '../runs/atomic';
import { requireEventLog } from '../runs/eventLog';
import { RunFolder } from '../runs/runFolder';
import type { ExitCode } from './options';

const columns = ['trial', 'architecture', 'status', 'reward', ...costNames];

function row({ index, text, status, score, costs }: RunEventOf<'trial'>): string {
  // Architectures may hold commas and semicolons.
  const quoted = `"${text.replaceAll('"', '""')}"`;
  return [index + 1, quoted, status, score ?? '', ...costNames.map((name) => costs[name] ?? '')].join(',');
}

/** @throws UserError when the folder is no run, the run has no trials or a damaged log, or the file exists */
export function trials(path: string, options: { readonly out?: string; readonly force?: boolean }): ExitCode {
  const folder = RunFolder.open(path);
  const { events, notice } = requireEventLog(folder.eventsPath);
  if (notice !== undefined) console.error(`Warning: ${notice}`);
  const judged = effectiveEvents(events).filter((event) => event.type === 'trial');
  if (judged.length === 0) {
    throw new UserError(
      `${path} has no trials.`,
      'Only searches of a sampling strategy (random, evolution, …) judge single architectures.',
    );
  }
  const text = `${[columns.join(','), ...judged.map(row)].join('\n')}\n`;
  if (options.out === undefined) {
    process.stdout.write(text);
    return 0;
  }
  if (existsSync(options.out) && !options.force) {
    throw new UserError(
      `${options.out} exists already.`,
      'Choose another file with --out, or replace it with --force.',
    );
  }
  writeAtomically(options.out, [text]);
  console.log(options.out);
  return 0;
}
