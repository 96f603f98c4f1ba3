/**
 * Memory of the forms of weight sharing, as `nas inspect` predicts it and as it is: `npm run bench:memory [-- --threads N]`.
 * Each form trains in a process of its own at a small size, and one process does all of it but the supernet.
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { forecastForm, supernetForms, type SupernetForm } from '../src/study/supernetForms';
import { FusedSupernet } from '../src/network/fused/fusedSupernet';
import { CellSearchSpace } from '../src/space/cell/space';
import { smallSize, startOf } from './support/darts';

const { values: options } = parseArgs({
  options: { form: { type: 'string' }, threads: { type: 'string' } },
});
const threads = Number(options.threads ?? availableParallelism());
const { batch, side, ...size } = smallSize;
/** Of w, or of α and w in turns; the first one takes all memory. */
const steps = 3;

function forms(): SupernetForm[] {
  const space = new CellSearchSpace({ ...size, inputsPerNode: 2, stemMultiplier: 3 });
  return supernetForms(
    space,
    { input: { height: side, width: side, channels: 3 }, classes: 10 },
    { seed: 1 },
  );
}

interface Measured {
  /** Bytes. */
  readonly engine: number;
  readonly resident: number;
  /** Milliseconds of a step, the median. */
  readonly step: number;
}

async function train({ plan, mixtures, trained }: SupernetForm): Promise<Measured> {
  const { weights, batch: images } = startOf(plan, batch);
  const supernet = new FusedSupernet(plan, threads);
  const times: number[] = [];
  for (let step = 0; step < steps; step++) {
    const start = performance.now();
    if (trained === 'both') await supernet.differentiate(images, weights, mixtures, 'mixtures');
    await supernet.differentiate(images, weights, mixtures, 'weights');
    times.push(performance.now() - start);
  }
  const step = times.sort((a, b) => a - b)[Math.floor(steps / 2)]!;
  return { engine: supernet.memory, resident: resident(), step };
}

/** Most that this process held, bytes. */
function resident(): number {
  return 1024 * process.resourceUsage().maxRSS;
}

function measure(form: string): Measured {
  const child = spawnSync(
    process.execPath,
    [...process.execArgv, __filename, '--form', form, '--threads', String(threads)],
    { encoding: 'utf8' },
  );
  if (child.status !== 0) throw new Error(`${form}: ${child.stderr}`);
  return JSON.parse(child.stdout) as Measured;
}

function report(): void {
  const around = measure('nothing').resident;
  const rows = forms().map((form) => ({
    forecast: forecastForm(form, batch, threads),
    measured: measure(form.name),
  }));
  const base = rows.find(({ forecast }) => forecast.name === 'one-each')!;
  const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const times = (value: number, of: number): string => `${(value / of).toFixed(2)}×`;
  console.log(
    `MB at C ${size.channels}, ${size.cells} cells, batch ${batch}, ${side} × ${side}, ${threads} threads; a process without a supernet takes ${mb(around)}.`,
  );
  console.log(
    '| form | engine, predicted | engine, measured | process, above that | step, ms | activations |',
  );
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const { forecast, measured } of rows) {
    const above = measured.resident - around;
    const cells = [
      forecast.title,
      `${mb(forecast.memory!.total)} (${times(forecast.memory!.total, base.forecast.memory!.total)})`,
      `${mb(measured.engine)} (${times(measured.engine, base.measured.engine)})`,
      `${mb(above)} (${times(above, base.measured.resident - around)})`,
      `${measured.step.toFixed(0)} (${times(measured.step, base.measured.step)})`,
      times(forecast.activations, base.forecast.activations),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

async function main(): Promise<void> {
  if (options.form === undefined) return report();
  const known = forms();
  const form = known.find(({ name }) => name === options.form);
  // Without a form: what loading, plan and batch take.
  if (!form) startOf(known[0]!.plan, batch);
  const measured = form ? await train(form) : { engine: 0, resident: resident(), step: 0 };
  console.log(JSON.stringify(measured));
}

void main();
