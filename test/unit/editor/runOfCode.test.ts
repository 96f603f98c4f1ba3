/** Which run generated code says it is of. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOfCode } from '../../../src/editor/generate/runOfCode';
import { languages } from '../../../src/generate';
import { cifarFile } from '../generate/files';

describe('the run of generated code', () => {
  it('is read from the header in every language', () => {
    for (const language of languages) {
      const text = language.generate(cifarFile);
      const found = runOfCode(text)!;
      assert.equal(found.runId, '2026-01-02-cifar10');
      assert.match(text.slice(found.offset), /^(?: \* )?Run: /);
    }
  });

  it('is none in other files, nor where the code has no run', () => {
    assert.equal(runOfCode('"""\nRun:  something\n"""'), undefined);
    const imported = { ...cifarFile, origin: { ...cifarFile.origin, runId: '' } };
    for (const language of languages) assert.equal(runOfCode(language.generate(imported)), undefined);
    assert.equal(runOfCode(readFileSync(join(__dirname, '../../../src/extension.ts'), 'utf8')), undefined);
  });
});
