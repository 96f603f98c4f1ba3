/** A finished run whose network gives a known answer: all of its weights are 0 but the bias of its classifier. */
import { writeFileSync } from 'node:fs';
import { writeWeights } from '../../src/job/weights';
import { structureOf } from '../../src/network/structure';
import type { RunFolder } from '../../src/runs/runFolder';
import { planNetwork } from '../../src/space/network';
import { genotypeFile, small } from '../unit/generate/files';
import { dartsV2 } from './genotypes';
import { createRun, tinyConfig } from './tinyConfig';

/** What it takes any picture for. Networks see grey pictures of 8 × 8. */
export const known: Readonly<Record<string, number>> = {
  ape: 0.05,
  bee: 0.2,
  cat: 0.1,
  dog: 0.35,
  eel: 0.01,
  fox: 0.29,
};

/** Makes its folder below `parent`. */
export function knownRun(parent: string, configFolder?: string): RunFolder {
  const run = createRun(parent, tinyConfig(), configFolder);
  writeFileSync(run.resultPath, '{}');
  const classNames = Object.keys(known);
  const network = { ...small, input: { height: 8, width: 8, channels: 1 }, classes: classNames.length };
  const { layout, batchNorms } = structureOf(planNetwork(dartsV2, network));
  const weights = new Float32Array(layout.size);
  const bias = layout.parameters.find(({ name }) => name === 'classifier.bias')!;
  weights.set(Object.values(known).map(Math.log), bias.offset);
  const statistics = new Float32Array(2 * batchNorms.reduce((sum, channels) => sum + channels, 0));
  writeWeights(run, genotypeFile(dartsV2, network, { classNames }), { weights, statistics });
  return run;
}
