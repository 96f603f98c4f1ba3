/** What a published text form of architectures is. */
import type { Genotype, GenotypeFile } from '../space/genotype';

/** An architecture that was read from a text. */
export interface PublishedArchitecture {
  /** What the text calls it. */
  readonly name?: string;
  /** To be checked by the schema of its space. */
  readonly genotype: unknown;
  /** The network of the publication, where the reader does not want another. */
  readonly network: GenotypeFile['network'];
}

export interface PublishedForm {
  /** For messages: whose it is, and what it looks like. */
  readonly title: string;
  /**
   * All architectures of this form in a text; none where there are none.
   * @throws UserError for one that is begun and cannot be read
   */
  read(text: string): PublishedArchitecture[];
  /**
   * The text of an architecture, without a line break at its end; undefined where the form has none for it.
   * @param name a name as programs have them
   * @param network around it, of which a form may say a part
   */
  write(genotype: Genotype, name: string, network: GenotypeFile['network']): string | undefined;
}
