/** The harness itself: the suite runs inside an extension host, and a person is there to be asked. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from './harness/until';
import { user } from './harness/user';

describe('harness', () => {
  it('runs inside the extension host of a VS Code with an open folder', () => {
    assert.match(vscode.version, /^1\.\d+/);
    assert.equal(vscode.workspace.workspaceFolders?.length, 1);
  });

  it('finds files by pattern', async () => {
    const folder = vscode.workspace.workspaceFolders![0]!.uri;
    const file = vscode.Uri.joinPath(folder, 'found.txt');
    await vscode.workspace.fs.writeFile(file, Buffer.from('here'));
    const found = await until('the file', async () => (await vscode.workspace.findFiles('found.*'))[0]);
    assert.equal(found.path, file.path);
    await vscode.workspace.fs.delete(file);
  });

  describe('with a user', () => {
    before(function () {
      if (!user.present) this.skip();
    });

    it('opens the palette and closes it', async () => {
      const palette = user.inWorkbench('.quick-input-widget');
      await user.press('F1');
      await palette.waitFor();
      await user.press('Escape');
      await palette.waitFor('hidden');
    });

    it('runs a command by its title', async () => {
      await user.palette('File: New Untitled Text File');
      const editor = await until('an editor', () => vscode.window.activeTextEditor);
      assert.equal(editor.document.isUntitled, true);
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    });

    it('fails with what was offered when a command is unknown', async () => {
      await assert.rejects(
        user.palette('No: Such Command', { timeout: 1000 }),
        /does not offer "No: Such Command"/,
      );
    });

    it('takes a picture which is not empty', async () => {
      const shot = await user.screenshot('harness');
      assert.deepEqual([shot.width, shot.height], [1280, 800]);
      assert.ok(shot.colours > 50, `${shot.colours} colours`);
    });

    it('reads and clicks inside a webview under a strict policy', async () => {
      const panel = vscode.window.createWebviewPanel('harness', 'Harness', vscode.ViewColumn.One, {
        enableScripts: true,
      });
      try {
        panel.webview.html = `<!DOCTYPE html>
          <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-harness'">
          <button>count</button><output>0</output>
          <script nonce="harness">
            const output = document.querySelector('output');
            document.querySelector('button').addEventListener('click', () => output.textContent++);
          </script>`;
        await user.inWebview('button').click();
        await user.inWebview('output', { hasText: '1' }).waitFor();
        assert.equal(await user.inWebview('output').text(), '1');
        const name = await user
          .inWebview('button')
          .evaluate((button: { localName: string }) => button.localName);
        assert.equal(name, 'button');
        await user.emulate({ reducedMotion: 'reduce', forcedColors: 'active' });
        await user.inWebview('body.vscode-reduce-motion').waitFor();
        interface Body {
          ownerDocument: { defaultView: { matchMedia(query: string): { matches: boolean } } };
        }
        const forced = (body: Body) =>
          body.ownerDocument.defaultView.matchMedia('(forced-colors: active)').matches;
        assert.equal(await user.inWebview('body').evaluate(forced), true);
      } finally {
        await user.emulate({ reducedMotion: null, forcedColors: null });
        panel.dispose();
      }
    });
  });
});
