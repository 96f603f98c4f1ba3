import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { allEstimators, allSpaces, allStrategies } from '../../../src/config/combinations';
import { didYouMean } from '../../../src/config/explain';
import { configJsonSchema, schemaText } from '../../../src/config/jsonSchema';
import { formatIssue, parseConfig, requireConfig } from '../../../src/config/parse';
import { configSchema } from '../../../src/config/schema';
import { type UserError } from '../../../src/errors';

const root = join(__dirname, '../../..');

/** The only issue of a text that must have exactly one. */
function onlyIssue(text: string) {
  const { issues } = parseConfig(text);
  assert.equal(issues.length, 1, JSON.stringify(issues));
  return issues[0]!;
}

describe('config', () => {
  it('fills in the reference settings of DARTS', () => {
    const { config } = parseConfig('{}');
    assert.ok(config?.space.type === 'cell' && config.strategy.type === 'darts');
    assert.equal(config.space.operations.length, 8);
    assert.deepEqual([config.space.cells, config.space.channels, config.space.nodes], [8, 16, 4]);
    const { batchSize, learningRate, minLearningRate, momentum, weightDecay, gradientClip } = config.training;
    assert.deepEqual(
      [batchSize, learningRate, minLearningRate, momentum, weightDecay, gradientClip],
      [64, 0.025, 0.001, 0.9, 3e-4, 5],
    );
    const { beta1, beta2 } = config.strategy;
    assert.deepEqual(
      [config.strategy.learningRate, beta1, beta2, config.strategy.weightDecay],
      [3e-4, 0.5, 0.999, 1e-3],
    );
    assert.equal(config.budget.epochs, 50);
    assert.deepEqual([config.final.cells, config.final.channels, config.final.epochs], [20, 36, 600]);
  });

  it('lays what is written over a preset', () => {
    const { config } = parseConfig('{ "preset": "laptop", "space": { "nodes": 3 } }');
    assert.ok(config?.space.type === 'cell');
    assert.equal(config.space.nodes, 3);
    assert.equal(config.space.cells, 3);
    assert.equal(config.final.randomNetworks, 3);
  });

  it('takes comments and trailing commas', () => {
    assert.ok(parseConfig('{ // note\n "seed": 2, /* and */ }').config);
  });

  it('says where JSON breaks', () => {
    const { issues } = parseConfig('{\n  "seed": 1\n  "name": "x"\n}');
    assert.equal(issues[0]?.line, 3);
    assert.match(issues[0]?.message ?? '', /not valid JSON: comma expected/);
    assert.match(onlyIssue('').message, /not valid JSON/);
  });

  it('points at an unknown key and suggests the one that was meant', () => {
    const issue = onlyIssue('{\n  "space": { "node": 4 }\n}');
    assert.deepEqual([issue.line, issue.column, issue.path], [2, 14, 'space.node']);
    assert.equal(issue.hint, 'Did you mean "nodes"?');
  });

  it('points at an unknown operation and suggests the one that was meant', () => {
    const issue = onlyIssue('{ "space": { "operations": ["skip_connect", "sep_conv3x3"] } }');
    assert.equal(issue.path, 'space.operations[1]');
    assert.equal(issue.hint, 'Did you mean "sep_conv_3x3"?');
  });

  it('reads the other names that the field has for an operation', () => {
    const { config } = parseConfig(
      '{ "space": { "operations": ["nor_conv_3x3", "ReLUConvBN1x1", "identity", "zeroize", "AvgPool1x1"] } }',
    );
    assert.ok(config?.space.type === 'cell');
    assert.deepEqual(config.space.operations, [
      'conv_3x3',
      'conv_1x1',
      'skip_connect',
      'none',
      'avg_pool_3x3',
    ]);
    const twice = onlyIssue('{ "space": { "operations": ["conv_3x3", "nor_conv_3x3"] } }');
    assert.match(twice.message, /"conv_3x3" is listed twice/);
  });

  it('names the new key where a config has the old one', () => {
    const issue = onlyIssue('{ "strategy": { "type": "pc-darts", "channelShare": 4 } }');
    assert.equal(issue.path, 'strategy.channelShare');
    assert.equal(issue.hint, 'It is called "partialChannels" now. Did you mean "partialChannels"?');
  });

  it('has a warm-up that nobody wrote give way to a short search, and one that was written refused', () => {
    const { config, notices } = parseConfig(
      '{ "strategy": { "type": "pc-darts" }, "budget": { "epochs": 4 } }',
    );
    assert.ok(config?.strategy.type === 'pc-darts');
    assert.equal(config.strategy.warmupEpochs, 1);
    assert.ok(notices?.some((notice) => notice.includes('warmupEpochs')));
    const issue = onlyIssue('{ "strategy": { "warmupEpochs": 4 }, "budget": { "epochs": 4 } }');
    assert.equal(issue.path, 'strategy.warmupEpochs');
  });

  it('knows what people write for operations in PyTorch, Keras and NNI', () => {
    const meant: [string, string][] = [
      ['SeparableConv2D', 'sep_conv_3x3'],
      ['nn.MaxPool2d', 'max_pool_3x3'],
      ['AveragePooling2D', 'avg_pool_3x3'],
      ['skipconnect', 'skip_connect'],
      ['dilconv5x5', 'dil_conv_5x5'],
      ['Conv2d', 'conv_3x3'],
    ];
    for (const [written, name] of meant) {
      const issue = onlyIssue(`{ "space": { "operations": ["skip_connect", "${written}"] } }`);
      assert.equal(issue.hint, `Did you mean "${name}"?`, written);
    }
    const chain = onlyIssue('{ "space": { "type": "chain", "operations": ["conv_3x3", "zeroize"] } }');
    assert.match(chain.hint!, /^Use one of: max_pool_3x3/);
  });

  it('lists what there is when nothing is near', () => {
    assert.match(onlyIssue('{ "data": { "set": "imagenet" } }').hint ?? '', /mnist, fashion-mnist/);
    assert.equal(didYouMean('zebra', ['mnist', 'cifar']), undefined);
  });

  const wrong: [string, string, RegExp][] = [
    ['wrong types', '{ "seed": "one" }', /wrong type.*whole number|wrong type.*a number/],
    ['no nodes', '{ "space": { "nodes": 0 } }', /too small.*at least 1/],
    ['only none', '{ "space": { "operations": ["none"] } }', /no network is connected/],
    [
      'class weights beside balanced sampling',
      '{ "data": { "set": "mnist", "classWeights": "balanced", "sampling": "balanced" } }',
      /twice.*Leave one of data.classWeights and data.sampling out/,
    ],
    [
      'an operation twice',
      '{ "space": { "operations": ["none", "skip_connect", "skip_connect"] } }',
      /listed twice/,
    ],
    ['too few cells', '{ "space": { "cells": 2 } }', /too small.*at least 3/],
    [
      'a batch larger than the data',
      '{ "data": { "trainImages": 100 }, "training": { "batchSize": 64 }, "final": { "epochs": 0 } }',
      /A batch of 64 is larger than a split \(50/,
    ],
    ['more images than there are', '{ "data": { "trainImages": 70000 } }', /mnist has 60000/],
    ['warm-up without end', '{ "budget": { "epochs": 2 }, "strategy": { "warmupEpochs": 2 } }', /leave none/],
    ['a rising learning rate', '{ "training": { "minLearningRate": 1 } }', /cannot fall/],
    ['idx without files', '{ "data": { "set": "idx" } }', /key is missing.*Files of the images and labels/],
    ['a list for an object', '{ "space": [] }', /wrong type.*an object/],
    ['a list for the whole', '[]', /wrong type.*an object/],
    ['a number out of range', '{ "strategy": { "beta1": 1 } }', /too large.*less than 1/],
  ];
  for (const [name, text, expected] of wrong) {
    it(`refuses ${name}`, () => {
      const issue = onlyIssue(text);
      assert.match(`${issue.message} ${issue.hint}`, expected);
      assert.ok(issue.offset >= 0 && issue.offset + issue.length <= Math.max(1, text.length));
    });
  }

  it('reports all issues at once, as file:line:column', async () => {
    const text = '{ "seed": -1, "nam": "x" }';
    await assert.rejects(
      requireConfig(text, 'a.nas.json'),
      (error: UserError) =>
        error.message.split('\n').length === 2 && /^a\.nas\.json:1:11 seed: /m.test(error.message),
    );
    const [issue] = parseConfig(text).issues;
    assert.match(formatIssue('f', issue!), /^f:1:/);
  });
});

describe('JSON Schema', () => {
  type Json = Record<string, unknown>;
  const schema = configJsonSchema();
  const sections = schema.properties as Record<string, Json>;

  it('is in schemas/ as the definition makes it (else: npm run schema)', () => {
    assert.equal(readFileSync(join(root, 'schemas/nas.schema.json'), 'utf8'), schemaText());
  });

  /** All object schemas inside one, with the keys that lead there. */
  function objectsIn(node: unknown, path = ''): [string, Json][] {
    if (typeof node !== 'object' || node === null) return [];
    const inner = Object.entries(node).flatMap(([key, value]) => objectsIn(value, `${path}.${key}`));
    return 'properties' in node ? [[path, node], ...inner] : inner;
  }

  it('has a sentence on every key and a default on every key that has one', () => {
    const missing = objectsIn(schema).flatMap(([path, { properties }]) =>
      Object.entries(properties as Record<string, Json | true>)
        // What kind a section is of is described around the condition on it.
        .filter(([key, value]) => key !== '$schema' && !/\.if$/.test(path) && value !== true)
        .filter(([, value]) => typeof (value as Json).description !== 'string')
        .map(([key]) => `${path}.${key}`),
    );
    assert.deepEqual(missing, []);
    const { then } = sections.space as { then: { properties: { nodes: Json } } };
    assert.equal(then.properties.nodes.default, 4);
  });

  it('requires no key, since every one has a default', () => {
    assert.equal(schema.required, undefined);
    assert.ok(configSchema.safeParse({}).success);
  });

  for (const [section, entries] of [
    ['space', allSpaces],
    ['strategy', allStrategies],
    ['estimator', allEstimators],
  ] as const) {
    it(`offers every ${section} with its sentence, and its keys where its type is written`, () => {
      const { type } = sections[section]!.properties as { type: Json };
      assert.deepEqual(
        type.enum,
        entries.map(({ name }) => name),
      );
      const sentences = type.enumDescriptions as string[];
      assert.ok(sentences.length === entries.length && sentences.every((each) => each.length > 10));
      assert.equal(sections[section]!.additionalProperties, undefined);
      let branch: Json | undefined = sections[section];
      for (const { name, options } of entries) {
        assert.deepEqual(branch?.if, { properties: { type: { const: name, doNotSuggest: true } } });
        const { properties, required, additionalProperties } = branch.then as Json;
        assert.deepEqual(Object.keys(properties as Json), Object.keys(options.shape));
        assert.equal(additionalProperties, false);
        assert.ok(!(required as string[] | undefined)?.includes('type'));
        branch = branch.else as Json | undefined;
      }
      assert.equal(branch, undefined);
    });
  }

  it('is free of schemas that editors explain badly', () => {
    assert.doesNotMatch(schemaText(), /"(allOf|oneOf|\$ref)"/);
  });
});

describe('example configs', () => {
  const folder = join(root, 'examples');
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.nas.json'))) {
    it(`${name} is valid`, async () => {
      await requireConfig(readFileSync(join(folder, name), 'utf8'), name);
    });
  }

  it('says where a text is nested deeper than any config, and refuses one that is too long, in no time', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const text = `{"space":${open.repeat(200_000)}1${close.repeat(200_000)}}`;
      const [issue, ...others] = parseConfig(text).issues;
      assert.deepEqual(others, []);
      assert.equal(issue!.message, 'This is nested deeper than 100 levels.');
      assert.equal(issue!.offset, '{"space":'.length + 99 * open.length);
    }
    const long = parseConfig(`// ${'x'.repeat(3_000_000)}`).issues;
    assert.match(long[0]!.message, /^This is too long for a config: 3,000,003 characters\.$/);
    const unknown = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`key${i}`, 1]));
    for (const text of [JSON.stringify(unknown), '/*'.repeat(200_000), JSON.stringify({ space: unknown })]) {
      const { issues } = parseConfig(text);
      assert.ok(issues.length > 0 && issues.length <= 50, `${issues.length} issues`);
    }
    // Brackets in strings and comments are none.
    assert.deepEqual(parseConfig(`{ /* ${'['.repeat(500)} */ "name": "${'['.repeat(150)}" }`).issues, []);
  });
});
