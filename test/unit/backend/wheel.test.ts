import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Python } from '../../../src/backend/setup/tools';
import type { RungContext } from '../../../src/backend/setup/types';
import { fetchWheel, wheelRequest } from '../../../src/backend/setup/wheel';
import { useTemporaryFolder, writeProgram } from './support';

const content = 'what a wheel holds';
const contentHash = createHash('sha256').update(content).digest('hex');

/** Stands in for `python -m pip download`: writes the wheel by way of TMPDIR and counts its calls. */
const pip = (body: string) => `
const { appendFileSync, renameSync, writeFileSync } = require('node:fs');
const dest = process.argv[process.argv.indexOf('--dest') + 1];
appendFileSync(__dirname + '/calls', 'x');
${body}
`;
const download = `
writeFileSync(process.env.TMPDIR + '/part', '${content}');
renameSync(process.env.TMPDIR + '/part', dest + '/tensorflow.whl');
`;

describe('wheel of TensorFlow', () => {
  const folder = useTemporaryFolder();
  const python = (body = download): Python => ({
    command: writeProgram(folder(), 'python', pip(body)),
    version: '3.11',
  });
  const calls = () => readFileSync(path.join(folder(), 'calls'), 'utf8').length;
  const kept = () => path.join(folder(), 'downloads', '1.0.0', 'tensorflow.whl');
  const context = (signal?: AbortSignal): RungContext => ({
    work: path.join(folder(), 'work'),
    downloads: path.join(folder(), 'downloads'),
    signal,
    allowSystemPackages: false,
    report: () => undefined,
  });
  const request = { version: '1.0.0', args: ['tensorflow-cpu==1.0.0'], sha256: contentHash };

  it('is that of this Python where its hash is known, else that of 3.11', () => {
    const own = wheelRequest('2.21.0', '3.12', 'linux', 'x64');
    assert.ok(own.args.includes('cp312') && own.args.includes('3.12'));
    assert.match(own.sha256 ?? '', /^dcc8afd3/);
    for (const version of ['3.8', '3.14']) {
      const other = wheelRequest('2.21.0', version, 'linux', 'x64');
      assert.ok(other.args.includes('cp311') && other.args.includes('3.11'));
      assert.match(other.sha256 ?? '', /^2b847d21/);
    }
  });

  it('elsewhere is the one that pip picks for this machine', () => {
    assert.deepEqual(wheelRequest('2.21.0', '3.12', 'darwin', 'arm64'), {
      version: '2.21.0',
      args: ['tensorflow==2.21.0'],
    });
  });

  it('is downloaded once and used again', async () => {
    const runner = python();
    assert.equal(await fetchWheel(runner, request, context()), kept());
    assert.equal(await fetchWheel(runner, request, context()), kept());
    assert.equal(calls(), 1);
    assert.deepEqual(readdirSync(path.dirname(kept())).sort(), ['tensorflow.whl', 'tensorflow.whl.sha256']);
  });

  it('is held to the hash of its download where none is pinned', async () => {
    const runner = python();
    const unpinned = { ...request, sha256: undefined };
    await fetchWheel(runner, unpinned, context());
    await fetchWheel(runner, unpinned, context());
    assert.equal(calls(), 1);
    writeFileSync(kept(), 'cut sho');
    await fetchWheel(runner, unpinned, context());
    assert.equal(calls(), 2);
    assert.equal(readFileSync(kept(), 'utf8'), content);
  });

  it('is downloaded anew where the kept one is damaged', async () => {
    const runner = python();
    await fetchWheel(runner, request, context());
    writeFileSync(kept(), 'cut sho');
    await fetchWheel(runner, request, context());
    assert.equal(calls(), 2);
    assert.equal(readFileSync(kept(), 'utf8'), content);
  });

  it('of a wrong hash is refused and deleted', async () => {
    const other = { ...request, sha256: 'f'.repeat(64) };
    await assert.rejects(fetchWheel(python(), other, context()), /has the SHA-256 .* instead of ffff/);
    assert.equal(existsSync(kept()), false);
  });

  it('that pip cannot get fails with the words of pip', async () => {
    const failing = python("console.error('ERROR: No matching distribution found'); process.exit(1);");
    await assert.rejects(fetchWheel(failing, request, context()), /No matching distribution found/);
  });

  it('can be cancelled on the way', async () => {
    const controller = new AbortController();
    const slow = python("console.log('begun'); setInterval(() => {}, 1000);");
    const cancelling = {
      ...context(controller.signal),
      report: () => setImmediate(() => controller.abort()),
    };
    await assert.rejects(fetchWheel(slow, request, cancelling), { code: 'cancelled' });
  });
});
