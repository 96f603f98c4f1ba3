import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { checkIntegrity } from '../../../scripts/vscode/npm.mjs';
import { isViolation } from '../../../scripts/vscode/page.mjs';
import { workbenchAddress } from '../../../scripts/vscode/server.mjs';

describe('address of the workbench', () => {
  const server = { port: 8123, token: 'secret' };
  const payloadOf = (/** @type {URL} */ url) => JSON.parse(url.searchParams.get('payload') ?? '');

  it('names folder, extension and tests', () => {
    const contents = { workspace: '/a b/work', development: ['/ext'], tests: '/out/index.js' };
    const url = new URL(workbenchAddress(server, contents));
    assert.equal(url.host, '127.0.0.1:8123');
    assert.equal(url.searchParams.get('tkn'), 'secret');
    assert.equal(url.searchParams.get('folder'), '/a b/work');
    const payload = new Map(payloadOf(url));
    assert.equal(payload.get('extensionDevelopmentPath'), 'vscode-remote://127.0.0.1:8123/ext');
    assert.equal(payload.get('extensionTestsPath'), 'vscode-remote://127.0.0.1:8123/out/index.js');
  });

  it('opens a workspace file as such, and an empty window without', () => {
    const query = (/** @type {string | undefined} */ workspace) =>
      new URL(workbenchAddress(server, { workspace, development: [] })).searchParams;
    assert.equal(query('/w/two.code-workspace').get('workspace'), '/w/two.code-workspace');
    assert.equal(query(undefined).get('ew'), 'true');
  });
});

describe('a line of the console', () => {
  it('is a violation only of a policy in force', () => {
    const refused =
      "Executing inline script violates the following Content Security Policy directive 'script-src 'nonce-a''.";
    assert.equal(isViolation(`${refused} The action has been blocked.`), true);
    assert.equal(
      isViolation(`${refused} The policy is report-only, so the violation has been logged.`),
      false,
    );
    assert.equal(isViolation('The dashboard explains its Content Security Policy.'), false);
  });
});

describe('hash of a download', () => {
  it('passes the expected content only', () => {
    const content = Buffer.from('archive');
    const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
    checkIntegrity(content, integrity, 'it');
    assert.throws(
      () => checkIntegrity(Buffer.from('archivE'), integrity, 'it'),
      /it is not the archive.*Nothing was installed/,
    );
  });
});
