/** A Python file from what a framework writes for each of its parts. */
import type { GenotypeFile } from '../space/genotype';
import type { Block } from './blocks';
import {
  describeNetwork,
  type Bench201Description,
  type CellDescription,
  type ChainDescription,
  type MbconvDescription,
  type NetworkDescription,
} from './describe';
import { dataConstants, module } from './python';
import { bench201Section, cellPairSection, chainSection, mbconvSection } from './pythonTables';

export interface PythonFramework {
  /** Docstring and imports. @param code all that follows */
  header(description: NetworkDescription, code: string): string;
  /** A function from pixels to what the network expects. */
  readonly normalize: string;
  /** Functions and classes that the networks are made of. */
  helpers(description: NetworkDescription): readonly string[];
  block(block: Block): string;
  /** From the single operation to the whole network. */
  readonly networks: {
    cell(description: CellDescription): readonly string[];
    nasbench201(description: Bench201Description): readonly string[];
    chain(description: ChainDescription): readonly string[];
    mbconv(description: MbconvDescription): readonly string[];
  };
  main(description: NetworkDescription): string;
}

export function pythonFile(file: GenotypeFile, framework: PythonFramework): string {
  const description = describeNetwork(file);
  const table = genotypeTable(description);
  const code = [
    file.normalization ? framework.normalize : '',
    ...framework.helpers(description),
    ...description.blocks.map((block) => framework.block(block)),
    ...network(description, framework),
    framework.main(description),
  ];
  const header = framework.header(description, [table, ...code].join('\n'));
  return module([header, table, dataConstants(file), ...code]);
}

/** The genotype as a constant. */
function genotypeTable(description: NetworkDescription): string {
  switch (description.space) {
    case 'cell':
      return cellPairSection(description.file);
    case 'nasbench201':
      return bench201Section(description.file);
    case 'chain':
      return chainSection(description.file);
    case 'mbconv':
      return mbconvSection(description);
  }
}

function network(description: NetworkDescription, { networks }: PythonFramework): readonly string[] {
  switch (description.space) {
    case 'cell':
      return networks.cell(description);
    case 'nasbench201':
      return networks.nasbench201(description);
    case 'chain':
      return networks.chain(description);
    case 'mbconv':
      return networks.mbconv(description);
  }
}
