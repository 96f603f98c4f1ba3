/** Training scripts of generated code: they step as the project's own engine does, and train from a run to weights that load. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { safetensors } from '../../src/data/arrays/safetensors';
import { valuesOf } from '../../src/data/arrays/storedArray';
import { encodeStateDict, stateDict } from '../../src/export/pytorch';
import { languages } from '../../src/generate';
import { trainingScript, type TrainingRecipe } from '../../src/generate/training';
import type { ArrayBatch } from '../../src/network/batch';
import { createFoundNetwork } from '../../src/network/engines';
import { Sgd } from '../../src/network/optimizers';
import { structureOf } from '../../src/network/structure';
import { Random } from '../../src/random';
import type { GenotypeFile } from '../../src/space/genotype';
import { planNetwork } from '../../src/space/network';
import { encodeWeights } from '../../src/weights/file';
import { namedTensors, tensorValues } from '../../src/weights/tensors';
import { dartsV2 } from '../support/genotypes';
import { nasHere } from '../support/nasHere';
import { compilerMessages } from '../unit/generate/compileTypescript';
import { genotypeFile, hostileFile } from '../unit/generate/files';
import { mobileNetFile } from '../unit/generate/spaces';
import { pythonWith } from './pythons';

const modules = path.join(__dirname, '../../node_modules');
const noAugmentation = {
  ...{ crop: 0, flip: false, cutout: 0, rotate: 0, scale: 0, brightness: 0, contrast: 0 },
  auto: 'none',
} as const;
const plain: TrainingRecipe = {
  ...{ epochs: 2, warmupEpochs: 0, batchSize: 6, learningRate: 0.1, minLearningRate: 0 },
  ...{ momentum: 0.9, weightDecay: 0.01, gradientClip: 1, dropPath: 0, labelSmoothing: 0 },
  ...{ weightAverage: 0, mixup: 0, sampling: 'shuffled', seed: 1 },
  augmentation: noAugmentation,
};
const full: TrainingRecipe = {
  ...plain,
  ...{ warmupEpochs: 1, dropPath: 0.2, labelSmoothing: 0.1, weightAverage: 0.9 },
  auxiliary: { weight: 0.4, cell: 1, inputs: 16, bottleneck: 8, filters: 32 },
  mixup: 0.2,
  augmentation: {
    ...{ crop: 1, flip: true, cutout: 2, rotate: 10, scale: 0.1, brightness: 0.2, contrast: 0.2 },
    auto: 'strong',
  },
};
const hostileFileOfColours: GenotypeFile = {
  ...hostileFile,
  network: { ...hostileFile.network, input: { height: 8, width: 8, channels: 3 } },
};
const languageOf = (id: string) => languages.find((language) => language.id === id)!;

/** A program run to its end. @throws where it fails */
function ran(program: string, args: readonly string[], cwd: string): Promise<string> {
  const env = {
    ...process.env,
    ...{ KERAS_BACKEND: 'tensorflow', TF_CPP_MIN_LOG_LEVEL: '3', PYTHONDONTWRITEBYTECODE: '1' },
    ...{ OMP_NUM_THREADS: '1', NODE_PATH: modules },
  };
  const options = { env, cwd, maxBuffer: 1 << 28 };
  return new Promise((resolve, reject) =>
    execFile(program, [...args], options, (error, stdout, stderr) =>
      error ? reject(new Error(`${stdout}\n${stderr.slice(-4000)}`)) : resolve(stdout),
    ),
  );
}

const runTypescript = (file: string, args: readonly string[], cwd: string): Promise<string> =>
  ran(process.execPath, ['--require', require.resolve('tsx/cjs'), file, ...args], cwd);

interface Stepped {
  readonly losses: readonly number[];
  readonly weights: Readonly<Record<string, readonly number[]>>;
}

