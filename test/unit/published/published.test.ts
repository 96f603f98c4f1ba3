/** Published text forms: read, counted against published numbers, written again, refused with what is wrong. */
import assert from 'node:assert/strict';
import { networkCost } from '../../../src/cost/network';
import { languages } from '../../../src/generate';
import { importPublished, publishedNames, publishedText } from '../../../src/published';
import { mobileNetV3Large } from '../../../src/space/mbconv/known';
import { planNetwork } from '../../../src/space/network';
import { dartsV2 as dartsV2Genotype, pcDartsCifar as pcDartsGenotype } from '../../support/genotypes';
import {
  amoebanet,
  bench201Cells,
  dartsV2,
  largestOnceForAll,
  nasnet,
  pcDartsCifar,
} from '../../support/published';

const tool = 'test';
const read = (text: string, options = {}) => importPublished(text, 'The text', { tool, ...options });
const parameters = (text: string, options = {}): number => {
  const { genotype, network } = read(text, options);
  return networkCost(planNetwork(genotype, network)).parameters;
};

/** Without line breaks, commas before brackets and spaces around signs, and with the numbers of a range. */
function plain(text: string): string {
  return text
    .replace(/range\((\d+), (\d+)\)/g, (_, from: string, to: string) => {
      const numbers = Array.from({ length: Number(to) - Number(from) }, (__, i) => Number(from) + i);
      return `[${numbers.join(', ')}]`;
    })
    .replace(/\s*([=,()[\]])\s*/g, '$1')
    .replace(/,([)\]])/g, '$1')
    .trim();
}

