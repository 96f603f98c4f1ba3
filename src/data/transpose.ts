/** Images whose rows and columns are exchanged, as those of EMNIST (Cohen et al., 2017) are in its IDX files. */
import type { ImageSet } from './dataSet';

type Size = Pick<ImageSet, 'height' | 'width'>;

/** The size of an image once its rows have become columns. */
export function transposedSize({ height, width }: Size): Size {
  return { height: width, width: height };
}

/** Images [height, width, channels] as [width, height, channels], mirrored at the diagonal from top left. */
export function transposeImages(set: ImageSet): ImageSet {
  const { images: source, height, width, channels, count } = set;
  const images = new Uint8Array(source.length);
  let at = 0;
  for (let image = 0; image < count; image++) {
    for (let column = 0; column < width; column++) {
      for (let row = 0; row < height; row++) {
        const from = ((image * height + row) * width + column) * channels;
        for (let c = 0; c < channels; c++, at++) images[at] = source[from + c]!;
      }
    }
  }
  return { ...set, ...transposedSize(set), images };
}
