/** What a run says about itself in its first event. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigInput } from '../../../src/config/schema';
import { prepareJob } from '../../../src/job/prepare';
import { describeRun } from '../../../src/job/results';
import { createRun, tinyConfig } from '../../support/tinyConfig';

type SpaceInput = NonNullable<ConfigInput['space']>;

describe('the first event of a run', () => {
  let parent: string;
  beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'nas-results-'))));
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const spaces: Readonly<Record<string, readonly [SpaceInput, object]>> = {
    'one node that may keep three inputs': [
      { type: 'cell', inputsPerNode: 3 },
      { type: 'cell', inputs: 2, inputsPerNode: 3, edges: 2 },
    ],
    'one node as the schema has it': [
      { type: 'cell' },
      { type: 'cell', inputs: 2, inputsPerNode: 2, edges: 2 },
    ],
    'cells that keep all edges': [
      { type: 'nasbench201', channels: 2, cellsPerStage: 1 },
      { type: 'nasbench201', inputs: 1, inputsPerNode: 3, edges: 6 },
    ],
    'chains, which have no cells': [
      { type: 'chain' },
      { type: 'chain', inputs: 0, inputsPerNode: 0, edges: 0 },
    ],
  };
  for (const [title, [space, expected]] of Object.entries(spaces)) {
    it(`has the wiring of ${title}`, async () => {
      const small = { strategy: { type: 'random' }, final: { epochs: 0 } } as const;
      const { run } = createRun(parent, tinyConfig({ ...small, space }));
      const { config, configFolder } = run;
      const event = describeRun(run, await prepareJob(config, { configFolder, engine: 'fused', threads: 1 }));
      assert.ok(event.type === 'run');
      const { type, inputs, inputsPerNode, edges } = event.space;
      assert.deepEqual({ type, inputs, inputsPerNode, edges: edges.length }, expected);
    });
  }
});
