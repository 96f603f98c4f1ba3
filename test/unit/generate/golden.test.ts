/** Generated code as a whole, against files that a person has read. UPDATE_GOLDEN=1 writes them anew. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { languages } from '../../../src/generate';
import { cifarFile, digitsFile } from './files';
import { bench201File, chainFile, efficientNetFile, mobileNetFile } from './spaces';

const folder = path.join(__dirname, '../../fixtures/generated');

describe('generated code', () => {
  for (const language of languages) {
    for (const file of [cifarFile, digitsFile, bench201File, chainFile, efficientNetFile, mobileNetFile]) {
      const name = language.fileName(file);
      it(`${name} is what was read and approved`, () => {
        const golden = path.join(folder, `${name}.golden`);
        const text = language.generate(file);
        if (process.env['UPDATE_GOLDEN']) {
          mkdirSync(folder, { recursive: true });
          writeFileSync(golden, text);
        }
        assert.equal(text, readFileSync(golden, 'utf8'));
        assert.equal(language.generate(structuredClone(file)), text);
      });
    }
  }

  for (const language of languages.filter(({ extension }) => extension === '.py')) {
    const trained = {
      ...{ ...digitsFile, normalization: { mean: [0.1307], deviation: [0.3081] } },
      origin: { ...digitsFile.origin, name: 'trained digits' },
    };
    const name = language.fileName(trained);
    it(`${name}, which classifies pictures with trained weights, is what was read and approved`, () => {
      const text = language.generate(trained, { weights: 'runs/digits/weights.safetensors' });
      const golden = path.join(folder, `${name}.golden`);
      if (process.env['UPDATE_GOLDEN']) writeFileSync(golden, text);
      assert.equal(text, readFileSync(golden, 'utf8'));
      // Where nobody knows what the network saw of a picture, no picture is of use.
      const plain = language.generate({ ...trained, normalization: undefined }, { weights: 'x' });
      assert.equal(plain, language.generate({ ...trained, normalization: undefined }));
    });
  }

  it('has the weights of classes, and how to train with them, where there are any', () => {
    const weighted = { ...digitsFile, classWeights: [0.525, 10.5, 1, 1, 1, 1, 1, 1, 1, 1] };
    const added = languages.map((language) => {
      const without = language.generate(digitsFile).split('\n');
      return language
        .generate(weighted)
        .split('\n')
        .filter((line) => line !== '' && !without.includes(line))
        .join(' ');
    });
    const list = (end: string): string => `[0.525, 10.5, 1, 1, 1, 1, 1, 1, 1, 1]${end}`;
    assert.deepEqual(added.sort(), [
      `# Of the loss, by class: model.fit(class_weight=dict(enumerate(CLASS_WEIGHTS))). CLASS_WEIGHTS = ${list('')}`,
      `# Of the loss, by class: nn.CrossEntropyLoss(weight=torch.tensor(CLASS_WEIGHTS)). CLASS_WEIGHTS = ${list('')}`,
      `/** Of the loss, by class: \`classWeight\` of \`model.fit\`. */ export const classWeights = ${list(';')}`,
    ]);
  });

  it('has one entry a language, each with a name of its own', () => {
    assert.deepEqual(languages.map((language) => language.id).sort(), ['keras', 'pytorch', 'typescript']);
    const names = languages.map((language) => language.fileName(cifarFile));
    assert.deepEqual(names, [
      'cifar-10-second-order.ts',
      'cifar_10_second_order_keras.py',
      'cifar_10_second_order_torch.py',
    ]);
    for (const language of languages) assert.ok(language.fileName(cifarFile).endsWith(language.extension));
  });
});
