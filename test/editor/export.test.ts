/** Export Trained Network as a person does it: what the file takes and gives, place, file. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { safetensors } from '../../src/data/arrays/safetensors';
import type { RunFolder } from '../../src/runs/runFolder';
import { knownRun } from '../support/knownNetwork';
import { user } from './harness/user';
import { activated, fixture, tidyUp } from './support';

/** Where the config of the run is, and the run. */
const home = fixture('trained');
const name = 'tiny.onnx';
const target = fixture(`trained/${name}`).fsPath;

describe('Export Trained Network', () => {
  let run: RunFolder;
  before(function () {
    if (!user.present) this.skip();
    return activated();
  });
  beforeEach(() => {
    mkdirSync(home.fsPath);
    run = knownRun(home.fsPath, home.fsPath);
  });
  afterEach(async () => {
    // While it is open, nothing pops up.
    await vscode.commands.executeCommand('notifications.hideList');
    await tidyUp();
    rmSync(home.fsPath, { recursive: true, force: true });
  });

  /** A notification in the editor's list, in which all are: no more than three pop up within 0.8 s. */
  async function listed(hasText: string): Promise<string> {
    await vscode.commands.executeCommand('notifications.showList');
    return user.inWorkbench('.notifications-center .notification-list-item-message', { hasText }).text();
  }

  const start = () =>
    void vscode.commands.executeCommand('nas.exportNetwork', vscode.Uri.file(run.weightsPath));
  const written = () => readdirSync(home.fsPath).filter((file) => file.endsWith('.onnx'));

  it('asks what the file takes and gives, writes it beside the config, and says so', async () => {
    start();
    await user.pick('ONNX');
    await user.pick('Pixels to probabilities');
    await user.pick(name);
    const said = await listed('to probabilities');
    assert.equal(said, `Wrote ${name}: pixels from 0 to 255 [N, 1, 8, 8] to probabilities [N, 6], float32.`);
    assert.deepEqual(written(), [name]);
    assert.ok(readFileSync(target).length > 1000);
  });

  it('says that it would replace a file before it does', async () => {
    writeFileSync(target, 'mine');
    start();
    await user.pick('ONNX');
    await user.pick('Normalized images to logits');
    await user.pick(`Replace ${name}`);
    assert.match(await listed('to logits'), /: normalized images \[N, 1, 8, 8\] to logits/);
    assert.ok(readFileSync(target).length > 1000);
  });

  it('writes the weights of generated PyTorch code', async () => {
    start();
    await user.pick('PyTorch');
    await user.pick('tiny-torch.safetensors');
    const said = 'weights and BN statistics by the names of generated PyTorch code, float32';
    assert.equal(await listed('Wrote tiny-torch'), `Wrote tiny-torch.safetensors: ${said}.`);
    assert.deepEqual(written(), []);
    assert.ok(safetensors(fixture('trained/tiny-torch.safetensors').fsPath).has('classifier.weight'));
  });

  it('asks nothing where there is no trained network, and says why', async () => {
    rmSync(run.weightsPath);
    start();
    assert.match(await listed('has no weights of its found network'), /Run the search again/);
    assert.deepEqual(written(), []);
  });
});
