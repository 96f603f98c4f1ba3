/** What the extension's bundles read beside themselves is in the package that is installed. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
describe('the packaged extension', () => {
  it('has every built file that the code names', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
    const named = sources
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => [
        ...readFileSync(join(root, 'src', name), 'utf8').matchAll(/builtFile\('([^']+)'\)/g),
      ])
      .map((match) => match[1]!);
    assert.ok(named.includes('exchange.js') && named.includes('kernels.wasm'));
    const shipped = readFileSync(join(root, '.vscodeignore'), 'utf8').split('\n');
    const missing = named.filter(
      (name) =>
        !shipped.includes(`!dist/${name}`) && !(name.endsWith('.wasm') && shipped.includes('!dist/*.wasm')),
    );
    assert.deepEqual(missing, []);
  });

  it('has the licence of every package that is in it', () => {
    const shipped = readFileSync(join(root, '.vscodeignore'), 'utf8').split('\n');
    assert.ok(shipped.includes('!dist/third-party-licenses.txt'));
    const text = readFileSync(join(root, 'dist/third-party-licenses.txt'), 'utf8');
    const sections = text.split(`${'='.repeat(80)}\n`).slice(1);
    const named = sections.map((section) =>
      section.slice(0, section.lastIndexOf(' ', section.indexOf(' ('))),
    );
    // Source maps name what a bundle was made of; other builds than that for production have them.
    const bundles = readdirSync(join(root, 'dist')).filter((name) => name.endsWith('.js.map'));
    assert.ok(bundles.length > 5);
    const packages = bundles.flatMap((name) => {
      const { sources } = JSON.parse(readFileSync(join(root, 'dist', name), 'utf8')) as { sources: string[] };
      return sources.flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? []);
    });
    const missing = [...new Set(packages)].filter(
      (name) => !named.some((title) => title.startsWith(`${name} `) || title === name),
    );
    assert.deepEqual(missing, []);
    for (const [i, section] of sections.entries()) {
      assert.doesNotMatch(section.split('\n')[0]!, /unknown|UNLICENSED|(^|[^L])GPL/, named[i]);
      assert.ok(section.length > 500, `${named[i]} has no text`);
    }
  });
});
