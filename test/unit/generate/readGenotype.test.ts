import assert from 'node:assert/strict';
import { UserError } from '../../../src/errors';
import type { FileOf, GenotypeFile } from '../../../src/space/genotype';
import { languages, readGenotypeFile } from '../../../src/generate';
import { cifarFile, genotypeFile, hostileFile } from './files';
import { zeroEdges } from '../../support/genotypes';
import { everyOperation, olderInputOnly, randomGenotype } from './genotypes';
import { bench201, bench201File, chainFile, mobileNetFile, spaceFile, spaceFiles } from './spaces';

function complaint(
  change: (file: ReturnType<typeof structuredClone<typeof cifarFile>>) => unknown,
): UserError {
  const file = structuredClone(cifarFile);
  const changed = change(file) ?? file;
  try {
    readGenotypeFile(typeof changed === 'string' ? changed : JSON.stringify(changed), 'runs/x/genotype.json');
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    assert.ok(error.message.startsWith('runs/x/genotype.json '), error.message);
    assert.ok(error.hint, error.message);
    return error;
  }
  return assert.fail('nothing was refused');
}

describe('reading a genotype file', () => {
  it('gives back what was written', () => {
    const files = [cifarFile, hostileFile, genotypeFile(everyOperation), genotypeFile(olderInputOnly)];
    for (let seed = 0; seed < 20; seed++) files.push(genotypeFile(randomGenotype(seed)));
    for (const file of files) {
      assert.deepEqual(
        readGenotypeFile(`\uFEFF${JSON.stringify(file, null, 2)}`, 'x'),
        JSON.parse(JSON.stringify(file)),
      );
    }
  });

  it('says where text is no JSON, empty, or something else', () => {
    assert.match(complaint(() => '{"genotype": ').message, /is not JSON: /);
    for (const text of ['""', '3', 'null', '[]', '{}'])
      assert.match(complaint(() => text).message, /not a usable genotype/);
  });

  it('asks for the network where there are bare cells', () => {
    const error = complaint((file) => file.genotype);
    assert.match(error.message, /without the network/);
    assert.match(error.hint!, /"network"/);
  });

  it('names the key that is wrong', () => {
    const edges = (file: typeof cifarFile) =>
      file.genotype.normal.nodes as { operation: string; input: number }[][];
    assert.match(
      complaint((file) => void (edges(file)[1]![0]!.operation = 'sep_conv_9x9')).message,
      /genotype\.normal\.nodes\[1\]\[0\]\.operation: unknown operation "sep_conv_9x9"/,
    );
    assert.match(
      complaint((file) => void (edges(file)[0]![1]!.input = 2)).message,
      /nodes\[0\]\[1\]\.input: node 0 can only read/,
    );
    assert.match(complaint((file) => void (file.network.cells = 0)).message, /network\.cells: /);
    assert.match(
      complaint((file) => void Object.assign(file, { origin: undefined })).message,
      /origin is missing/,
    );
    assert.match(complaint((file) => void Object.assign(file, { version: 7 })).hint!, /version 7/);
  });

  it('reads the other names of operations, and suggests what was meant by what is none', () => {
    const operations = ['nor_conv_3x3', 'identity', 'ReLUConvBN1x1', 'zeroize', 'none', 'AvgPool1x1'];
    const written = { ...bench201File, genotype: { space: 'nasbench201', operations } };
    const { genotype } = readGenotypeFile(JSON.stringify(written), 'x');
    assert.ok(genotype.space === 'nasbench201');
    const names = ['conv_3x3', 'skip_connect', 'conv_1x1', 'none', 'none', 'avg_pool_3x3'];
    assert.deepEqual(genotype.operations, names);
    const edges = (file: typeof cifarFile) =>
      file.genotype.normal.nodes as { operation: string; input: number }[][];
    assert.match(
      complaint((file) => void (edges(file)[0]![0]!.operation = 'SeparableConv2D')).message,
      /unknown operation "SeparableConv2D".*did you mean "sep_conv_3x3"\?/,
    );
  });

  it('reads a file that does not say what computed, and its code does not either', () => {
    const { engine, ...origin } = cifarFile.origin;
    assert.ok(engine);
    // As earlier versions wrote it.
    const file = readGenotypeFile(
      JSON.stringify({ ...cifarFile, origin: { ...origin, backend: 'fused' } }),
      'x',
    );
    assert.equal(file.origin.engine, undefined);
    for (const language of languages) {
      assert.match(language.generate(cifarFile), /Computed by: /);
      const code = language.generate(file);
      assert.doesNotMatch(code, /Computed by|undefined/);
      assert.match(code, /Written by: /);
    }
  });

  it('says of a key that is missing just that', () => {
    const { tool: _, ...origin } = cifarFile.origin;
    const { message } = complaint(() => ({ ...cifarFile, origin }));
    assert.equal(message, 'runs/x/genotype.json is not a usable genotype file: origin.tool is missing.');
    assert.match(
      complaint(() => '{}').message,
      /: format is missing; version is missing; genotype is missing/,
    );
    assert.match(
      complaint((file) => void Object.assign(file.origin, { tool: 3 })).message,
      /origin\.tool: expected string, received number/,
    );
    assert.match(
      complaint((file) => void Object.assign(file.genotype, { space: undefined })).message,
      /genotype\.space is missing/,
    );
  });

  it('refuses what no framework could build', () => {
    assert.match(
      complaint((file) => void (file.genotype.reduction.concat = [1, 2, 3, 4, 5])).message,
      /genotype\.reduction\.concat: 1 is an input/,
    );
    assert.match(
      complaint((file) => void (file.genotype.normal.concat = [2, 3, 5])).message,
      /normal\.nodes\[2\]: node 4 is read by no other node/,
    );
    assert.match(
      complaint((file) => void file.classNames!.pop()).message,
      /classNames: 9 names for 10 classes/,
    );
    assert.match(
      complaint((file) => void (file.classWeights = [1, 2])).message,
      /classWeights: 2 weights for 10 classes/,
    );
    assert.match(
      complaint((file) => void file.normalization!.mean.pop()).message,
      /normalization\.mean: 2 values for 3 channels/,
    );
    assert.match(
      complaint((file) => void (file.normalization!.deviation[1] = 0)).message,
      /deviation has to be above 0/,
    );
  });

  it('takes cells with edges of `none` and nodes without edges, as long as the image reaches the output', () => {
    const file = genotypeFile(zeroEdges);
    assert.deepEqual(readGenotypeFile(JSON.stringify(file), 'x'), JSON.parse(JSON.stringify(file)));
    const cut = structuredClone(file);
    cut.genotype.normal.nodes[0]![1]!.operation = 'none';
    cut.genotype.normal.nodes[3] = [];
    assert.match(
      complaint(() => cut).message,
      /genotype\.normal: no path of operations other than "none" leads through these cells/,
    );
    // Without its reductions, normal cells that read the older input go around them.
    const around = structuredClone(file);
    around.genotype.reduction.nodes[0] = [];
    around.genotype.normal.nodes[0]![0]!.operation = 'sep_conv_3x3';
    around.network.cells = 6;
    assert.equal(readGenotypeFile(JSON.stringify(around), 'x').genotype.space, 'cell');
    around.network.cells = 3;
    assert.match(complaint(() => around).message, /no path of operations/);
  });

  it('gives back files of all spaces', () => {
    for (const [name, file] of spaceFiles())
      assert.deepEqual(readGenotypeFile(JSON.stringify(file), name), JSON.parse(JSON.stringify(file)), name);
  });

  const without = (file: GenotypeFile, ...keys: string[]) => ({
    ...file,
    network: Object.fromEntries(Object.entries(file.network).filter(([key]) => !keys.includes(key))),
  });

  it('asks for number and channels of cells, which other spaces do without', () => {
    assert.match(complaint(() => without(bench201File, 'cells')).message, /network\.cells is missing/);
    assert.match(complaint(() => without(cifarFile, 'channels')).message, /network\.channels is missing/);
    const frame = without(spaceFile('x', chainFile.genotype), 'cells', 'channels', 'stemMultiplier');
    assert.deepEqual(readGenotypeFile(JSON.stringify(frame), 'x').network, frame.network);
    assert.match(complaint(() => without(mobileNetFile, 'classes')).message, /network\.classes is missing/);
    const bare = complaint(() => mobileNetFile.genotype);
    assert.match(bare.message, /without the network around it/);
    assert.match(bare.hint!, /\(input, classes\)/);
  });

  it('refuses a cell of NAS-Bench-201 with no way through it', () => {
    const cuts = ['none none conv_1x1 none conv_1x1 conv_1x1', 'conv_1x1 none none none none conv_1x1'];
    for (const text of [...cuts, 'none conv_1x1 conv_1x1 none conv_1x1 none']) {
      const { message } = complaint(() => ({ ...bench201File, genotype: bench201(text) }));
      assert.match(message, /genotype\.operations: no path of operations other than "none"/, text);
    }
    const ways = ['none none none skip_connect none none', 'conv_1x1 none conv_1x1 none none conv_1x1'];
    for (const text of [
      ...ways,
      'none conv_1x1 none none none conv_1x1',
      'conv_1x1 none none none conv_1x1 none',
    ])
      readGenotypeFile(JSON.stringify({ ...bench201File, genotype: bench201(text) }), text);
  });

  it('names keys of chains and blocks that are wrong', () => {
    const chain = structuredClone(chainFile) as FileOf<'chain'>;
    chain.genotype.layers[2]!.operation = 'none';
    assert.match(
      complaint(() => chain).message,
      /genotype\.layers\[2\]\.operation: "none" would cut the chain at this layer; leave the layer out/,
    );
    const network = structuredClone(mobileNetFile) as FileOf<'mbconv'>;
    Object.assign(network.genotype.stages[1]!.blocks[0]!, { kernel: 4 });
    assert.match(complaint(() => network).message, /genotype\.stages\[1\]\.blocks\[0\]\.kernel: /);
  });
});
