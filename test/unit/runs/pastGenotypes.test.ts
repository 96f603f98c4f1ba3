import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { configSchema } from '../../../src/config/schema';
import type { UserError } from '../../../src/errors';
import { readGenotypeFile } from '../../../src/generate/readGenotype';
import type { RunEvent, RunEventBody } from '../../../src/protocol/events';
import { EventLog } from '../../../src/runs/eventLog';
import { pastGenotypes, pastName, writePastGenotype } from '../../../src/runs/pastGenotypes';
import { RunFolder } from '../../../src/runs/runFolder';
import type { CellPairGenotype } from '../../../src/space/cell/genotype';
import type { GenotypeFile } from '../../../src/space/genotype';

/** A pair of equal cells of one node. */
function genotype(operation: string): CellPairGenotype {
  const edges = [0, 1].map((input) => ({ operation, input }));
  const cell = { nodes: [edges], concat: [2] };
  return { space: 'cell', normal: cell, reduction: cell };
}

const names = ['sep_conv_3x3', 'dil_conv_3x3', 'skip_connect'];
const epochs = names.flatMap((name, epoch): RunEventBody[] => {
  const means = { loss: 1, accuracy: 0.5, validationLoss: 1, validationAccuracy: 0.6 + epoch / 10 };
  return [
    { type: 'epoch', phase: 'search', index: 0, epoch, ...means },
    { type: 'genotype', epoch, genotype: genotype(name) },
  ];
});
const trials = names.map((name, index): RunEventBody => {
  const score = [0.5, undefined, 0.9][index];
  const costs = { parameters: 1, flops: 1, memoryMiB: 1 };
  const status = score === undefined ? 'failed' : 'done';
  return { type: 'trial', index, genotype: genotype(name), text: name, parents: [], status, score, costs };
});

function stamped(bodies: readonly RunEventBody[]): RunEvent[] {
  return bodies.map((body, seq) => ({ ...body, seq, time: 0 }));
}

describe('architectures of a run before its end', () => {
  let parent: string;
  beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'nas-past-'))));
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  /** A run folder with these events and the genotype of the last epoch. */
  function runWith(bodies: readonly RunEventBody[]): RunFolder {
    const config = configSchema.parse({ data: { set: 'mnist' } });
    const files = { configFile: join(parent, 'a.nas.json'), configFolder: parent };
    const folder = RunFolder.create(parent, { name: 'digits', config, tool: 'test', ...files });
    const log = new EventLog(folder.eventsPath);
    for (const body of bodies) log.append(body);
    log.close();
    const file: GenotypeFile = {
      ...{ format: 'nas-workbench/genotype', version: 1, genotype: genotype('max_pool_3x3') },
      network: {
        ...{ cells: 4, channels: 8, stemMultiplier: 3, classes: 10 },
        input: { height: 28, width: 28, channels: 1 },
      },
      origin: {
        ...{ name: 'digits', runId: 'r', strategy: 'darts', data: 'mnist', seed: 1, epoch: 2 },
        ...{ unit: 'epoch', engine: 'fused engine 1', createdAt: '', tool: 'test' },
      },
    };
    folder.writeGenotype(file);
    return folder;
  }

  it('are the epochs, last first, one of each although a guard returns to one', () => {
    const again: RunEventBody = { type: 'genotype', epoch: 1, genotype: genotype('dil_conv_3x3') };
    const past = pastGenotypes(stamped([...epochs, again]));
    assert.deepEqual(
      past.map(({ kind, index, score }) => [kind, index, score?.toFixed(1)]),
      [
        ['epoch', 2, '0.8'],
        ['epoch', 1, '0.7'],
        ['epoch', 0, '0.6'],
      ],
    );
    assert.deepEqual(past[1]!.genotype, genotype('dil_conv_3x3'));
  });

  it('are the trials with a score, best first', () => {
    const past = pastGenotypes(stamped(trials));
    assert.deepEqual(
      past.map((each) => [pastName(each), each.score, each.text]),
      [
        ['trial 3', 0.9, 'skip_connect'],
        ['trial 1', 0.5, 'sep_conv_3x3'],
      ],
    );
  });

  it('leave out what a resume superseded', () => {
    const resumed: RunEventBody = { type: 'resumed', keep: 1, engine: 'fused engine 1' };
    assert.deepEqual(
      pastGenotypes(stamped([...epochs, resumed])).map(({ index }) => index),
      [0],
    );
  });

  it('become genotype files beside the run’s own, from which code can be made', () => {
    const folder = runWith(epochs);
    const path = writePastGenotype(folder, { kind: 'epoch', index: 1 });
    assert.equal(basename(path), 'genotype-epoch-2.json');
    const file = readGenotypeFile(readFileSync(path, 'utf8'), path);
    assert.deepEqual(file.genotype, genotype('dil_conv_3x3'));
    assert.equal(file.origin.epoch, 1);
    assert.equal(file.origin.name, 'digits, epoch 2');
    assert.deepEqual(folder.readGenotype()?.genotype, genotype('max_pool_3x3'), 'which stays as it is');
  });

  it('can be those of a trial without a score, too', () => {
    const path = writePastGenotype(runWith(trials), { kind: 'trial', index: 1 });
    assert.equal(basename(path), 'genotype-trial-2.json');
    const file = readGenotypeFile(readFileSync(path, 'utf8'), path);
    assert.deepEqual(file.genotype, genotype('dil_conv_3x3'));
    assert.deepEqual([file.origin.unit, file.origin.epoch], ['trial', 1]);
  });

  it('are refused where there is none, saying what there is', () => {
    assert.throws(
      () => writePastGenotype(runWith(epochs), { kind: 'epoch', index: 7 }),
      (error: UserError) =>
        /no architecture of epoch 8/.test(error.message) && /every epoch/.test(error.hint!),
    );
  });
});
