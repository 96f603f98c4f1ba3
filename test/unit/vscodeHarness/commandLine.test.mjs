import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseCommandLine } from '../../../scripts/vscode/commandLine.mjs';

describe('command line of the stand-in', () => {
  it('reads what runTests of @vscode/test-electron passes', () => {
    const argv = [
      'work',
      '--user-data-dir',
      'user',
      '--extensions-dir=/ext',
      '--no-sandbox',
      '--disable-gpu-sandbox',
    ];
    argv.push(
      '--extensionTestsPath=/out/index.js',
      '--extensionDevelopmentPath=/one',
      '--extensionDevelopmentPath=/two',
    );
    assert.deepEqual(parseCommandLine(argv, '/base'), {
      workspace: path.resolve('/base/work'),
      user: path.resolve('/base/user'),
      extensions: path.resolve('/ext'),
      tests: path.resolve('/out/index.js'),
      development: [path.resolve('/one'), path.resolve('/two')],
    });
  });

  it('keeps what stands behind the first equals sign, and takes file addresses', () => {
    const file = path.resolve('/with space/a=b');
    const { user, development } = parseCommandLine([
      `--user-data-dir=${file}`,
      `--extensionDevelopmentPath=${pathToFileURL(file)}`,
    ]);
    assert.equal(user, file);
    assert.deepEqual(development, [file]);
  });

  it('does not take the value of an unknown switch for its own', () => {
    assert.deepEqual(parseCommandLine(['--disable-updates', '--locale=de']), { development: [] });
  });
});
