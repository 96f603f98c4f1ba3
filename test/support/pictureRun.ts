/** A finished run on a folder of digits, small enough for a test. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Control } from '../../src/job/control';
import { prepareJob } from '../../src/job/prepare';
import { runJob } from '../../src/job/run';
import { RunFolder } from '../../src/runs/runFolder';
import { packedDigits, writeDigits } from './pictures';
import { proofProcess } from './proof';
import { tinyConfig } from './tinyConfig';

/** Pictures of each digit that train, and that test. */
const each = { train: 8, test: 4 };

/**
 * Writes the digits, which come to 8 × 8, and a run on them into a folder.
 * @returns the run, and the files that it was tested on with their classes
 */
export async function pictureRun(folder: string) {
  const digits = await packedDigits(each.train, each.test);
  const { path: name } = writeDigits(folder, digits).folder;
  const data = { set: 'folder', path: name, imageSize: 8, trainImages: 80, testImages: 40 } as const;
  const config = tinyConfig({ strategy: { type: 'random' }, budget: { trials: 1 }, data });
  const file = path.join(folder, 'digits.nas.json');
  writeFileSync(file, '{}');
  const run = RunFolder.create(path.join(folder, 'runs'), {
    ...{ name: 'digits', configFile: file, configFolder: folder, tool: 'test', config },
  });
  await runJob({
    ...{ folder: run, control: new Control(), proof: proofProcess },
    prepared: await prepareJob(run.run.config, { configFolder: folder, engine: 'fused', threads: 1 }),
    onEvent: () => undefined,
    onTelemetry: () => undefined,
  });
  const tested = Array.from(digits.test.labels, (label, i) => ({
    file: path.join(folder, name, 'test', `${label}`, `${`${i}`.padStart(5, '0')}.png`),
    label,
  }));
  return { run, tested };
}
