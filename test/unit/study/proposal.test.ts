import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseWithFiles } from '../../../src/config/parse';
import { proposeConfig } from '../../../src/study/proposal';
import { workOfRun } from '../../../src/study/duration';
import { writePlain } from '../../support/pictures';
import { useFolder } from '../data/helpers';

describe('a config for a folder of pictures', () => {
  const folder = useFolder();
  const at = (...parts: string[]): string => path.join(folder(), ...parts);

  function write(name: string, count: number, size: [number, number], channels = 1): void {
    for (let i = 0; i < count; i++) writePlain(at('photos', name, `${i}.png`), ...size, i, channels);
  }

  const propose = (root = at('photos'), configFolder = folder()) =>
    proposeConfig({ root, configFolder, name: 'my "first"', threads: 1 });

  /** What stands in the text, which has to fit as it is: nothing is wrong, and of the preset the counts alone give way. */
  async function proposed(root?: string, configFolder = folder()) {
    const { text, seconds } = await propose(root, configFolder);
    const { config, notices, issues } = await parseWithFiles(text, configFolder);
    const others = notices?.filter((notice) => !/^folder has \d+ such images/.test(notice));
    assert.deepEqual([issues, others], [[], []], text);
    assert.ok(config && seconds! > 0);
    return { text, config };
  }

  it('crops mixed sizes to a side that nearly all have, weighs unbalanced classes, and says what was found', async () => {
    write('cat', 70, [50, 60], 3);
    write('dog', 20, [70, 64]);
    writeFileSync(at('photos', 'dog', 'text.png'), 'This is no picture.');
    const { text, config } = await proposed();
    const { set, fit, colour, enlarge, classWeights } = config.data;
    assert.deepEqual(
      { set, fit, colour, enlarge, classWeights },
      { set: 'folder', fit: 'crop', colour: 'rgb', enlarge: false, classWeights: 'balanced' },
    );
    assert.ok([48, 32].includes(config.data.imageSize as number), text);
    assert.match(text, /^\/\/ 91 pictures in "photos", 2 classes: cat 70, dog 21\.$/m);
    assert.match(
      text,
      /^\/\/ Height × width: 2 sizes from 50 × 60 to 70 × 64; PNG, grey and in colour\. 1 of 91 that were looked at cannot be read\.$/m,
    );
    assert.match(
      text,
      /^\/\/ By a few steps that were timed here, a run takes about \d+ (s|min|h|days) and \d+ MB/m,
    );
    assert.match(text, /"reference"\) it would be about \d+ (min|h|days)\./);
    assert.equal(config.name, 'my "first"');
  });

  it('keeps grey pictures of one size grey and whole, with as many steps as the preset has', async () => {
    write('0', 100, [28, 28]);
    write('1', 100, [28, 28]);
    const { config } = await proposed();
    const { imageSize, fit, colour, classWeights } = config.data;
    assert.deepEqual([imageSize, fit, colour, classWeights], [28, 'shrink', 'grey', 'none']);
    // Of 160 to train on, 80 train the weights: ten steps an epoch, and twenty in the final training.
    assert.deepEqual([config.training.batchSize, config.final.batchSize], [8, 8]);
    assert.deepEqual([config.budget.epochs, config.final.epochs], [13, 10]);
  });

  it('pads where much would be cut off, and enlarges the few that are small', async () => {
    write('long', 50, [40, 90], 3);
    write('wide', 49, [80, 33], 3);
    write('wide/small', 1, [20, 10], 3);
    const { config } = await proposed();
    assert.deepEqual([config.data.fit, config.data.imageSize, config.data.enlarge], ['pad', 32, true]);
  });

  it('in the folder of the pictures writes runs where they are taken for no class', async () => {
    write('a', 12, [40, 40]);
    write('b', 12, [40, 40]);
    const { config } = await proposed(at('photos'), at('photos'));
    assert.ok(config.data.set === 'folder');
    assert.deepEqual([config.data.path, config.output.folder], ['.', '.runs']);
  });

  it('is none for a folder that is no data set: what one looks like is said', async () => {
    writePlain(at('photos', '1.png'), 8, 8, 1);
    await assert.rejects(propose(), {
      name: 'UserError',
      message: /photos: it has 1 pictures, but no class folders\./,
      hint: /^Make a subfolder for each class/,
    });
    await assert.rejects(propose(at('nowhere')), { message: /nowhere: there is no such folder\./ });
  });

  it('takes as long as its parts: twice the epochs and random networks are twice the work', async () => {
    const work = async (factor: number): Promise<number> => {
      const text = JSON.stringify({
        preset: 'laptop',
        data: { set: 'synthetic', trainImages: 200, testImages: 40, imageSize: 8 },
        space: { nodes: 2, cells: 3, channels: 4 },
        training: { batchSize: 16 },
        budget: { epochs: 2 * factor },
        final: { epochs: 3 * factor, cells: 3, channels: 4, batchSize: 16, randomNetworks: 2, proof: false },
      });
      const { config, facts } = await parseWithFiles(text, folder());
      return workOfRun(config!, facts!);
    };
    assert.equal(await work(2), 2 * (await work(1)));
  });
});
