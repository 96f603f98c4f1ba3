/** Every default of both presets against data of all kinds: it adapts and says so, or the message names what to write. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allEstimators, allSpaces, allStrategies, refusalOf } from '../../../src/config/combinations';
import { parseConfig, parseWithFiles, type UsableConfig } from '../../../src/config/parse';
import { loadDataSet } from '../../../src/data/registry';
import { JobData } from '../../../src/job/data';
import { baselineGenotype, finalNetwork, frameOf, spaceOf, supernetPlan } from '../../../src/job/plan';
import { planNetwork } from '../../../src/space/network';
import { hasLayer } from '../../../src/space/plan';
import { entryOf } from '../../../src/space/registry';
import { writeOwnImages, type OwnImages } from '../../support/ownImages';

const kinds: Readonly<Record<string, OwnImages>> = {
  'low and wide': { height: 12, width: 28, train: 600, test: 60 },
  'high and narrow, odd': { height: 33, width: 9, train: 601, test: 60 },
  'of digits’ size': { height: 28, width: 28, train: 600, test: 60 },
  'small in colour': { height: 5, width: 5, channels: 3, train: 600, test: 60 },
  tiny: { height: 3, width: 3, train: 600, test: 60 },
  'large in colour': { height: 96, width: 120, channels: 3, train: 120, test: 12 },
  few: { height: 16, width: 16, train: 21, test: 3, classes: 2 },
  'very few': { height: 16, width: 16, channels: 3, train: 4, test: 2, classes: 2 },
  two: { height: 8, width: 8, train: 2, test: 2, classes: 2 },
};

const presets = ['reference', 'laptop'] as const;

/** All that go together; what has no default of its own is given. */
const searches = allSpaces.flatMap((space) =>
  allStrategies.flatMap((strategy) => {
    const estimators = strategy.kind === 'gradient' ? [undefined] : allEstimators;
    return estimators
      .filter((estimator) => !refusalOf(space, strategy, estimator))
      .map((estimator) => ({
        space: { type: space.name },
        strategy: { type: strategy.name },
        ...(estimator && {
          estimator: { type: estimator.name, ...(estimator.name === 'table' && { file: 'scores.csv' }) },
        }),
      }));
  }),
);

