/**
 * The trained network of a run on its whole test split, in every framework that its files are for: how many images each has right, how
 * many predictions differ from those of the first, and how far its logits are. `npm run bench:frameworks -- RUN`; the Pythons are
 * those of the tests.
 */
import { join } from 'node:path';
import { convert, convertedFormats } from '../src/export/python';
import { loadJobData } from '../src/job/data';
import { readWeights } from '../src/job/weights';
import { RunFolder } from '../src/runs/runFolder';
import { defaultThreads } from '../src/threads';
import { pythonWith } from '../test/generated/pythons';
import { computeEverywhere, distance, predictedClass } from './support/frameworks';

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('Name the folder of a finished run: npm run bench:frameworks -- RUN');
const run = RunFolder.open(path);
const { file, weights, statistics } = readWeights(run);
const trained = { weights, statistics };
const { config, configFolder } = run.run;
const { classes } = file.network;

async function main(): Promise<void> {
  const packedFolder = join(__dirname, '../data');
  const data = (await loadJobData(config, { configFolder, packedFolder })).training('frameworks');
  const batches = [...data.testBatches()];
  const labels = batches.flatMap(({ labels: own }) => Array.from(own));
  const rows = await computeEverywhere([{ file, trained }], batches);
  const [first] = rows[0]!.logits;
  console.log(`${run.run.name}: ${labels.length} test images`);
  console.log('| computed by | right | predictions that differ | largest difference of logits |');
  console.log('| --- | --- | --- | --- |');
  for (const {
    name,
    logits: [logits],
  } of rows) {
    const classOf = (of: Float32Array, i: number): number => predictedClass(of, i, classes);
    const right = labels.filter((label, i) => classOf(logits!, i) === label).length;
    const differing = labels.filter((_, i) => classOf(logits!, i) !== classOf(first!, i)).length;
    console.log(`| ${name} | ${right} | ${differing} | ${distance(logits!, first!).toExponential(1)} |`);
  }
  const source = { training: () => data.plainBatches(), test: () => data.testBatches() };
  for (const format of convertedFormats) {
    const options = { python: await pythonWith('keras'), threads: defaultThreads() };
    const { report } = await convert(format, file, trained, {}, source, options);
    const by = format.id === 'keras' ? `Keras ${report.version}` : 'its interpreter';
    console.log(`| ${format.title}, ${by} | ${report.right} | | |`);
  }
}

void main();
