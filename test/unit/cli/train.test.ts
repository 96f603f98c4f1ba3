/** `nas train`: from a run or a genotype file to a trained network, through kills, and never from weights of another one. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../../../src/random';
import { RunFolder } from '../../../src/runs/runFolder';
import { readWeightsFile } from '../../../src/weights/file';
import { killAfterSteps } from '../../support/killed';
import { nasHere } from '../../support/nasHere';
import { dartsV2 as dartsV2Text } from '../../support/published';

/** Every part of the recipe. */
const recipe = {
  dropPath: 0.2,
  cutout: 2,
  warmupEpochs: 1,
  labelSmoothing: 0.1,
  auxiliaryWeight: 0.4,
  weightAverage: 0.9,
};

const config = {
  name: 'tiny',
  seed: 5,
  space: { nodes: 1, cells: 3, channels: 2, stemMultiplier: 1 },
  data: { set: 'synthetic', trainImages: 320, testImages: 40, imageSize: 8 },
  training: { batchSize: 8 },
  budget: { epochs: 1 },
  final: { epochs: 1, cells: 3, channels: 2, batchSize: 16, randomNetworks: 1, proof: false },
  output: { logEverySteps: 1 },
};

describe('nas train', () => {
  let folder: string;
  /** A finished search. */
  let searched: RunFolder;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nas-train-'));
    searched = await runOf(['run', write('tiny', config), '--threads', '1']);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function write(name: string, content: object): string {
    const path = join(folder, `${name}.nas.json`);
    writeFileSync(path, JSON.stringify(content));
    return path;
  }

  /** @returns the one run that a command adds */
  async function runOf(args: readonly string[]): Promise<RunFolder> {
    const out = mkdtempSync(join(folder, 'runs-'));
    const { code, printed } = await nasHere([...args, '--out', out]);
    assert.equal(code, 0, printed);
    const runs = readdirSync(out);
    assert.equal(runs.length, 1);
    return RunFolder.open(join(out, runs[0]!));
  }

  const weightsOf = ({ weightsPath }: RunFolder): Float32Array => readWeightsFile(weightsPath).weights;

  it('trains what a run has found, larger and longer, and searches nothing', async () => {
    const trained = await runOf(['train', searched.path, '--epochs', '4', '--channels', '4', '--cells', '4']);
    const { architecture, final } = trained.run.config;
    assert.deepEqual([final.epochs, final.channels, final.cells, final.randomNetworks], [4, 4, 4, 0]);
    assert.equal(trained.run.name, 'tiny training');
    const found = searched.readGenotype()!;
    assert.deepEqual(architecture, found);
    const file = trained.readGenotype()!;
    assert.deepEqual(file.genotype, found.genotype);
    assert.deepEqual(file.network, { ...found.network, channels: 4, cells: 4 });
    // Who found it stays, when another run trains it.
    assert.equal(file.origin.strategy, found.origin.strategy);
    const result = trained.readResult()!;
    assert.equal(result.verdict.kind, 'trained');
    assert.match(result.verdict.title, /^trained to [\d.]+ %$/);
    assert.equal(readWeightsFile(trained.weightsPath).file.origin.runId, trained.run.runId);
    const events = readFileSync(trained.eventsPath, 'utf8');
    assert.doesNotMatch(events, /"phase":"search"|"type":"alpha"|"phase":"baseline"/);
  });

  it('trains on from the weights of the run, and from new ones otherwise', async () => {
    const slow = write('slow', {
      ...config,
      final: { ...config.final, learningRate: 1e-6, minLearningRate: 0 },
    });
    const [before] = [weightsOf(searched)];
    const further = await runOf(['train', searched.path, '--config', slow, '--keep-weights']);
    const on = weightsOf(further);
    // A run that began with weights does not hand them on to the next.
    const next = await runOf(['train', further.path]);
    assert.equal(next.run.config.final.initialWeights, undefined);
    const anew = weightsOf(await runOf(['train', searched.path, '--config', slow]));
    const distance = (weights: Float32Array): number =>
      Math.max(...weights.map((w, i) => Math.abs(w - before[i]!)));
    assert.ok(distance(on) < 1e-3, `${distance(on)}`);
    assert.ok(distance(anew) > 0.05, `${distance(anew)}`);
  });

  it('trains a published architecture on the data of a config, whatever space that is of', async () => {
    const genotype = join(folder, 'v2.genotype.json');
    assert.equal((await nasHere(['import', dartsV2Text, '--out', genotype])).code, 0);
    const elsewhere = write('elsewhere', {
      ...config,
      space: undefined,
      final: { ...config.final, cells: 3 },
    });
    const more = ['--full-recipe', '--epochs', '20'];
    const trained = await runOf(['train', genotype, '--config', elsewhere, ...more]);
    const { genotype: own, network, origin } = trained.readGenotype()!;
    assert.equal(own.space, 'cell');
    assert.deepEqual([network.classes, network.input.height], [10, 8]);
    const { warmupEpochs, labelSmoothing, auxiliaryWeight, weightAverage } = trained.run.config.final;
    assert.deepEqual([warmupEpochs, labelSmoothing, auxiliaryWeight, weightAverage], [1, 0.1, 0.4, 0.995]);
    assert.equal(origin.name, 'DARTS_V2 training');
    const chain = write('chain', { ...config, space: { type: 'chain' } });
    const { code, printed } = await nasHere(['train', genotype, '--config', chain, '--out', folder]);
    assert.equal(code, 2);
    assert.match(printed, /is of the space "cell", not "chain"/);
  });

  it('killed ten times at random, with its whole recipe, ends in the same weights to the bit', async () => {
    const long = { ...config, final: { ...config.final, ...recipe, epochs: 4 } };
    const line = ['train', searched.path, '--config', write('long', long), '--threads', '2'];
    const expected = await runOf(line);
    const out = mkdtempSync(join(folder, 'killed-'));
    const random = Random.fromSeed(11, 'kills');
    // Ten kills are within the 80 steps.
    const kill = (args: readonly string[]): Promise<void> => killAfterSteps(args, 1 + random.integer(8));
    await kill([...line.slice(0, 4), '--out', out]);
    const run = join(out, readdirSync(out)[0]!);
    for (let kills = 1; kills < 10; kills++) await kill(['resume', run]);
    const { code, printed } = await nasHere(['resume', run, '--threads', '2']);
    assert.equal(code, 0, printed);
    const [ours, theirs] = [RunFolder.open(run), expected].map((each) => readWeightsFile(each.weightsPath));
    assert.deepEqual(ours!.weights, theirs!.weights);
    assert.deepEqual(ours!.statistics, theirs!.statistics);
    assert.equal(RunFolder.open(run).readResult()!.found!.testLoss, expected.readResult()!.found!.testLoss);
  });

  it('says what is wrong, before there is a run', async () => {
    const genotype = join(folder, 'alone.json');
    writeFileSync(genotype, readFileSync(searched.genotypePath));
    const out = ['--out', mkdtempSync(join(folder, 'none-'))];
    const lines: readonly (readonly [string[], RegExp])[] = [
      [['train', join(folder, 'nowhere')], /nowhere/],
      [['train', folder], /is no run folder/],
      [['train', searched.path, '--config', folder], /is a folder, not a file/],
      [['train', genotype], /architecture without data.*--config CONFIG/s],
      [['train', genotype, '--config', write('tiny', config), '--keep-weights'], /in no run folder/],
      [
        ['train', searched.path, '--channels', '4', '--keep-weights'],
        /weights of another network.*cells 3, channels 2.*cells 3, channels 4/s,
      ],
      [['train', searched.path, '--config', join(folder, 'tiny.json')], /tiny\.json/],
    ];
    for (const [line, message] of lines) {
      const { code, printed } = await nasHere([...line, ...out]);
      assert.equal(code, 2, printed);
      assert.match(printed, message);
    }
    assert.deepEqual(readdirSync(out[1]!), []);
  });
});

