/** Sections that are one of several kinds: what is said of mistakes in them, and what the preset lays under them. */
import assert from 'node:assert/strict';
import { allEstimators, allSpaces, allStrategies } from '../../../src/config/combinations';
import { parseConfig } from '../../../src/config/parse';
import { layOver } from '../../../src/config/presets';
import { configSchema } from '../../../src/config/schema';

const registries = [
  ['space', allSpaces],
  ['strategy', allStrategies],
  ['estimator', allEstimators],
] as const;

/** The only issue of a text that must have exactly one, and the text that it marks. */
function onlyIssue(text: string) {
  const { issues } = parseConfig(text);
  assert.equal(issues.length, 1, JSON.stringify(issues));
  const [issue] = issues;
  return { ...issue!, marked: text.slice(issue!.offset, issue!.offset + issue!.length) };
}

describe('sections of several kinds', () => {
  for (const [section, entries] of registries) {
    it(`${section}: an unknown type is marked, with the one that was meant`, () => {
      for (const { name } of entries) {
        const issue = onlyIssue(`{ "${section}": { "type": "${name}x", "anything": 1 } }`);
        assert.deepEqual([issue.path, issue.marked], [`${section}.type`, `"${name}x"`]);
        assert.equal(issue.message, `"${name}x" is not a known value.`);
        assert.equal(issue.hint, `Did you mean "${name}"?`);
      }
      const { hint } = onlyIssue(`{ "${section}": { "type": 5 } }`);
      assert.equal(hint, `Use one of: ${entries.map(({ name }) => name).join(', ')}.`);
    });

    it(`${section}: is the first kind where no type is written`, () => {
      const config = configSchema.parse({ [section]: {} });
      assert.equal(config[section].type, entries[0]!.name);
    });
  }

  it('suggest the keys of the kind that is written', () => {
    const issue = onlyIssue('{ "space": { "type": "nasbench201", "cellPerStage": 2 } }');
    assert.deepEqual([issue.path, issue.marked], ['space.cellPerStage', '"cellPerStage"']);
    assert.equal(issue.hint, 'Did you mean "cellsPerStage"?');
    assert.equal(onlyIssue('{ "space": { "stemMultiplyer": 2 } }').hint, 'Did you mean "stemMultiplier"?');
  });

  it('say whose key it is that another kind does not have', () => {
    const foreign = onlyIssue('{ "space": { "type": "nasbench201", "stemMultiplier": 2 } }');
    assert.match(foreign.hint!, /^It is a key of "type": "cell"\. "nasbench201" has: type, operations, /);
    const untyped = onlyIssue('{ "space": { "cellsPerStage": 2 } }');
    assert.equal(untyped.hint, 'It is a key of "type": "nasbench201". Add it, or remove the key.');
  });

  it('explain values inside a kind as everywhere', () => {
    const small = onlyIssue('{ "space": { "type": "nasbench201", "cellsPerStage": 0 } }');
    assert.equal(
      `${small.path} ${small.message} ${small.hint}`,
      'space.cellsPerStage 0 is too small. It has to be at least 1.',
    );
    const operation = onlyIssue('{ "space": { "type": "nasbench201", "operations": ["conv3x3", "none"] } }');
    assert.equal(`${operation.path} ${operation.hint}`, 'space.operations[0] Did you mean "conv_3x3"?');
  });

  it('say what a missing key is for', () => {
    const issue = onlyIssue('{ "strategy": { "type": "random" }, "estimator": { "type": "table" } }');
    assert.equal(issue.path, 'estimator.file');
    assert.equal(issue.message, 'This key is missing.');
    assert.match(issue.hint!, /^CSV file with a header line/);
  });

  it('explain a value that has several forms by the nearest one', () => {
    const form = (skips: string) => onlyIssue(`{ "strategy": { "guard": { "skips": ${skips} } } }`);
    assert.equal(form('200').hint, 'It has to be at most 100.');
    assert.match(form('"two"').message, /^"two" cannot stand here/);
    assert.match(form('"two"').hint!, /^Skip connections that the normal cell may have/);
  });
});

describe('the preset laptop', () => {
  for (const [section, entries] of registries) {
    for (const entry of entries) {
      it(`fits the ${section} ${entry.name}, and what is written wins`, () => {
        const required: Record<string, unknown> = { type: entry.name };
        if ('file' in entry.options.shape) required['file'] = 'x.csv';
        const rest = section === 'strategy' ? {} : { strategy: { type: 'random' } };
        const text = JSON.stringify({ preset: 'laptop', ...rest, [section]: required });
        const { config, issues } = parseConfig(text);
        assert.deepEqual(issues, []);
        const values = config![section] as unknown as Record<string, unknown>;
        for (const [key, value] of Object.entries(entry.laptop ?? {}))
          assert.deepEqual(values[key], value, key);
        for (const [key, value] of Object.entries(entry.options.parse(required))) {
          if (key in (entry.laptop ?? {})) continue;
          assert.deepEqual(values[key], value, key);
        }
      });
    }
  }

  it('is smaller than the reference, and gives way to what is written', () => {
    const { config } = parseConfig(
      '{ "preset": "laptop", "space": { "type": "nasbench201", "channels": 12 }, "strategy": { "type": "random" } }',
    );
    assert.deepEqual(config?.space, {
      ...configSchema.parse({ space: { type: 'nasbench201' } }).space,
      cellsPerStage: 1,
      channels: 12,
    });
    assert.ok(config.budget.trials < configSchema.parse({}).budget.trials);
  });

  it('replaces a section by one of another kind instead of mixing their keys', () => {
    const cell = { type: 'cell', nodes: 2 };
    assert.deepEqual(layOver({ space: cell }, { space: { type: 'nasbench201' } }), {
      space: { type: 'nasbench201' },
    });
    assert.deepEqual(layOver({ space: cell }, { space: { cells: 4 } }), { space: { ...cell, cells: 4 } });
    assert.deepEqual(layOver({ space: cell }, { space: { type: 'cell', cells: 4 } }), {
      space: { ...cell, cells: 4 },
    });
  });
});
