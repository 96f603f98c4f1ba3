/** Writing a config: the editor's JSON support with the schema, the checks between keys, the line above, templates. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from './harness/until';
import { user } from './harness/user';
import { activated, fixture, open, tidyUp } from './support';

const problemsOf = (document: vscode.TextDocument) => vscode.languages.getDiagnostics(document.uri);

/** The place just before the first occurrence of a text. */
function placeBefore(document: vscode.TextDocument, text: string): vscode.Position {
  const offset = document.getText().indexOf(text);
  assert.notEqual(offset, -1, text);
  return document.positionAt(offset);
}

async function replaceAll(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  assert.equal(await vscode.workspace.applyEdit(edit), true);
}

describe('a config in the editor', () => {
  before(activated);
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await tidyUp();
  });

  it('is JSON with comments', async () => {
    assert.equal((await open('tiny.nas.json')).languageId, 'jsonc');
  });

  it('has the schema’s problems marked where they are', async () => {
    const document = await open('mistyped.nas.json');
    const problems = await until('two problems', () => {
      const found = problemsOf(document);
      return found.length >= 2 && found;
    });
    assert.equal(problems.length, 2, problems.map(({ message }) => message).join('\n'));
    assert.deepEqual(problems.map(({ range }) => document.getText(range)).toSorted(), [
      '"bugdet"',
      '"sep_conv_9x9"',
    ]);
  });

  it('has a contradiction between keys marked, until it is mended', async () => {
    const document = await open('contradiction.nas.json');
    const [problem] = await until('a problem', () => problemsOf(document).length > 0 && problemsOf(document));
    assert.equal(problem?.source, 'NAS');
    assert.equal(problem.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(document.getText(problem.range), '5');
    assert.match(problem.message, /warm-up/);
    await replaceAll(document, document.getText().replace('5', '1'));
    await until('no problem', () => problemsOf(document).length === 0);
  });

  it('completes the names of operations, each with a sentence', async () => {
    const document = await open('tiny.nas.json');
    const place = placeBefore(document, '"skip_connect"');
    const names = await until('the operations', async () => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        place.translate(0, 1),
      );
      const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      return labels.some((label) => label.includes('sep_conv_5x5')) && labels;
    });
    assert.ok(names.some((label) => label.includes('dil_conv_3x3')));
  });

  it('shows a person the names while they type', async function () {
    if (!user.present) return this.skip();
    const document = await open('tiny.nas.json');
    const place = placeBefore(document, '"skip_connect"').translate(0, 1);
    const editor = vscode.window.activeTextEditor!;
    editor.selection = new vscode.Selection(place, place);
    await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
    await user.press('Control+Space');
    await user.inWorkbench('.suggest-widget.visible .monaco-list-row', { hasText: 'dil_conv_3x3' }).waitFor();
    if (process.env.NAS_SHOTS) await user.screenshot('config-completion');
    await user.press('Escape');
  });

  it('explains a key under the pointer', async () => {
    const document = await open('tiny.nas.json');
    const place = placeBefore(document, 'warmupEpochs');
    const text = await until('an explanation', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        place,
      );
      return hovers
        .flatMap(({ contents }) => contents.map((part) => (typeof part === 'string' ? part : part.value)))
        .join();
    });
    assert.match(text, /Epochs that train the weights alone/);
  });

  it('has a line to run it from, and one to look at its data', async () => {
    const document = await open('tiny.nas.json');
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    assert.deepEqual(
      lenses.map(({ command, range }) => [command?.title, command?.command, range.start.line]),
      [
        ['$(play) Run NAS', 'nas.run', 0],
        ['$(eye) Look at Data', 'nas.lookAtData', 4],
      ],
    );
  });

  it('is made from a template, without problems, saved and open', async function () {
    if (!user.present) return this.skip();
    await user.palette('NAS: New Search Config');
    await user.pick('Quick Search on MNIST');
    await user.answer('made');
    const editor = await until('the new config', () => {
      const active = vscode.window.activeTextEditor;
      return active?.document.uri.path.endsWith('/made.nas.json') && active;
    });
    assert.equal(editor.document.isDirty, false);
    const bytes = await vscode.workspace.fs.readFile(fixture('made.nas.json'));
    assert.equal(new TextDecoder().decode(bytes), editor.document.getText());
    assert.match(editor.document.getText(), /"name": "made"/);
    assert.deepEqual(problemsOf(editor.document), []);
    for (let press = 0; press < 10; press++) await vscode.commands.executeCommand('undo');
    await vscode.workspace.fs.stat(fixture('made.nas.json'));
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.workspace.fs.delete(fixture('made.nas.json'));
  });

  it('is not made over one that is there', async function () {
    if (!user.present) return this.skip();
    await user.palette('NAS: New Search Config');
    await user.pick('Custom');
    await user.answer('tiny');
    await user.inWorkbench('.quick-input-message', { hasText: 'tiny.nas.json exists already.' }).waitFor();
    await user.press('Escape');
  });
});
