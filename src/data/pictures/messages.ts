/** What the decoder's thread is asked for and what it answers. Both ends are of one program, so nothing is checked. */
import type { Fitting, ImageShape } from '../dataSet';
import type { PictureHeader } from './header';

export interface DecodeRequest {
  readonly id: number;
  readonly file: string;
  /** Of a picture that has no file of its own. */
  readonly bytes?: Uint8Array;
  readonly fitting: Fitting;
}

export type DecodeAnswer = {
  readonly id: number;
  /** Of the content of the file; undefined where there is none, or it was not read. */
  readonly hash?: string;
  /** Undefined where it cannot be read. */
  readonly header?: PictureHeader;
} & (
  | {
      readonly kind: 'picture';
      readonly pixels: Uint8Array;
      /** Once fitted. */
      readonly shape: ImageShape;
    }
  /** The file is broken or no picture. */
  | { readonly kind: 'broken'; readonly reason: string }
  /** The picture is sound, but does not come to the size that is wanted. */
  | { readonly kind: 'unfit'; readonly message: string; readonly hint: string }
);
