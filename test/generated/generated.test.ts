/**
 * Generated code in its own frameworks: TensorFlow.js, Keras and PyTorch load it, compute the same logits as this
 * project's own network, learn alike, and have the parameters that the header promises.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { networkCost } from '../../src/cost/network';
import { encodeWeights } from '../../src/weights/file';
import { encodeStateDict } from '../../src/export/pytorch';
import type { TrainedWeights } from '../../src/network/trainedWeights';
import { languages } from '../../src/generate';
import { describeNetwork } from '../../src/generate/describe';
import { loadModule, type GeneratedModule } from '../../src/proof/generatedNetwork';
import type { GenotypeFile } from '../../src/space/genotype';
import { planNetwork } from '../../src/space/network';
import { dartsV1, dartsV2, pcDartsCifar } from '../support/genotypes';
import { cifarFile, genotypeFile, hostileFile, hostileTexts, paperFile } from '../unit/generate/files';
import { olderInputOnly } from '../unit/generate/genotypes';
import { efficientNetFile, mobileNetFile } from '../unit/generate/spaces';
import { makeCases, registerUnusual, toJson, type Case } from './cases';
import { difference } from './difference';
import { pythonWith, runPython, temporaryFolder, type Framework } from './pythons';
import { countParameters, reload, train } from './runTypescript';

type Generated = Exclude<Framework, 'onnx'>;

const rate = 0.02;

interface Result {
  readonly parameters: number;
  readonly logits: readonly (readonly number[])[];
  readonly reloadDifference: number;
  /** Of PyTorch: scripted, traced and exported, where that is tried. */
  readonly compiledDifference?: number;
  readonly losses: readonly number[];
  readonly unmoved: number;
  /** Where the code has drop-path and it is tried. */
  readonly dropPathLosses?: readonly number[];
  /** Where the example at the end of the file is tried. */
  readonly printed?: string;
}

interface Outline {
  readonly statements: readonly string[];
  readonly classNames: readonly string[] | null;
}

interface PythonAnswer {
  readonly cases: readonly Result[];
  readonly counts: readonly number[];
  readonly outlines: readonly Outline[];
  readonly normalized: readonly number[][][][];
}

const languageOf = (id: string) => languages.find((language) => language.id === id)!;
const papers = [
  paperFile('darts v1', dartsV1),
  paperFile('darts v2', dartsV2),
  paperFile('pc-darts', pcDartsCifar),
];
/** DARTS and PC-DARTS on CIFAR-10, EfficientNet-B0 and MobileNetV3-Large on ImageNet. */
const paperCounts = [3_169_414, 3_349_342, 3_634_678, 5_288_548, 5_483_032];
const older = genotypeFile(olderInputOnly, undefined, { origin: { name: 'older input only' } });
const benign: GenotypeFile = { ...hostileFile, origin: { ...genotypeFile(dartsV2).origin, name: 'benign' } };
const pixels = { shape: [1, 1, 2, 3], values: new Float32Array([0, 10, 20, 100, 200, 255]) };

/** The example at the end of the file is tried on one network of each space, drop-path on cells. */
const isThorough = ({ title }: Case) =>
  ['DARTS V2, 12', 'best of', 'skip chain', 'MBConv like M'].some((start) => title.startsWith(start));
const dropsPaths = ({ title }: Case) => title.startsWith('DARTS V2, 12');

async function runPythonCases(
  framework: Generated,
  cases: readonly Case[],
  folder: string,
): Promise<PythonAnswer> {
  const language = languageOf(framework === 'torch' ? 'pytorch' : framework);
  const write = (file: GenotypeFile) => {
    const name = path.join(folder, language.fileName(file));
    writeFileSync(name, language.generate(file));
    return name;
  };
  const encode = framework === 'torch' ? encodeStateDict : encodeWeights;
  const writeWeights = (file: GenotypeFile, trained: TrainedWeights, i: number) => {
    const name = path.join(folder, `${framework}-${i}.safetensors`);
    writeFileSync(name, Buffer.concat(encode(file, trained)));
    return name;
  };
  const job = {
    cases: cases.map(({ file, trained, images, labels }, i) => ({
      file: write(file),
      weights: writeWeights(file, trained, i),
      thorough: isThorough(cases[i]!),
      dropsPaths: dropsPaths(cases[i]!),
      images,
      labels,
      rate,
    })),
    counts: [...papers, older, efficientNetFile, mobileNetFile].map(write),
    outlines: [hostileFile, benign].map(write),
    normalized: [{ file: write(cifarFile), pixels }],
  };
  return (await runPython(framework, folder, toJson(job))) as PythonAnswer;
}

