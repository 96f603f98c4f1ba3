/** The README of generated code: what it has to say of any network, and names that want to be markup. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { languages } from '../../../src/generate';
import { readme } from '../../../src/generate/readme';
import { nasHere } from '../../support/nasHere';
import { cifarFile } from './files';
import { bench201File, chainFile, mobileNetFile } from './spaces';

const keras = languages.find(({ id }) => id === 'keras')!;
const pytorch = languages.find(({ id }) => id === 'pytorch')!;

describe('the README of generated code', () => {
  it('draws cells as graphs, and says what they compute and cost', () => {
    const text = readme(cifarFile, pytorch, 'network.py', false);
    assert.equal(text.match(/```mermaid\nflowchart LR/g)?.length, 2);
    assert.match(text, /in1 -- max_pool_3x3 --> n2/);
    assert.match(text, /\| Parameters \| 3,349,342 \|/);
    assert.match(text, /\| sep\\_conv\\_3x3 \| Depthwise-separable 3×3 convolution/);
    assert.match(text, /mean 0\.4914, 0\.4822, 0\.4465, deviation 0\.247/);
    assert.match(text, /airplane, automobile/);
    assert.doesNotMatch(text, /PICTURE/);
    assert.match(readme(cifarFile, keras, 'network.py', true), /python network\.py PICTURE/);
  });

  it('lists layers and stages of other spaces', () => {
    const one = readme(bench201File, keras, 'x.py', false);
    assert.equal(one.match(/flowchart/g)?.length, 1);
    assert.match(one, /in0\(\["input 0"\]\)/);
    assert.doesNotMatch(one, /in1/);
    assert.match(readme(chainFile, keras, 'x.py', false), /\| Layer \| Operation \| Channels \| Stride \|/);
    assert.match(readme(mobileNetFile, keras, 'x.py', false), /\| Stage/i);
  });

  it('takes no name for markup', () => {
    const name = '](x) <img src=x> | `a` _b_ $c$\n# heading';
    const file = { ...cifarFile, classNames: [name, ...cifarFile.classNames!.slice(1)] };
    const text = readme({ ...file, origin: { ...file.origin, name, data: name } }, keras, 'x.py', false);
    const plain = readme(cifarFile, keras, 'x.py', false);
    const marks = (of: string): number => of.match(/(?<!\\)[`<[\]|#]|^#/gm)!.length;
    assert.equal(marks(text), marks(plain));
    assert.equal(text.split('\n').length, plain.split('\n').length);
  });

  it('is written beside the code where it is asked for, and over nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nas-readme-'));
    try {
      const genotype = join(folder, 'g.json');
      writeFileSync(genotype, JSON.stringify(cifarFile));
      const line = ['generate', genotype, '--language', 'keras', '--out', join(folder, 'code')];
      const written = await nasHere([...line, '--with', 'readme']);
      assert.equal(written.code, 0, written.printed);
      const files = ['cifar-10-second-order.md', 'cifar_10_second_order_keras.py'];
      assert.deepEqual(readdirSync(join(folder, 'code')).toSorted(), files);
      assert.match(readFileSync(join(folder, 'code', files[0]!), 'utf8'), /^# CIFAR-10 second order\n/);
      rmSync(join(folder, 'code', files[1]!));
      const again = await nasHere([...line, '--with', 'readme']);
      assert.equal(again.code, 2);
      assert.match(again.printed, /\.md exists already/);
      assert.equal((await nasHere([...line, '--with', 'tests'])).code, 2);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
