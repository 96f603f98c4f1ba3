/** A small supernet with weights, α and a batch, the same on every backend. */
import * as tf from '@tensorflow/tfjs-core';
import { toBatch, type Batch } from '../../src/network/batch';
import { ReferenceSupernet, type Alphas } from '../../src/network/supernet';
import { Random } from '../../src/random';
import type { CellSpace } from '../../src/space/cell/space';
import type { Skeleton } from '../../src/space/genotype';
import { operationNames } from '../../src/space/operations';

export const smallSpace: CellSpace = { operations: operationNames, nodes: 2, inputsPerNode: 2 };
export const smallSkeleton: Skeleton = {
  cells: 3,
  channels: 4,
  stemMultiplier: 2,
  input: { height: 9, width: 8, channels: 2 },
  classes: 5,
};

export interface Fixture {
  readonly supernet: ReferenceSupernet;
  readonly weights: Float32Array;
  /** Rows of α one after the other, normal cell first. */
  readonly alphas: Float32Array;
  batch(): Batch;
}

/** @param batchSize images in the batch */
export function smallFixture(batchSize = 6, space = smallSpace, skeleton = smallSkeleton): Fixture {
  const supernet = new ReferenceSupernet(space, skeleton);
  const random = Random.fromSeed(7, 'fixture');
  const weights = supernet.network.layout.initialize(random);
  const [edges, operations] = supernet.alphaShape;
  const alphas = Float32Array.from({ length: 2 * edges * operations }, () => 0.5 * random.normal());
  const { height, width, channels } = skeleton.input;
  const images = Float32Array.from({ length: batchSize * height * width * channels }, () => random.normal());
  const labels = Uint8Array.from({ length: batchSize }, () => random.integer(skeleton.classes));
  return {
    supernet,
    weights,
    alphas,
    batch: () => toBatch({ images, labels, shape: [batchSize, height, width, channels] }, skeleton.classes),
  };
}

/** α tensors of a fixture's rows. */
export function alphaTensors(fixture: Fixture, values: Float32Array = fixture.alphas): Alphas {
  const [edges, operations] = fixture.supernet.alphaShape;
  const half = edges * operations;
  return {
    normal: tf.tensor2d(values.slice(0, half), [edges, operations]),
    reduction: tf.tensor2d(values.slice(half), [edges, operations]),
  };
}

/** ‖a − b‖ / ‖b‖ */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    norm += b[i]! ** 2;
  }
  return Math.sqrt(difference / norm);
}