async function runTypescriptCase(each: Case): Promise<Result> {
  const module = loadModule(languageOf('typescript').generate(each.file));
  const model = module.buildModel();
  module.loadWeights(model, Buffer.concat(encodeWeights(each.file, each.trained)));
  const images = tf.tensor(each.images.values, [...each.images.shape]);
  const logits = model.predict(images) as tf.Tensor2D;
  const copy = await reload(model);
  const reloaded = copy.predict(images) as tf.Tensor2D;
  return {
    parameters: countParameters(model),
    logits: logits.arraySync(),
    reloadDifference: tf.max(tf.abs(tf.sub(logits, reloaded))).dataSync()[0]!,
    ...(await train(model, each, rate)),
    ...(isThorough(each) ? await runThoroughly(module, each) : {}),
  };
}

async function runThoroughly(module: GeneratedModule, each: Case) {
  const printed: string[] = [];
  const { log } = console;
  console.log = (text: string) => printed.push(text);
  try {
    module.main();
  } finally {
    console.log = log;
  }
  if (!dropsPaths(each)) return { printed: printed.join('\n') };
  const dropping = await reload(module.buildModel({ dropPath: 0.5 }));
  return { dropPathLosses: (await train(dropping, each, 0.01)).losses, printed: printed.join('\n') };
}

