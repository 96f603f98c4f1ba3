import assert from 'node:assert/strict';
import { dashboardPage, dataPage } from '../../../webview/page/page';

const options = {
  scriptUri: 'https://host/dist/webview.js?a=1&b="2"',
  styleUri: 'https://host/dist/webview.css',
  cspSource: 'https://host',
  nonce: 'abc123',
};

describe('webview: page', () => {
  const page = dashboardPage(options);

  it('has exactly the strict policy', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    assert.equal(
      policy,
      "default-src 'none'; script-src 'nonce-abc123'; style-src https://host; img-src https://host data:; font-src https://host",
    );
  });

  it('has one script, with the nonce, and nothing inline', () => {
    assert.equal(page.match(/<script/g)?.length, 1);
    assert.match(page, /<script nonce="abc123" src="[^"]+"><\/script>/);
    assert.doesNotMatch(page, /<style|\sstyle=|\son\w+=/);
  });

  it('escapes what it is given', () => {
    assert.ok(page.includes('src="https://host/dist/webview.js?a=1&amp;b=&quot;2&quot;"'));
  });

  it('says its language, its title, and that something is loading', () => {
    assert.match(page, /<html lang="en">/);
    assert.match(page, /<title>NAS Workbench<\/title>/);
    assert.match(page, /Loading the run/);
  });

  it('is the same for data but for what it waits for', () => {
    const data = dataPage(options);
    assert.match(data, /<main id="data"><p class="loading">Loading the data/);
    assert.equal(data.replace(/<main.*/, ''), page.replace(/<main.*/, ''));
  });
});