describe('published text forms', () => {
  const all = [dartsV2, pcDartsCifar, nasnet, amoebanet, ...bench201Cells, largestOnceForAll];

  it('are read, written again as the same text, and become code of every language', () => {
    for (const text of all) {
      const file = read(text);
      assert.equal(plain(publishedText(file)), plain(text));
      assert.deepEqual(read(publishedText(file)).genotype, file.genotype);
      for (const language of languages) {
        const code = language.generate(file);
        assert.match(code, /Origin: +imported/);
        assert.doesNotMatch(code, /Seed:|Epoch:|Run:|undefined/);
      }
    }
    assert.equal(publishedText(read(dartsV2)), `${dartsV2}\n`);
    assert.equal(publishedText(read(bench201Cells[1])), `${bench201Cells[1]}\n`);
    assert.equal(publishedText(read(largestOnceForAll)), `${largestOnceForAll}\n`);
    assert.deepEqual(read(dartsV2).genotype, dartsV2Genotype);
    assert.deepEqual(read(pcDartsCifar).genotype, pcDartsGenotype);
  });

  it('have the published numbers of parameters', () => {
    assert.equal(parameters(dartsV2), 3_349_342);
    assert.equal(parameters(pcDartsCifar), 3_634_678);
    // The largest of the benchmark on CIFAR-10 has 1.531546 million, 220.11969 million multiply–accumulates.
    const { genotype, network } = read(bench201Cells[2]);
    const cost = networkCost(planNetwork(genotype, network));
    assert.equal(cost.parameters, 1_531_546);
    // It counts the biases of the classifier, too.
    assert.equal(cost.flops + 10, 220_119_690);
  });

  it('have what is around the stages of once-for-all from MobileNetV3-Large', () => {
    const { genotype } = read(largestOnceForAll);
    assert.ok(genotype.space === 'mbconv');
    const { stem, gate, head, stages } = mobileNetV3Large;
    assert.deepEqual({ ...genotype, stages: [] }, { space: 'mbconv', stem, gate, head, stages: [] });
    const frame = ({ channels, stride, activation, blocks }: (typeof stages)[number]) => {
      return { channels, stride, activation, squeezes: blocks[0]!.squeeze > 0 };
    };
    assert.deepEqual(genotype.stages.map(frame), stages.map(frame));
    assert.deepEqual(
      genotype.stages.map(({ blocks }) => blocks.length),
      [1, 4, 4, 4, 4, 4],
    );
    // 16 · 6, 24 · 6, …: what the first block of each stage widens.
    assert.deepEqual(
      genotype.stages.map(({ blocks }) => blocks[0]!.hidden),
      [16, 96, 144, 240, 480, 672],
    );
  });

  it('are read from a file of several by their names, the last of a name, and nothing is executed', () => {
    const file = `
from collections import namedtuple
Genotype = namedtuple('Genotype', 'normal normal_concat reduce reduce_concat')
# ${dartsV2.replace('DARTS_V2', 'commented')}
${nasnet}

${amoebanet}
${dartsV2}
DARTS = DARTS_V2
`;
    assert.deepEqual(publishedNames(file), ['NASNet', 'AmoebaNet', 'DARTS_V2', 'DARTS']);
    assert.deepEqual(read(file, { name: 'DARTS' }).genotype, dartsV2Genotype);
    assert.equal(read(file, { name: 'AmoebaNet' }).origin.name, 'AmoebaNet');
    assert.throws(() => read(file), {
      code: 'several-architectures',
      message: 'The text has 4 architectures: NASNet, AmoebaNet, DARTS_V2, DARTS.',
    });
    assert.throws(() => read(file, { name: 'ENAS' }), /none called ENAS: NASNet/);
    const twice = `${nasnet}\n${dartsV2.replace('DARTS_V2', 'NASNet')}`;
    assert.deepEqual(read(twice, { name: 'NASNet' }).genotype, dartsV2Genotype);
    assert.throws(() => read(dartsV2.replace("'sep_conv_3x3'", 'open("x").read()')), {
      message: /line 1 cannot be read: "open\(\\"x\\"\)\.read\(\)" is no list, number or text/,
    });
  });

  it('take other depth, width, classes and images where that is asked for', () => {
    const { network } = read(dartsV2, {
      ...{ cells: 8, channels: 16, classes: 3 },
      image: { height: 28, width: 14, channels: 1 },
    });
    assert.deepEqual(network, {
      ...{ cells: 8, channels: 16, classes: 3, stemMultiplier: 3 },
      input: { height: 28, width: 14, channels: 1 },
    });
    assert.throws(() => read(dartsV2, { classes: 20_000 }), /network\.classes/);
    assert.throws(() => read(largestOnceForAll, { cells: 8 }), /no number of cells to choose/);
    const small = read(largestOnceForAll.replace('}', ', "r": [160]}'));
    assert.equal(small.network.input.height, 160);
    assert.match(publishedText(small), /"d": \[4, 4, 4, 4, 4\], "r": 160\}/);
    assert.deepEqual(read(publishedText(small)).network, small.network);
  });

  it('have nodes of any number of edges as lists, with positions or keywords, lists or tuples', () => {
    const text =
      "Genotype([[('skip_connect', 0)], (('conv_3x3', 2), ('none', 1), ('max_pool_3x3', 0))], [2, 3], [], [])";
    assert.throws(() => read(text), /"reduce" is no list of edges/);
    const whole = text.replace('[], []', "(('nor_conv_3x3', 0), ('skip_connect', 1)), (2,)");
    const { genotype } = read(whole);
    assert.ok(genotype.space === 'cell');
    assert.deepEqual(
      genotype.normal.nodes.map((edges) => edges.map(({ operation }) => operation)),
      [['skip_connect'], ['conv_3x3', 'none', 'max_pool_3x3']],
    );
    assert.equal(genotype.reduction.nodes[0]![0]!.operation, 'conv_3x3');
    assert.deepEqual(read(publishedText(read(whole, { name: 'x' }))).genotype, genotype);
  });

  it('are refused by what is wrong in them', () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      [dartsV2.replace('dil_conv_3x3', 'conv_3x1_1x3'), /unknown operation "conv_3x1_1x3"; known: none/],
      [dartsV2.replaceAll('sep_conv_3x3', 'sep_3x3'), /did you mean "sep_conv_3x3"/],
      [dartsV2.replace("('sep_conv_3x3', 1)", "('sep_conv_3x3', 7)"), /node 0 can only read inputs 0 to 1/],
      [dartsV2.replace('normal_concat=[2, 3, 4, 5]', 'normal_concat=[9]'), /there is no node 9/],
      [dartsV2.replace("('dil_conv_3x3', 2)", ''), /"normal" has 7 edges, and nodes have two each/],
      [dartsV2.replace(', reduce_concat=[2, 3, 4, 5]', ''), /line 1 has no reduce_concat/],
      [dartsV2.replace('[2, 3, 4, 5]', 'range(0, 10**9)'), /cannot be read/],
      [bench201Cells[0].replace('skip_connect~0', 'skip_connect~1'), /is no cell of NAS-Bench-201/],
      [bench201Cells[0].replace('skip_connect', 'max_pool_9x9'), /is no cell of NAS-Bench-201/],
      ['(7, 2, 3, 4, 0, 1)', /is no cell of NAS-Bench-201/],
      [largestOnceForAll.replace('7', '9'), /"ks" of the once-for-all settings has 9 at place 1/],
      [
        largestOnceForAll.replace('"d": [4, 4', '"d": [4'),
        /"d" of the once-for-all settings has 4 of 5 numbers/,
      ],
      ['', /has no architecture that can be read/],
      ['{"format": "nas-workbench/genotype"}', /has no architecture that can be read/],
    ];
    for (const [text, message] of wrong)
      assert.throws(() => read(text), { name: 'UserError', message }, text);
    const chain = { ...read(dartsV2), genotype: { space: 'chain', connections: 'sequential', layers: [] } };
    assert.throws(() => publishedText(chain as never), /no published text form/);
  });
});
