/** What a target language of code generation is. */
import type { GenotypeFile } from '../space/genotype';

export interface GenerateOptions {
  /**
   * Where trained weights are, from the code's folder on, with slashes: those of a run, or for PyTorch what its export wrote. Python
   * code then classifies pictures with them.
   */
  readonly weights?: string;
}

export interface Language {
  /** Unique; what `nas generate --language` takes. */
  readonly id: string;
  /** For a list to choose from. */
  readonly title: string;
  /** One sentence. */
  readonly description: string;
  /** Whether layers without effect are left out of its models, so that they count fewer parameters. */
  readonly functional: boolean;
  /** Whether its code is a program that classifies pictures, where it is told of weights (`GenerateOptions`). */
  readonly classifies: boolean;
  /** With the dot. */
  readonly extension: string;
  /** File name proposed for a network, from the name of its config; always safe as a file name. */
  fileName(file: GenotypeFile): string;
  /** The whole source text, ending in a newline. The same file and options always give the same text. */
  generate(file: GenotypeFile, options?: GenerateOptions): string;
}
