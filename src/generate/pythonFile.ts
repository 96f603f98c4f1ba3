/** A Python file from what a framework writes for each of its parts. */
import type { GenotypeFile } from '../space/genotype';
import type { Block } from './blocks';
import { ask, describeNetwork, type BySpace, type NetworkDescription } from './describe';
import type { GenerateOptions } from './language';
import { dataConstants, module } from './python';
import { pictureProgram, readsPictures, weightsConstant, type PictureFramework } from './pythonPictures';

/** What is written for the networks of one space. */
export interface PythonCode {
  /** The genotype as a constant. */
  readonly table: string;
  /** From the single operation to the whole network. */
  readonly network: readonly string[];
}

export interface PythonFramework {
  /** Docstring and imports. @param code all that follows */
  header(description: NetworkDescription, code: string): string;
  /** How a training takes the class weights: a sentence of one line. */
  readonly weighting: string;
  /** A function from pixels to what the network expects. */
  readonly normalize: string;
  /** Functions and classes that the networks are made of. */
  helpers(description: NetworkDescription): readonly string[];
  block(block: Block): string;
  /** A function that loads trained weights, where the framework has none. */
  readonly load?: string;
  readonly skeletons: BySpace<PythonCode>;
  main(description: NetworkDescription): string;
  readonly pictures: PictureFramework;
}

export function pythonFile(
  file: GenotypeFile,
  framework: PythonFramework,
  options: GenerateOptions = {},
): string {
  const pictures = readsPictures(file, options);
  const description = describeNetwork(file);
  const { table, network } = ask(framework.skeletons, description);
  const code = [
    file.normalization ? framework.normalize : '',
    ...framework.helpers(description),
    ...description.blocks.map((block) => framework.block(block)),
    ...network,
    framework.load ?? '',
    ...(pictures ? pictureProgram(file, framework.pictures) : [framework.main(description)]),
  ];
  const constants = [dataConstants(file, framework.weighting), pictures ? weightsConstant(options) : ''];
  const header = framework.header(description, [table, ...constants, ...code].join('\n'));
  return module([header, table, constants.filter(Boolean).join('\n'), ...code]);
}
