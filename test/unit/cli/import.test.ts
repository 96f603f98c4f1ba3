/** `nas import` and `nas text`: from a text on the command line, a file, back to a text, and never over a file. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { amoebanet, bench201Cells, dartsV2, nasnet } from '../../support/published';
import { nasHere } from '../../support/nasHere';

describe('nas import', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nas-import-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('writes a genotype file, which nas generate and nas text take', async () => {
    const target = join(folder, 'v2.genotype.json');
    const { code, out, printed } = await nasHere(['import', dartsV2, '--out', target]);
    assert.equal(code, 0, printed);
    assert.equal(out, target);
    assert.match(printed, /DARTS_V2: 3,349,342 parameters, .*20 cells, 36 channels, images of 32 × 32 × 3/);
    const text = await nasHere(['text', target]);
    assert.equal(text.out, dartsV2);
    const generated = await nasHere(['generate', target, '--language', 'pytorch', '--out', folder]);
    assert.equal(generated.code, 0, generated.printed);
    assert.match(readFileSync(generated.out, 'utf8'), /class Network/);
  });

  it('takes one of a file, in another size, and replaces nothing unless it is told to', async () => {
    const source = join(folder, 'genotypes.py');
    writeFileSync(source, `${nasnet}\n${amoebanet}`);
    const target = join(folder, 'small.genotype.json');
    const small = ['--cells', '3', '--channels', '4', '--classes', '5', '--image', '14x14x1'];
    const wanted = ['import', source, '--name', 'NASNet', '--out', target, ...small];
    const first = await nasHere(wanted);
    assert.match(first.printed, /3 cells, 4 channels, images of 14 × 14 × 1, 5 classes/);
    const again = await nasHere(wanted);
    assert.equal(again.code, 2);
    assert.match(again.printed, /exists already.*--force/s);
    assert.equal((await nasHere([...wanted, '--force'])).code, 0);
    const several = await nasHere(['import', source, '--out', join(folder, 'x.json')]);
    assert.equal(several.code, 2);
    assert.match(several.printed, /genotypes\.py has 2 architectures: NASNet, AmoebaNet.*--name/s);
    assert.equal(existsSync(join(folder, 'x.json')), false);
  });

  it('says what is wrong with a text, a file or a size', async () => {
    const lines: readonly (readonly [string[], RegExp])[] = [
      [['import', 'nowhere.py'], /There is no file nowhere\.py, and it is no architecture/],
      [['import', bench201Cells[0].replace('~1', '~0')], /is no cell of NAS-Bench-201/],
      // Commander itself prints what is wrong with an option.
      [['import', dartsV2, '--image', '32'], /^$/],
      [['text', join(folder, 'none.json')], /none\.json/],
    ];
    for (const [line, message] of lines) {
      const { code, printed } = await nasHere(line);
      assert.equal(code, 2);
      assert.match(printed, message);
    }
  });
});
