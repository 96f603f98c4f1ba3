/** The packaged extension in an empty VS Code: it starts quickly, and searches with nothing but what it brings. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { user } from '../harness/user';
import {
  activated,
  dashboardState,
  event,
  eventsOf,
  extensionId,
  fixture,
  newRun,
  notification,
  open,
  tidyUp,
} from '../support';

/** Digits that are packed into the extension, as its kernels are. */
const config = {
  name: 'offline',
  preset: 'laptop',
  data: { set: 'mnist', trainImages: 200, testImages: 50, imageSize: 7 },
  space: {
    operations: ['none', 'skip_connect', 'sep_conv_3x3'],
    nodes: 1,
    inputsPerNode: 2,
    cells: 3,
    channels: 4,
  },
  strategy: { warmupEpochs: 0 },
  training: { batchSize: 10 },
  budget: { epochs: 2 },
  final: { epochs: 1, cells: 3, channels: 4, batchSize: 10, randomNetworks: 1 },
};

describe('the installed extension', function () {
  afterEach(tidyUp);

  it('is installed, not the one under development', () => {
    const { extensionPath, packageJSON } = vscode.extensions.getExtension(extensionId)!;
    assert.match(path.basename(extensionPath), /^nas-workbench\.nas-workbench-\d/);
    assert.equal(packageJSON.isUnderDevelopment, false);
  });

  it('activates without a tensor library', async () => {
    const { activation } = await activated();
    assert.equal(activation.length, 2);
    const { sharedObjects } = process.report.getReport() as { sharedObjects: string[] };
    const loaded = [...sharedObjects, ...Object.keys(require.cache)];
    assert.deepEqual(
      loaded.filter((file) => /tfjs|tensorflow/i.test(file)),
      [],
    );
  });

  it('searches on packed digits and ends with a genotype', async function () {
    if (!user.present) return this.skip();
    await vscode.workspace.fs.writeFile(fixture('offline.nas.json'), Buffer.from(JSON.stringify(config)));
    const folder = await newRun(async () => {
      await open('offline.nas.json');
      await user.palette('NAS: Run NAS');
    });
    await event(folder, 'finished', 600_000);
    await dashboardState('Finished');
    await notification('The search “offline” is finished');
    const [first] = eventsOf(folder);
    assert.ok(first?.type === 'run');
    assert.deepEqual(
      [/^fused engine .* threads?$/.test(first.engine), first.data, first.images.test],
      [true, 'mnist', 50],
    );
    const { genotype } = JSON.parse(readFileSync(path.join(folder, 'genotype.json'), 'utf8'));
    assert.equal(genotype.normal.nodes.length, 1);
  });
});
