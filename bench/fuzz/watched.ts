/** What a fuzz and its watchdog share. */
export interface Watched {
  /** [1], number of the file that is read; -1 while none is. */
  readonly file: Int32Array;
  /** [1], most bytes that the process held. */
  readonly peak: Float64Array;
}

export const limits = {
  /** Milliseconds of processors that a file may take. */
  hang: 1000,
  /** Milliseconds by the clock that a file may take: on a busy machine it may have to wait. */
  wait: 15_000,
  /** Milliseconds by the clock after which the process is ended. */
  end: 120_000,
  /** Bytes that the process may hold: the decoder of a picture of 100 million pixels, the most that are read, takes some 13 a pixel. */
  memory: 2e9,
} as const;