describe('training scripts of generated code', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nas-training-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  describe('three steps on the same batches', () => {
    const classes = 5;
    const input = { height: 8, width: 7, channels: 3 };
    const normalization = { mean: [0.4, 0.5, 0.3], deviation: [0.2, 0.3, 0.25] };
    const network = { cells: 3, channels: 4, stemMultiplier: 1, input, classes };
    const file = genotypeFile(dartsV2, network, { normalization });
    const plan = planNetwork(file.genotype, file.network);
    const random = Random.fromSeed(5, 'training scripts');
    const size = input.height * input.width * input.channels;
    const images = plain.batchSize;
    const smoothing = 0.1;
    const drawn = Array.from({ length: 3 }, () => ({
      pixels: Float32Array.from({ length: images * size }, () => random.integer(256)),
      labels: Array.from({ length: images }, () => random.integer(classes)),
    }));
    const batches = drawn.map(({ pixels, labels }) => ({
      pixels: { shape: [images, input.height, input.width, input.channels], values: pixels },
      targets: {
        shape: [images, classes],
        values: Float32Array.from(
          labels.flatMap((label) =>
            Array.from(
              { length: classes },
              (_, k) => smoothing / classes + (k === label ? 1 - smoothing : 0),
            ),
          ),
        ),
      },
    }));
    const { layout, batchNorms } = structureOf(plan);
    const initial = layout.initialize(Random.fromSeed(5, 'weights'));
    const channels = batchNorms.reduce((sum, count) => sum + count, 0);
    const statistics = new Float32Array(2 * channels).fill(1, channels);
    let losses: number[];
    let weights: Float32Array;
    let work: string;

    before(async () => {
      work = path.join(folder, 'steps');
      mkdirSync(work);
      const engine = createFoundNetwork(plan, { engine: 'fused', threads: 1 });
      const sgd = new Sgd(initial.slice(), plain);
      losses = [];
      for (const { pixels, labels } of drawn) {
        const { mean, deviation } = normalization;
        const batch: ArrayBatch = {
          images: pixels.map((value, i) => (value / 255 - mean[i % 3]!) / deviation[i % 3]!),
          labels,
          shape: [images, input.height, input.width, input.channels],
          smoothing,
        };
        const { loss, weights: gradient } = await engine.differentiate(batch, sgd.weights);
        losses.push(loss);
        sgd.apply(gradient, plain.learningRate);
      }
      engine.dispose();
      weights = sgd.weights;
      writeFileSync(
        path.join(work, 'start.safetensors'),
        Buffer.concat(encodeWeights(file, { weights: initial, statistics })),
      );
      writeFileSync(
        path.join(work, 'start-torch.safetensors'),
        Buffer.concat(encodeStateDict(file, { weights: initial, statistics })),
      );
    });

    function write(id: string): { script: string; code: string } {
      const language = languageOf(id);
      const code = language.fileName(file);
      const script = trainingScript(file, language, code, plain);
      writeFileSync(path.join(work, code), language.generate(file));
      writeFileSync(path.join(work, script.name), script.text);
      const module = (name: string): string => name.replace(/\.(py|ts)$/, '');
      return { script: module(script.name), code: module(code) };
    }

    /** That it ends where the engine does: to a thousandth of the way that the weights went. */
    function assertAlike(stepped: Stepped, expected: Readonly<Record<string, Float32Array>>): void {
      stepped.losses.forEach((loss, i) =>
        assert.ok(Math.abs(loss - losses[i]!) < 1e-4, `loss ${i}: ${loss}`),
      );
      const names = Object.keys(stepped.weights);
      assert.ok(names.length > 50);
      const way = Math.max(...weights.map((value, i) => Math.abs(value - initial[i]!)));
      assert.ok(way > 0.01);
      for (const name of names) {
        const wanted = expected[name]!;
        const far = Math.max(...stepped.weights[name]!.map((value, i) => Math.abs(value - wanted[i]!)));
        assert.ok(far < 1e-3 * way, `${name} is ${far} away, the weights went ${way}`);
      }
    }

    const byName = (): Record<string, Float32Array> =>
      Object.fromEntries(
        namedTensors(structureOf(plan), file).map((tensor) => [
          `${tensor.path}/${tensor.role}`,
          tensorValues(tensor, { weights, statistics }),
        ]),
      );

    async function inPython(framework: 'keras' | 'torch'): Promise<Stepped> {
      const encoded = batches.map(({ pixels, targets }) => ({
        pixels: toJson(pixels),
        targets: toJson(targets),
      }));
      const job = {
        ...{ framework, rate: plain.learningRate, batches: encoded },
        ...write(framework === 'torch' ? 'pytorch' : 'keras'),
        kerasWeights: path.join(work, 'start.safetensors'),
        torchWeights: path.join(work, 'start-torch.safetensors'),
      };
      const jobFile = path.join(work, `${framework}.json`);
      writeFileSync(jobFile, JSON.stringify(job));
      const script = path.join(__dirname, 'python/run_training.py');
      const said = await ran(await pythonWith(framework), ['-X', 'utf8', script, jobFile], work);
      return JSON.parse(said.trim().split('\n').at(-1)!) as Stepped;
    }

    it('end where the engine does in Keras', async () => {
      assertAlike(await inPython('keras'), byName());
    });

    it('end where the engine does in PyTorch', async () => {
      const state = stateDict(file, { weights, statistics });
      const values = Object.entries(state).map(([name, tensor]) => [name, tensor.values] as const);
      assertAlike(await inPython('torch'), Object.fromEntries(values));
    });

    it('end where the engine does in TypeScript', async () => {
      const { script, code } = write('typescript');
      const job = batches.map(({ pixels, targets }) => ({
        pixels: { shape: pixels.shape, values: [...pixels.values] },
        targets: { shape: targets.shape, values: [...targets.values] },
      }));
      writeFileSync(path.join(work, 'job.json'), JSON.stringify(job));
      writeFileSync(
        path.join(work, 'steps.ts'),
        `import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { buildModel, loadWeights } from './${code}';
import { Sgd, trainableVariables, trainStep } from './${script}';
const model = buildModel();
loadWeights(model, readFileSync('start.safetensors'));
const sgd = new Sgd(trainableVariables(model));
const batches = JSON.parse(readFileSync('job.json', 'utf8'));
const losses = batches.map(({ pixels, targets }: any) => {
  const batch = { pixels: tf.tensor4d(pixels.values, pixels.shape), targets: tf.tensor2d(targets.values, targets.shape) };
  return trainStep(model, sgd, batch, ${plain.learningRate}).loss;
});
const weights = Object.fromEntries(model.trainableWeights.map((weight) =>
  [weight.originalName.replace('/depthwise_kernel', '/kernel'), [...weight.read().dataSync()]]));
console.log(JSON.stringify({ losses, weights }));
`,
      );
      const said = await runTypescript('steps.ts', [], work);
      assertAlike(JSON.parse(said.trim().split('\n').at(-1)!) as Stepped, byName());
    });
  });

  it('are code that their linters, formatters and compilers take, whatever the recipe', async () => {
    const named = (name: string, more: object) =>
      genotypeFile(
        dartsV2,
        { cells: 3, channels: 4, stemMultiplier: 1, input: { height: 8, width: 8, channels: 3 }, classes: 2 },
        {
          normalization: { mean: [0.5, 0.5, 0.5], deviation: [1, 1, 1] },
          ...more,
          origin: { name },
        },
      );
    const augmentation = { ...noAugmentation, cutout: 3 };
    const cases = [
      { file: named('plain', {}), recipe: plain },
      { file: named('full', { classWeights: [1, 2] }), recipe: full },
      {
        file: named('balanced', {}),
        recipe: { ...plain, sampling: 'balanced', augmentation: { ...noAugmentation, scale: 0.1 } } as const,
      },
      {
        file: named('average', {}),
        recipe: { ...plain, weightAverage: 0.9, dropPath: 0.1, augmentation },
      },
      {
        file: { ...hostileFile, normalization: { mean: [0, 0], deviation: [1, 1] } },
        recipe: { ...full, augmentation: { ...full.augmentation, rotate: 0 } },
      },
    ];
    const sources = new Map<string, string>();
    const python = path.join(folder, 'python');
    mkdirSync(python);
    for (const { file, recipe } of cases) {
      for (const language of languages) {
        const code = language.fileName(file);
        const script = trainingScript(file, language, code, recipe);
        for (const [name, text] of [
          [code, language.generate(file)],
          [script.name, script.text],
        ] as const) {
          if (name.endsWith('.ts')) sources.set(name, text);
          else writeFileSync(path.join(python, name), text);
        }
      }
    }
    assert.deepEqual(compilerMessages(sources, ['node']), []);
    const keras = await pythonWith('keras');
    for (const check of [['check'], ['format', '--check']])
      await ran(keras, ['-m', 'ruff', ...check, '--no-cache', '.'], python);
  });

  it('say what of a recipe they leave out', () => {
    const code = (id: string, file: GenotypeFile): string =>
      trainingScript(file, languageOf(id), 'code.py', full).text.replace(/\n( \*)? ?/g, ' ');
    assert.match(
      code('pytorch', mobileNetFile),
      /leaves out of it: drop-path \(0\.2\), the auxiliary classifier \(0\.4\)\./,
    );
    assert.doesNotMatch(code('pytorch', hostileFileOfColours), /leaves out of it/);
    assert.match(
      code('typescript', hostileFileOfColours),
      /leaves out of it: RandAugment \(strong\), turns \(10°\), changes of scale \(0\.1\), changes of brightness and contrast\./,
    );
  });

  describe('of a run', () => {
    const config = {
      name: 'tiny',
      space: { nodes: 1, cells: 3, channels: 2, stemMultiplier: 1 },
      data: {
        ...{ set: 'synthetic', trainImages: 80, testImages: 40, imageSize: 8, classWeights: 'balanced' },
        augmentation: { crop: 1, flip: true, rotate: 10, auto: 'strong', mixup: 0.2 },
      },
      training: { batchSize: 8 },
      budget: { epochs: 1 },
      final: {
        ...{ epochs: 2, cells: 3, channels: 2, batchSize: 16, proof: false, warmupEpochs: 1, cutout: 2 },
        ...{ labelSmoothing: 0.1, auxiliaryWeight: 0.4, weightAverage: 0.9, dropPath: 0.2 },
      },
    };
    let run: string;

    before(async () => {
      writeFileSync(path.join(folder, 'tiny.nas.json'), JSON.stringify(config));
      const { code, printed } = await nasHere(['run', path.join(folder, 'tiny.nas.json')]);
      assert.equal(code, 0, printed);
      const runs = path.join(folder, 'runs');
      run = path.join(runs, readdirSync(runs)[0]!);
    });

    async function generated(language: string): Promise<{ out: string; script: string }> {
      const out = path.join(folder, language);
      const line = ['generate', run, '--language', language, '--out', out, '--with', 'training'];
      const { code, out: files, printed } = await nasHere(line);
      assert.equal(code, 0, printed);
      const script = files.split('\n').find((name) => /train/.test(path.basename(name)))!;
      return { out, script: path.basename(script) };
    }

    it('have the pictures of the run beside them', async () => {
      const { out } = await generated('pytorch');
      const tensors = safetensors(path.join(out, 'tiny-data.safetensors'));
      const shapes = [...tensors].map(([name, load]) => [name, load().type.name, load().shape.join()]);
      assert.deepEqual(shapes, [
        ['train/images', 'uint8', '80,8,8,1'],
        ['train/labels', 'int32', '80'],
        ['test/images', 'uint8', '40,8,8,1'],
        ['test/labels', 'int32', '40'],
      ]);
      const labels = valuesOf(tensors.get('test/labels')!());
      assert.ok(new Set(labels).size > 1);
    });

    it('train in Keras, by the whole recipe, to weights that load', async () => {
      const { out, script } = await generated('keras');
      const python = await pythonWith('keras');
      const said = await ran(python, [script, '--epochs', '1'], out);
      assert.match(said, /epoch 1 of 1: loss \d+\.\d+, accuracy \d+\.\d+%\ntest accuracy \d+\.\d+% of 40/);
      const check =
        'import tiny_keras as c; m = c.build_model(); c.load_weights(m, "tiny-trained.safetensors")';
      await ran(python, ['-c', check], out);
    });

    it('train in TypeScript, by the whole recipe, to weights that load', async () => {
      const { out, script } = await generated('typescript');
      const said = await runTypescript(script, ['2'], out);
      assert.match(said, /epoch 2 of 2: loss \d+\.\d+, accuracy \d+\.\d+%\ntest accuracy \d+\.\d+% of 40/);
      const check = `import { readFileSync } from 'node:fs';
import { buildModel, loadWeights } from './tiny';
loadWeights(buildModel(), readFileSync('tiny-trained.safetensors'));`;
      writeFileSync(path.join(out, 'check.ts'), check);
      await runTypescript('check.ts', [], out);
    });

    it('are refused without a run, and say how to train then', async () => {
      const genotype = path.join(folder, 'alone.json');
      writeFileSync(genotype, readFileSync(path.join(run, 'genotype.json')));
      const line = ['generate', genotype, '--language', 'keras', '--with', 'training'];
      const { code, printed } = await nasHere([...line, '--out', path.join(folder, 'none')]);
      assert.equal(code, 2);
      assert.match(printed, /nas train GENOTYPE --config CONFIG/);
      assert.ok(!readdirSync(folder).includes('none'));
    });
  });
});

function toJson({ shape, values }: { readonly shape: readonly number[]; readonly values: Float32Array }) {
  const { buffer, byteOffset, byteLength } = values;
  return { shape, data: Buffer.from(buffer, byteOffset, byteLength).toString('base64') };
}
