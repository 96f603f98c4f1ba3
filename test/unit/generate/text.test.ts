import assert from 'node:assert/strict';
import ts from 'typescript';
import { languages } from '../../../src/generate';
import { blackStyle, group, layOut, prettierStyle } from '../../../src/generate/layout';
import {
  numberLiteral,
  plainLine,
  pythonString,
  slug,
  typescriptString,
  wrap,
} from '../../../src/generate/text';
import type { SpaceEntry } from '../../../src/space/entry';
import { formatGenotype } from '../../../src/space/genotype';
import { entryOf } from '../../../src/space/registry';
import { genotypeFile, hostileFile, hostileTexts } from './files';
import { everyOperation } from './genotypes';
import { bench201File, chainFile, mobileNetFile } from './spaces';

const language = (id: string) => languages.find((each) => each.id === id)!;

function statementKinds(text: string): string[] {
  const source = ts.createSourceFile('x.ts', text, ts.ScriptTarget.ES2022);
  return source.statements.map((statement) => ts.SyntaxKind[statement.kind]);
}

describe('the header of generated code', () => {
  it('says of a network what the entry of its space says, else what its genotype is made of', () => {
    const { genotype, network } = bench201File;
    const entry = entryOf(genotype) as { words?: SpaceEntry['words'] };
    const { words } = entry;
    const header = () => language('pytorch').generate(bench201File).split('\nimport ')[0]!;
    const [part] = formatGenotype(genotype);
    for (const line of part!.lines) assert.ok(header().includes(`  ${line}\n`), line);
    assert.ok(header().includes(words!(genotype, network).body[1] as string));
    try {
      entry.words = () => ({
        body: ['A network.', { title: 'Part', lines: ['a', 'b'] }],
        facts: [['Odd', 'yes']],
      });
      assert.match(header(), /\n\nA network\.\n\nPart:\n {2}a\n {2}b\n\nOdd: +yes\nParameters: /);
      delete entry.words;
      assert.ok(header().includes(`\n\nCell:\n  ${part!.lines.join('\n  ')}\n\nParameters: `), header());
    } finally {
      entry.words = words;
    }
  });
});

describe('untrusted text in generated code', () => {
  it('becomes the same string again as a TypeScript literal', () => {
    for (const text of hostileTexts) {
      const literal = typescriptString(text);
      assert.match(literal, /^[\x20-\x7e\p{L}\p{S}\p{P}\p{M}\p{N}]*$/u);
      const { statements } = ts.createSourceFile('x.ts', `(${literal});`, ts.ScriptTarget.ES2022);
      const [statement] = statements;
      assert.ok(statements.length === 1 && statement && ts.isExpressionStatement(statement));
      const { expression } = statement;
      assert.ok(ts.isParenthesizedExpression(expression) && ts.isStringLiteral(expression.expression));
      assert.equal(expression.expression.text, text);
    }
  });

  it('takes the quote that needs fewer escapes', () => {
    assert.equal(typescriptString("it's"), `"it's"`);
    assert.equal(typescriptString(`"`), `'"'`);
    assert.equal(pythonString(`say "x"`), `'say "x"'`);
    assert.equal(pythonString(`'"`), `"'\\""`);
    assert.equal(pythonString('a\nb\\'), '"a\\u000ab\\\\"');
    assert.equal(pythonString('\u{E0001}\u202E'), '"\\U000e0001\\u202e"');
  });

  it('leaves the statements of a TypeScript file as they are', () => {
    for (const file of hostileFiles) {
      const harmless = { ...file, origin: genotypeFile(everyOperation).origin };
      const [text, expected] = [file, harmless].map((each) => language('typescript').generate(each));
      assert.deepEqual(statementKinds(text!), statementKinds(expected!));
    }
  });

  const hostileFiles = [
    hostileFile,
    ...[bench201File, chainFile, mobileNetFile].map(({ genotype }) => ({ ...hostileFile, genotype })),
  ];

  it('adds no line, no invisible character and no end of a docstring to a header', () => {
    const each = languages.flatMap((one) => hostileFiles.map((file) => [one, file] as const));
    for (const [{ id, generate }, file] of each) {
      const text = generate(file);
      const invisible = text.match(/[\p{C}\p{Zl}\p{Zp}]/gu) ?? [];
      assert.deepEqual([...new Set(invisible)], ['\n'], id);
      if (id === 'typescript') continue;
      const docstring = text.slice(3, text.indexOf('\n\nfrom __future__'));
      assert.equal(
        docstring.replace(/\\[\\"]/g, '').indexOf('"'),
        docstring.replace(/\\[\\"]/g, '').length - 3,
        id,
      );
    }
  });

  it('gives file names of letters, digits and separators alone', () => {
    const names = [
      '',
      '../../etc/passwd',
      'con',
      '42',
      'Ä ö ü',
      '数字',
      'a'.repeat(300),
      'x.nas.json',
      '__init__',
    ];
    for (const name of [...names, ...hostileTexts]) {
      const file = genotypeFile(everyOperation, undefined, { origin: { name } });
      for (const { fileName } of languages)
        assert.match(fileName(file), /^[a-z][a-z0-9_-]{0,75}\.(ts|py)$/, name);
    }
    assert.equal(slug('Ä Öl-Netz 2', '_'), 'a_ol_netz_2');
    assert.equal(slug('42', '-'), 'network-42');
  });

  it('is one short line in a comment', () => {
    assert.equal(plainLine(' a\n\tb\u2028c '), 'a b c');
    assert.equal([...plainLine('x'.repeat(500))].length, 60);
  });
});

describe('layout of generated code', () => {
  const call = (name: string, ...items: string[]) => group(`${name}(`, items, ')');
  const word = 'x'.repeat(30);

  it('breaks as black does: whole, then items on one line, then one a line', () => {
    assert.equal(layOut(call('f', 'a', 'b'), blackStyle, 1), '    f(a, b)');
    assert.equal(layOut(call(word, word, word), blackStyle), `${word}(\n    ${word}, ${word}\n)`);
    assert.equal(
      layOut(call('f', word, word, word), blackStyle),
      `f(\n    ${word},\n    ${word},\n    ${word},\n)`,
    );
    const lone = group('f(', [group('[', [word, word, word], ']')], ')');
    assert.equal(
      layOut(lone, blackStyle),
      `f(\n    [\n        ${word},\n        ${word},\n        ${word},\n    ]\n)`,
    );
  });

  it('breaks as prettier does: whole or one a line, numbers filled up', () => {
    assert.equal(
      layOut(call('f', word, word, word), prettierStyle),
      `f(\n  ${word},\n  ${word},\n  ${word},\n)`,
    );
    const numbers = {
      open: '[',
      items: Array.from({ length: 30 }, (_, i) => String(i + 10)),
      close: ']',
      filled: true,
    };
    assert.equal(layOut(numbers, prettierStyle).split('\n').length, 4);
  });

  it('wraps words, keeping what stands before them', () => {
    assert.deepEqual(wrap('aa bb cc', 7, '  ', '    '), ['  aa bb', '    cc']);
    assert.deepEqual(wrap('key:   value', 40), ['key:   value']);
    assert.equal(numberLiteral(1e21), '1e21');
    assert.equal(numberLiteral(0.25), '0.25');
  });
});