describe('defaults of the presets', function () {
  const folder = mkdtempSync(join(tmpdir(), 'nas-fit-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const own = (name: string) => {
    const place = join(folder, name);
    mkdirSync(place, { recursive: true });
    return { place, data: writeOwnImages(place, kinds[name]!) };
  };

  for (const [name, { height, width, train, test }] of Object.entries(kinds)) {
    it(`fit images that are ${name}, with every space, strategy and estimator`, async () => {
      const { place, data } = own(name);
      const smallest = Math.min(height, width);
      for (const preset of presets) {
        for (const search of searches) {
          const about = JSON.stringify({ preset, ...search });
          const { config, facts, notices, issues } = (await parseWithFiles(
            JSON.stringify({ preset, ...search, data }),
            place,
          )) as UsableConfig & { issues: readonly { path: string; message: string; hint?: string }[] };
          if (search.space.type !== 'chain' && search.space.type !== 'mbconv' && smallest < 4) {
            assert.deepEqual([issues.length, issues[0]?.path], [1, 'space.type'], about);
            assert.match(
              `${issues[0]!.message} ${issues[0]!.hint}`,
              /3 × 3 are too small.*"chain" or "mbconv"/,
            );
            continue;
          }
          if (train <= 2 && search.estimator?.type === 'zero_cost') {
            // One image trains: a score of a batch needs two.
            assert.deepEqual([issues.length, issues[0]?.path], [1, 'estimator.images'], about);
            continue;
          }
          assert.deepEqual(issues, [], about);
          const frame = frameOf(config, facts!);
          const needed = entryOf(config.space).smallestSide(config.space, config.final);
          assert.ok(Math.min(frame.input.height, frame.input.width) >= needed, about);
          assert.ok(Math.abs(frame.input.width / frame.input.height - width / height) < 0.1, 'not squashed');
          assert.ok((config.data.trainImages ?? 0) <= train && (config.data.testImages ?? 0) <= test, about);
          assert.ok(config.training.batchSize <= train - Math.round(train / 2), about);
          assert.ok(config.final.batchSize <= train, about);
          // Whatever is not as the preset says is said.
          if (train < config.final.batchSize || preset === 'laptop') assert.ok(notices.length > 0, about);
          const space = spaceOf(config);
          if (space.supernet && search.strategy.type === 'darts') supernetPlan(config, space, frame);
          planNetwork(baselineGenotype(config, space, 0), finalNetwork(config, frame));
        }
        // What the checks accept, the loaded data accept too; both kinds of strategies split them.
        for (const strategy of ['darts', 'random']) {
          const text = JSON.stringify({ preset, strategy: { type: strategy }, data });
          const { config, facts } = await parseWithFiles(text, place);
          if (!config) continue;
          const context = { cacheFolder: place, configFolder: place, seed: 1 };
          const loaded = new JobData(config, await loadDataSet(config.data, context));
          assert.deepEqual(loaded.input, frameOf(config, facts!));
          assert.ok(loaded.searchStepsPerEpoch >= 1 && loaded.trainingStepsPerEpoch >= 1);
        }
      }
    });
  }

  it('give way to each other, and say it', () => {
    const notices = (written: object) => {
      const { notices, issues } = parseConfig(JSON.stringify(written));
      assert.deepEqual(issues, []);
      return notices!;
    };
    assert.deepEqual(notices({ preset: 'laptop', budget: { epochs: 2 } }), [
      '2 warm-up epochs leave none of the 2 for α. So strategy.warmupEpochs is 0, not 2 as by default.',
    ]);
    assert.deepEqual(notices({ strategy: { type: 'pc-darts' }, budget: { epochs: 12 } }), [
      '15 warm-up epochs leave none of the 12 for α. So strategy.warmupEpochs is 4, not 15 as by default.',
    ]);
    assert.match(
      notices({ space: { channels: 6 }, strategy: { type: 'pc-darts' } })[0]!,
      /strategy\.partialChannels is 3, not 4/,
    );
    const sampling = (strategy: string, trials: number) => ({
      strategy: { type: strategy },
      budget: { trials },
    });
    assert.match(notices(sampling('nsga2', 12))[0]!, /strategy\.population is 6, not 20/);
    assert.match(notices(sampling('predictor', 10))[0]!, /strategy\.initial is 5, not 10/);
    const predicted = { ...sampling('random', 16), estimator: { type: 'predictor' } };
    assert.match(notices(predicted)[0]!, /estimator\.warmup is 8, not 20/);
    assert.match(
      notices({ training: { learningRate: 0.0005 } })[0]!,
      /training\.minLearningRate is 0\.00005, not 0\.001/,
    );
    assert.match(notices({ data: { imageSize: 8 } })[0]!, /final\.cutout is 4, not 16/);
    assert.deepEqual(notices({}), []);
    assert.deepEqual(notices({ preset: 'laptop' }), []);
  });

  it('hold for images as they are fitted, which one function tells', async () => {
    const { place, data } = own('low and wide');
    const shapeOf = async (fitting: object) => {
      const { config, facts, issues } = await parseWithFiles(
        JSON.stringify({ data: { ...data, ...fitting } }),
        place,
      );
      assert.deepEqual(issues, []);
      const { height, width, channels } = frameOf(config!, facts!).input;
      return [height, width, channels];
    };
    assert.deepEqual(await shapeOf({ imageSize: 8, fit: 'pad', colour: 'rgb' }), [8, 8, 3]);
    assert.deepEqual(await shapeOf({ imageSize: [12, 20], fit: 'crop' }), [12, 20, 1]);
    assert.deepEqual(await shapeOf({ imageSize: [24, 24], enlarge: true }), [24, 24, 1]);
  });

  it('never change what is written: the message names the key and a value', async () => {
    const { place, data } = own('low and wide');
    const problem = async (written: object) => {
      const { issues } = await parseWithFiles(JSON.stringify(written), place);
      assert.equal(issues.length, 1, JSON.stringify(issues));
      return `${issues[0]!.path}: ${issues[0]!.message} ${issues[0]!.hint}`;
    };
    assert.equal(
      await problem({ data: { ...data, imageSize: 14 } }),
      'data.imageSize: Images of 12 × 28 cannot be shrunk to 14. Use at most 12, or leave the key out to take the images as they are. "enlarge": true makes them larger.',
    );
    assert.match(
      await problem({ data: { ...data, imageSize: [8, 40] } }),
      /imageSize: Images of 12 × 28 cannot be shrunk to 8 × 40\. Use at most \[12, 28\]/,
    );
    assert.match(
      await problem({ data: { ...data, imageSize: [8] } }),
      /data\.imageSize: a list is too small\. It has to be at least 2 entries/,
    );
    assert.match(
      await problem({ data: { ...data, imageSize: 1000 } }),
      /1000 is too large\. It has to be at most 256/,
    );
    assert.match(
      await problem({ data: { ...data, trainImages: 700 } }),
      /trainImages: idx has 600.*at most 600/,
    );
    assert.match(
      await problem({ preset: 'laptop', budget: { epochs: 2 }, strategy: { warmupEpochs: 2 } }),
      /strategy\.warmupEpochs: 2 warm-up epochs.*less than 2, or a budget\.epochs above 2/,
    );
    assert.match(
      await problem({ data, training: { batchSize: 400 } }),
      /training\.batchSize: .*\(300 images for the weights.*at most 300/,
    );
    assert.match(
      await problem({ data, final: { cutout: 16 } }),
      /final\.cutout: A square of side 16 covers more than half of images of 12 × 28\. Use 6/,
    );
    assert.match(
      await problem({ data: { ...data, augmentation: { crop: 12 } } }),
      /crop: .*Use less than 12; an eighth of the side is common: 1/,
    );
    assert.match(
      await problem({ data: { set: 'mnist', imageSize: 32 } }),
      /imageSize: Images of 28 × 28.*at most 28/,
    );
  });

  it('are looked at with the files of a person’s own only where a folder is given', async () => {
    const { place, data } = own('low and wide');
    const text = JSON.stringify({ data: { ...data, imageSize: 14 } });
    assert.equal(parseConfig(text).issues.length, 0);
    assert.equal(parseConfig(text).config?.data.imageSize, 14);
    const { issues } = await parseWithFiles(text, join(place, 'elsewhere'));
    assert.deepEqual(
      issues.map(({ path, message }) => [path, message]),
      [['data.files.trainImages', `${join(place, 'elsewhere', 'trainImages.idx')}: there is no such file.`]],
    );
  });
});

describe('a zero-cost score and the space', () => {
  const effi = { type: 'mbconv', base: 'efficientnet-b0' };
  const config = (estimator: object, space: object = effi, data: object = {}) =>
    parseConfig(
      JSON.stringify({
        space,
        strategy: { type: 'random' },
        estimator: { type: 'zero_cost', ...estimator },
        data,
      }),
    );

  it('NASWOT gives way where no network has a ReLU, and is refused where it is written', () => {
    const { config: fitted, notices } = config({});
    assert.ok(fitted?.estimator.type === 'zero_cost');
    assert.equal(fitted.estimator.proxy, 'jacov');
    assert.match(notices![0]!, /the networks of this space have none\. So estimator\.proxy is "jacov"/);
    const { issues } = config({ proxy: 'naswot' });
    assert.deepEqual([issues.length, issues[0]?.path], [1, 'estimator.proxy']);
    assert.match(issues[0]!.hint!, /jacov, synflow, snip, grad_norm/);
    for (const space of [
      { type: 'mbconv' },
      { type: 'mbconv', base: 'mobilenet-v3-large' },
      { type: 'cell' },
    ]) {
      assert.deepEqual(config({}, space).notices, []);
    }
  });

  it('has no more images than train', () => {
    const few = { set: 'synthetic', trainImages: 40, testImages: 10 };
    const { config: fitted } = config({ proxy: 'synflow' }, { type: 'cell' }, few);
    assert.ok(fitted?.estimator.type === 'zero_cost');
    assert.equal(fitted.estimator.images, 20);
    const { issues } = config({ proxy: 'synflow', images: 32 }, { type: 'cell' }, few);
    assert.match(`${issues[0]?.path} ${issues[0]?.hint}`, /estimator\.images Use at most 20/);
  });

  it('finds layers in branches', () => {
    const plan = (layer: object) => ({ stem: [layer], cells: [], head: [] }) as never;
    assert.equal(
      hasLayer(plan({ kind: 'parallel', branches: [[{ kind: 'shift' }], [{ kind: 'relu' }]] }), 'relu'),
      true,
    );
    assert.equal(hasLayer(plan({ kind: 'activation', of: 'swish' }), 'relu'), false);
  });
});
