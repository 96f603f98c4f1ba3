/** What the extension's bundles read beside themselves is in the package that is installed. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
/** Of the command line alone, which is not in the package. */
const ofCommandLine = ['convert.py'];

describe('the packaged extension', () => {
  it('has every built file that the code names', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
    const named = sources
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => [
        ...readFileSync(join(root, 'src', name), 'utf8').matchAll(/builtFile\('([^']+)'\)/g),
      ])
      .map((match) => match[1]!)
      .filter((name) => !ofCommandLine.includes(name));
    assert.ok(named.includes('exchange.js') && named.includes('kernels.wasm'));
    const shipped = readFileSync(join(root, '.vscodeignore'), 'utf8').split('\n');
    const missing = named.filter(
      (name) =>
        !shipped.includes(`!dist/${name}`) && !(name.endsWith('.wasm') && shipped.includes('!dist/*.wasm')),
    );
    assert.deepEqual(missing, []);
  });
});
