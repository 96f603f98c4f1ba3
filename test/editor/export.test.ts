/** Export Trained Network as a person does it: what the file takes and gives, place, file. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
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

  describe('through Python', () => {
    const setting = (value: string | undefined) =>
      vscode.workspace.getConfiguration('nas').update('pythonPath', value, vscode.ConfigurationTarget.Global);
    afterEach(() => setting(undefined));

    it('writes what the Python of the setting makes, and says how it does', async function () {
      if (process.platform === 'win32') this.skip();
      // Answers as the real one does, which other tests convert with.
      const python = path.join(home.fsPath, 'python');
      const done = '{"done":{"images":40,"right":12,"seconds":1.25,"version":"3.15.1"}}';
      writeFileSync(
        python,
        `#!/bin/sh
if [ "$1" = -c ]; then echo '[]'; exit; fi
printf PK > "$(sed 's/.*"out":"\\([^"]*\\)".*/\\1/' "$4")"
echo '{"step":"Converting"}'
echo '${done}'
`,
        { mode: 0o755 },
      );
      await setting(python);
      start();
      await user.pick('Keras');
      await user.pick('Normalized images to logits');
      await user.pick('tiny.keras');
      assert.match(
        await listed('Wrote tiny.keras'),
        /^Wrote tiny\.keras: 12 of 40 test images right; 1 kB, converted in 1\.3 s by Keras 3\.15\.1\.$/,
      );
      assert.equal(readFileSync(fixture('trained/tiny.keras').fsPath, 'utf8'), 'PK');
    });

    it('names the setting where its Python does not start', async () => {
      await setting('/no/python');
      start();
      await user.pick('LiteRT (TensorFlow Lite)');
      await user.pick('Pixels to probabilities');
      await user.pick('tiny.tflite');
      const said = await listed('/no/python is no Python that starts');
      assert.match(said, /The setting nas\.pythonPath names it: correct it, or clear it\.$/);
      assert.ok(!readdirSync(home.fsPath).includes('tiny.tflite'));
    });
  });

  it('asks nothing where there is no trained network, and says why', async () => {
    rmSync(run.weightsPath);
    start();
    assert.match(await listed('has no weights of its found network'), /Run the search again/);
    assert.deepEqual(written(), []);
  });
});
