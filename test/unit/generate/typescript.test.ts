import assert from 'node:assert/strict';
import * as prettier from 'prettier';
import { typescript } from '../../../src/generate/typescript';
import type { GenotypeFile } from '../../../src/space/genotype';
import { operations } from '../../../src/space/operations';
import { zeroEdges } from '../../support/genotypes';
import { compilerMessages } from './compileTypescript';
import { cifarFile, digitsFile, genotypeFile, hostileFile, small } from './files';
import { everyOperation, olderInputOnly, randomGenotype } from './genotypes';
import { spaceFiles } from './spaces';

const files = new Map<string, GenotypeFile>([
  ['cifar.ts', cifarFile],
  ['digits.ts', digitsFile],
  ['hostile.ts', hostileFile],
  ['every.ts', genotypeFile(everyOperation)],
  ['older.ts', genotypeFile(olderInputOnly)],
  ['zeros.ts', genotypeFile(zeroEdges)],
  ['weighted.ts', genotypeFile(zeroEdges, small, { classWeights: [0.525, 10.5, 1, 1, 1] })],
  [
    'many-channels.ts',
    genotypeFile(
      olderInputOnly,
      { ...small, input: { ...small.input, channels: 40 } },
      {
        normalization: {
          mean: Array.from({ length: 40 }, (_, i) => i / 40),
          deviation: Array.from({ length: 40 }, () => 1e-7),
        },
      },
    ),
  ],
]);
for (let seed = 0; seed < 12; seed++) files.set(`random${seed}.ts`, genotypeFile(randomGenotype(seed)));
for (const { name } of operations.filter((operation) => operation.name !== 'none')) {
  const cell = {
    nodes: [
      [
        { operation: name, input: 0 },
        { operation: name, input: 1 },
      ],
    ],
    concat: [2],
  };
  files.set(`only-${name}.ts`, genotypeFile({ space: 'cell', normal: cell, reduction: cell }));
}
for (const [name, file] of spaceFiles()) files.set(`${name}.ts`, file);
const texts = new Map([...files].map(([name, file]) => [name, typescript.generate(file)]));

describe('generated TypeScript', () => {
  it('compiles under the strictest settings, needing TensorFlow.js alone', () => {
    assert.deepEqual(compilerMessages(texts), []);
  });

  it('is checked by a compiler that does find mistakes', () => {
    const text = typescript.generate(digitsFile);
    const broken = new Map([
      ['type.ts', text.replace('channels: number,', 'channels: string,')],
      ['unused.ts', text.replace('function relu(', 'function unused(): void {}\nfunction relu(')],
    ]);
    const messages = compilerMessages(broken);
    assert.ok(
      messages.some((message) => /^type\.ts:\d+ TS\d+: .+ type 'string'/.test(message)),
      messages.join('\n'),
    );
    assert.ok(
      messages.some((message) => message.includes("'unused' is declared but its value is never read")),
    );
  });

  it('stays as prettier would format it', async () => {
    for (const [name, text] of texts) {
      const formatted = await prettier.format(text, { parser: 'typescript', singleQuote: true });
      assert.equal(text, formatted, name);
    }
  });

  it('names no type `any` and breaks no line after 80 characters', () => {
    for (const [name, text] of texts) {
      assert.doesNotMatch(text, /[:<|&(]\s*any\b|\bas any\b/, name);
      if (name === 'hostile.ts') continue;
      const long = text.split('\n').filter((line) => line.length > 80);
      assert.deepEqual(long, [], name);
    }
  });

  it('holds no operation and no helper that the genotype does not need', () => {
    const text = texts.get('only-max_pool_3x3.ts')!;
    for (const word of ['sepConv', 'depthwise', 'class AveragePooling', 'dilConv', 'avg_pool', 'pad(']) {
      assert.ok(!text.includes(word), word);
    }
    assert.match(text, /function maxPool/);
  });
});
