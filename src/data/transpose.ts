/** Images whose rows and columns are exchanged, as those of EMNIST (Cohen et al., 2017) are in its IDX files. */
import { type ImageSet, imageSize } from './dataSet';
import { HeldImages } from './images';

type Size = Pick<ImageSet, 'height' | 'width'>;

/** The size of an image once its rows have become columns. */
export function transposedSize({ height, width }: Size): Size {
  return { height: width, width: height };
}

/** Images [height, width, channels] as [width, height, channels], mirrored at the diagonal from top left. */
export function transposeImages(set: ImageSet): ImageSet {
  const { height, width, channels, count } = set;
  const bytes = new Uint8Array(count * imageSize(set));
  let at = 0;
  for (let image = 0; image < count; image++) {
    const source = set.images.at(image);
    for (let column = 0; column < width; column++) {
      for (let row = 0; row < height; row++) {
        const from = (row * width + column) * channels;
        for (let c = 0; c < channels; c++, at++) bytes[at] = source[from + c]!;
      }
    }
  }
  return { ...set, ...transposedSize(set), images: new HeldImages(bytes, imageSize(set)) };
}
