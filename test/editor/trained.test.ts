/** From a finished run to a Python file that uses its weights, in three choices, and back to the run. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { languages } from '../../src/generate';
import { readWeights } from '../../src/job/weights';
import type { RunFolder } from '../../src/runs/runFolder';
import { knownRun } from '../support/knownNetwork';
import { until } from './harness/until';
import { user } from './harness/user';
import { activated, fixture, tidyUp } from './support';

const home = fixture('trained');

describe('Generate Code of a trained run', () => {
  let run: RunFolder;
  before(function () {
    if (!user.present) this.skip();
    return activated();
  });
  beforeEach(() => {
    mkdirSync(home.fsPath);
    run = knownRun(fixture('trained/runs').fsPath, home.fsPath);
    writeFileSync(fixture('trained/tiny.nas.json').fsPath, '{}');
    const file = readWeights(run).file;
    run.writeGenotype({
      ...file,
      normalization: { mean: [0.5], deviation: [0.25] },
      origin: { ...file.origin, runId: run.run.runId },
    });
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('notifications.hideList');
    await tidyUp();
    rmSync(home.fsPath, { recursive: true, force: true });
  });

  async function generated(language: string, name: string): Promise<vscode.TextDocument> {
    void vscode.commands.executeCommand('nas.generateCode', vscode.Uri.file(run.genotypePath));
    await user.pick(language);
    await user.pick(name);
    await user.pick(`Write ${name}`);
    return until('the code in an editor', () => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.uri.scheme === 'file' && document.fileName.endsWith(name) && document;
    });
  }

  it('takes three choices to a Keras program that classifies pictures, with a line back to the run', async () => {
    const document = await generated('Keras', 'tiny_keras.py');
    const weights = `runs/${run.run.runId}/weights.safetensors`;
    assert.match(document.getText(), new RegExp(`WEIGHTS = "${weights}"`));
    const keras = languages.find(({ id }) => id === 'keras')!;
    assert.equal(document.getText(), keras.generate(run.readGenotype()!, { weights }));
    await user.screenshot('trained-code');
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    const back = lenses.find(({ command }) => command?.title.endsWith('Show the Run'))!.command!;
    assert.deepEqual(back.arguments, [run.run.runId]);
    assert.match(document.lineAt(lenses[0]!.range.start.line).text, /^Run: /);
  });

  it('can be trained on from its weights', async () => {
    void vscode.commands.executeCommand('nas.trainArchitecture', vscode.Uri.file(run.genotypePath));
    const ways = ['Longer, With the Full Recipe', 'As Its Run Would', 'Train On'];
    for (const hasText of ways)
      await user.inWorkbench('.quick-input-list .monaco-list-row', { hasText }).waitFor();
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  });

  it('writes the weights that PyTorch code reads beside it', async () => {
    await generated('PyTorch', 'tiny_torch.py');
    const files = await until('both files', () => {
      const names = readdirSync(home.fsPath).filter((name) => name.includes('torch'));
      return names.length === 2 && names;
    });
    assert.deepEqual(files.toSorted(), ['tiny-torch.safetensors', 'tiny_torch.py']);
    const code = readFileSync(fixture('trained/tiny_torch.py').fsPath, 'utf8');
    assert.match(code, /WEIGHTS = "tiny-torch\.safetensors"/);
  });
});