describe('configs with an architecture', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nas-given-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const inspected = async (content: object): Promise<{ code: number; printed: string }> => {
    const path = join(folder, 'given.nas.json');
    writeFileSync(path, JSON.stringify({ ...config, space: undefined, ...content }));
    return nasHere(['inspect', path]);
  };

  it('are told their costs by nas inspect', async () => {
    const genotype = join(folder, 'v2.json');
    // Of the published 3,349,342, the stem has 2 · 9 · 108 for the other two colours.
    await nasHere(['import', dartsV2Text, '--out', genotype]);
    const { code, printed } = await inspected({
      architecture: 'v2.json',
      data: { set: 'synthetic', imageSize: 32, enlarge: true },
      final: { cells: 20, channels: 36, batchSize: 16 },
    });
    assert.equal(code, 0, printed);
    assert.match(printed, /Parameters +3,347,398/);
    assert.doesNotMatch(printed, /Supernet|α|drawn at random/);
  });

  it('build the network of the file, unless they write another', async () => {
    const genotype = join(folder, 'v2.json');
    const size = ['--cells', '4', '--channels', '6', '--image', '8x8x1'];
    await nasHere(['import', dartsV2Text, ...size, '--out', genotype]);
    const costsOf = async (final: object, given: unknown = 'v2.json'): Promise<number> => {
      const path = join(folder, 'given.nas.json');
      const content = { preset: 'laptop', architecture: given, data: config.data, final };
      writeFileSync(path, JSON.stringify(content));
      const { code, out, printed } = await nasHere(['inspect', path, '--json']);
      assert.equal(code, 0, printed);
      return (JSON.parse(out) as { costs: { final: { parameters: number } } }).costs.final.parameters;
    };
    const { out } = await nasHere(['inspect', genotype, '--json']);
    const { parameters } = JSON.parse(out) as { parameters: number };
    assert.equal(await costsOf({}), parameters);
    assert.equal(await costsOf({}, JSON.parse(readFileSync(genotype, 'utf8'))), parameters);
    assert.ok((await costsOf({ channels: 8 })) > parameters);
  });

  it('are not trained beyond their limits', async () => {
    const genotype = join(folder, 'v2.json');
    await nasHere(['import', dartsV2Text, '--cells', '3', '--channels', '2', '--out', genotype]);
    const path = join(folder, 'limit.nas.json');
    const limits = { maxParameters: 100 };
    const final = { epochs: 1, batchSize: 16 };
    writeFileSync(path, JSON.stringify({ architecture: 'v2.json', data: config.data, final, limits }));
    const { code, printed } = await nasHere(['run', path]);
    assert.equal(code, 2);
    assert.match(printed, /The architecture has .* more than the limit of 100.*final\.channels/s);
  });

  it('are refused where the file, or a key beside it, does not fit', async () => {
    writeFileSync(join(folder, 'broken.json'), '{');
    await nasHere(['import', dartsV2Text, '--out', join(folder, 'v2.json')]);
    const { final } = config;
    const cases: readonly (readonly [object, RegExp])[] = [
      [{ architecture: 'nowhere.json' }, /architecture: .*nowhere\.json does not exist/],
      [{ architecture: '.' }, /is a folder.*genotype\.json of a run/],
      [{ architecture: 'broken.json' }, /architecture: broken\.json is not JSON/],
      [{ architecture: 3 }, /architecture/],
      [
        { architecture: {} },
        /architecture: What stands here is not a usable .*format is missing; .*genotype/,
      ],
      [{ architecture: 'v2.json', final: { ...final, epochs: 0 } }, /final\.epochs: .*nothing to do/],
      [{ architecture: 'v2.json', final }, /final\.randomNetworks/],
      [{ architecture: 'v2.json', space: { type: 'chain' } }, /space.*"cell", not "chain"/],
      [
        { architecture: 'v2.json', final: { epochs: 1, batchSize: 16, initialWeights: 'x.safetensors' } },
        /x\.safetensors does not exist/,
      ],
      [{ final: { ...final, initialWeights: 'x' } }, /final\.initialWeights: .*searches for one/],
      [{ final: { ...final, warmupEpochs: 1 } }, /final\.warmupEpochs: All of the 1 epochs would be warm-up/],
    ];
    for (const [content, message] of cases) {
      const { code, printed } = await inspected(content);
      assert.equal(code, 2, printed);
      assert.match(printed, message);
    }
  });
});
