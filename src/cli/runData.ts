/** What a run was trained on, loaded again. */
import { join } from 'node:path';
import { loadJobData, type JobData, type PictureSet } from '../job/data';
import { bytesOf, streamSafetensors, type StreamedTensor } from '../data/arrays/writeSafetensors';
import type { RunFolder } from '../runs/runFolder';
import { progressLine } from './progressLine';

/** @throws UserError when the data of the run cannot be had any more */
export async function dataOf({ config, configFolder }: RunFolder['run']): Promise<JobData> {
  const progress = progressLine();
  try {
    return await loadJobData(config, {
      ...{ configFolder, packedFolder: join(__dirname, 'data') },
      onProgress: (activity) => progress.show(activity),
    });
  } finally {
    progress.end();
  }
}

/**
 * The pictures of a run as they come to its network, before augmentation and normalization: pieces of a safetensors file with
 * `train/images`, uint8 [N, H, W, C], `train/labels`, int32 [N], and the same of `test`.
 */
export function encodePictures(data: JobData): Iterable<Uint8Array> {
  const { train, test } = data.pictures();
  return streamSafetensors(
    { ...tensorsOf('train', train), ...tensorsOf('test', test) },
    { format: 'nas-workbench/pictures', version: '1', classNames: JSON.stringify(data.classNames) },
  );
}

function tensorsOf(name: string, set: PictureSet): Record<string, StreamedTensor> {
  const { count, height, width, channels, labels, images } = set;
  return {
    [`${name}/images`]: {
      dtype: 'U8',
      shape: [count, height, width, channels],
      *pieces() {
        for (let i = 0; i < count; i++) yield images.at(i);
      },
    },
    [`${name}/labels`]: { dtype: 'I32', shape: [count], pieces: () => [bytesOf(labels)] },
  };
}