describe('generated code in its framework', function () {
  const folder = temporaryFolder();
  const results = new Map<string, Result[]>();
  const answers = new Map<Generated, PythonAnswer>();
  /** Under way from the beginning, beside the cases in this process. */
  const running = new Map<Generated, Promise<PythonAnswer>>();
  let cases: readonly Case[] = [];

  let unregister = (): void => undefined;

  before(async () => {
    unregister = registerUnusual();
    cases = await makeCases();
    for (const framework of ['keras', 'torch'] as const) {
      const answer = runPythonCases(framework, cases, folder.path);
      // The test that waits for it reports a failure.
      answer.catch(() => undefined);
      running.set(framework, answer);
    }
  });
  after(() => {
    unregister();
    folder.dispose();
  });

  it('runs and trains in TensorFlow.js', async () => {
    const all: Result[] = [];
    for (const each of cases) all.push(await runTypescriptCase(each));
    results.set('typescript', all);
  });

  for (const framework of ['keras', 'torch'] as const) {
    it(`runs and trains in ${framework === 'keras' ? 'Keras' : 'PyTorch'}`, async () => {
      const answer = await running.get(framework)!;
      answers.set(framework, answer);
      results.set(framework, [...answer.cases]);
    });
  }

  const everyResult = (check: (result: Result, each: Case, title: string) => void) => {
    assert.deepEqual([...results.keys()], ['typescript', 'keras', 'torch']);
    for (const [language, all] of results) {
      assert.equal(all.length, cases.length);
      all.forEach((result, i) => check(result, cases[i]!, `${language}, ${cases[i]!.title}`));
    }
  };

  const bothAnswers = () => {
    assert.deepEqual([...answers.keys()], ['keras', 'torch']);
    return [...answers];
  };

  it('computes the logits of this project’s own network', () => {
    everyResult(({ logits }, each, title) => {
      const error = difference(logits, each.logits);
      assert.ok(error < 1e-4, `${title}: ${error}`);
    });
  });

  it('has the parameters that the cost model counts, and prints them', () => {
    everyResult(({ parameters, printed }, each, title) => {
      const { file } = each;
      const { parameters: expected } = networkCost(planNetwork(file.genotype, file.network));
      assert.equal(parameters, expected, title);
      if (!isThorough(each)) return;
      assert.match(
        printed!.replaceAll(',', ''),
        new RegExp(`^${expected} parameters; logits of shape .2 5.`),
        title,
      );
    });
  });

  it('survives being saved and loaded', () => {
    everyResult(({ reloadDifference }, _, title) => assert.ok(reloadDifference < 1e-5, title));
  });

  it('can be scripted, traced and exported in PyTorch', () => {
    const found = results.get('torch')!.flatMap(({ compiledDifference = [] }) => compiledDifference);
    assert.equal(found.length, cases.filter(isThorough).length);
    found.forEach((difference) => assert.ok(difference < 1e-5, `${difference}`));
  });

  it('takes a file of weights that lacks a layer or is cut off with an error', () => {
    const { file, trained } = cases[0]!;
    const { buildModel, loadWeights } = loadModule(languageOf('typescript').generate(file));
    const model = buildModel();
    const bytes = Buffer.concat(encodeWeights(file, trained));
    assert.throws(() => loadWeights(model, bytes.subarray(0, -4)), /shape/);
    const other = cases.at(-1)!;
    const others = Buffer.concat(encodeWeights(other.file, other.trained));
    assert.throws(() => loadWeights(model, others), /The file has no cells\.\d|shape/i);
  });

  it('learns: a gradient reaches every weight, and one step brings all three to the same loss', () => {
    const reference = results.get('torch')!;
    everyResult(({ losses, unmoved, dropPathLosses }, each, title) => {
      const { losses: expected, unmoved: expectedUnmoved } = reference[cases.indexOf(each)]!;
      const { height, width } = each.file.network.input;
      // A shifted image of a single pixel is zero, so the weights behind it get no gradient; nor does what nothing reads,
      // or only `none`.
      const isUnread = ['dead', 'edges and nodes of zeros'].some((start) => each.title.startsWith(start));
      const mayRest = Math.min(height, width) < 5 || isUnread;
      assert.equal(unmoved, mayRest ? expectedUnmoved : 0, title);
      losses.forEach((loss, i) => {
        const error = Math.abs(loss - expected[i]!) / expected[i]!;
        assert.ok(error < 1e-3, `${title}: ${losses.join(', ')} against ${expected.join(', ')}`);
      });
      if (dropsPaths(each)) assert.ok(dropPathLosses!.every(Number.isFinite), title);
    });
  });

  it('has the published numbers of parameters', () => {
    for (const [framework, { counts }] of bothAnswers())
      assert.deepEqual([...counts.slice(0, 3), ...counts.slice(4)], paperCounts, framework);
    const counts = [efficientNetFile, mobileNetFile].map((file) =>
      countParameters(loadModule(languageOf('typescript').generate(file)).buildModel()),
    );
    assert.deepEqual(counts, paperCounts.slice(3));
  });

  it('leaves out of functional models what has no effect, and says so', () => {
    const { cost, reachableCost } = describeNetwork(older);
    assert.ok(reachableCost.parameters < cost.parameters);
    assert.equal(answers.get('torch')!.counts[3], cost.parameters);
    assert.equal(answers.get('keras')!.counts[3], reachableCost.parameters);
    const text = languageOf('typescript').generate(older);
    assert.equal(countParameters(loadModule(text).buildModel()), reachableCost.parameters);
    const left = (cost.parameters - reachableCost.parameters).toLocaleString('en-US');
    assert.ok(text.includes(`${left} more would have no effect`), text.slice(0, 2000));
  });

  it('is as ruff checks and formats it', async () => {
    const python = await pythonWith('keras');
    const names = readdirSync(folder.path).filter((name) => name.endsWith('.py'));
    // Both frameworks, all cases and papers.
    assert.ok(names.length > 2 * cases.length, String(names.length));
    for (const command of [['check'], ['format', '--check']]) {
      const { status, stdout, stderr } = spawnSync(
        python,
        ['-m', 'ruff', ...command, '--no-cache', folder.path],
        {
          encoding: 'utf8',
        },
      );
      assert.equal(status, 0, stdout + stderr);
    }
  });

  it('keeps hostile text inside comments and literals', () => {
    for (const [framework, { outlines }] of bothAnswers()) {
      const [hostile, harmless] = outlines as [Outline, Outline];
      assert.deepEqual(hostile.statements, harmless.statements, framework);
      assert.deepEqual(hostile.classNames, hostileTexts, framework);
    }
    const module = loadModule(languageOf('typescript').generate(hostileFile));
    assert.deepEqual(module.classNames, hostileTexts);
    assert.ok(!('pwned' in globalThis));
  });

  it('normalizes pixels alike', () => {
    const { mean, deviation } = cifarFile.normalization!;
    const expected = Array.from(
      pixels.values,
      (value, i) => (value / 255 - mean[i % 3]!) / deviation[i % 3]!,
    );
    const x = tf.tensor4d(pixels.values, [1, 1, 2, 3]);
    const fromTypescript = loadModule(languageOf('typescript').generate(cifarFile)).normalize!(x).arraySync();
    const all = [fromTypescript, ...bothAnswers().map(([, { normalized }]) => normalized[0]!)];
    for (const values of all) assert.ok(difference([values.flat(3)], [expected]) < 1e-5);
  });
});
