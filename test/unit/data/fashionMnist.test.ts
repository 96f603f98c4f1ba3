import assert from 'node:assert/strict';
import { imageBytes } from '../../../src/data/dataSet';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { convertFashionMnist } from '../../../src/data/sets/fashionMnist';
import { readStored, store } from '../../../src/data/store';
import { useFolder } from './helpers';

/** Three images a class as in the package; class 0 with an empty entry in the middle and one at the end. */
function writeClasses(folder: string): void {
  for (let label = 0; label < 10; label++) {
    const data = [0, 1, 2].map((i) => new Array<number>(784).fill(10 * label + i));
    if (label === 0) data.splice(1, 0, []);
    if (label === 0) data.push([]);
    writeFileSync(path.join(folder, `${label}.json`), JSON.stringify({ data }));
  }
}

describe('Fashion-MNIST', () => {
  const folder = useFolder();

  it('is converted from JSON without the entries that are no images', async () => {
    writeClasses(folder());
    const { train, test } = await convertFashionMnist(folder(), { train: 2, test: 1 });
    assert.deepEqual([train.count, test.count, train.height, train.width], [20, 10, 28, 28]);
    const firstPixels = (images: Uint8Array) => [...images].filter((_, i) => i % 784 === 0);
    assert.deepEqual(firstPixels(imageBytes(train)).slice(0, 6), [0, 1, 10, 11, 20, 21]);
    assert.deepEqual(firstPixels(imageBytes(test)), [2, 12, 22, 32, 42, 52, 62, 72, 82, 92]);
    assert.deepEqual([...train.labels].slice(0, 6), [0, 0, 1, 1, 2, 2]);
    assert.equal(train.classNames[9], 'Ankle boot');
  });

  it('comes back from the cache as it was', async () => {
    writeClasses(folder());
    const data = await convertFashionMnist(folder(), { train: 2, test: 1 });
    const kept = path.join(folder(), 'cache', 'fashion');
    await store(kept, data);
    const again = await readStored(kept, data.name, data.train.classNames);
    for (const part of ['train', 'test'] as const) {
      assert.deepEqual([...imageBytes(again[part])], [...imageBytes(data[part])]);
      assert.deepEqual([...again[part].labels], [...data[part].labels]);
    }
  });

  it('is refused when a class has too few images', async () => {
    writeClasses(folder());
    await assert.rejects(convertFashionMnist(folder(), { train: 3, test: 1 }), {
      message: /0\.json holds 3 images, 4 are/,
    });
  });
});
