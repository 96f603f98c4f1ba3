/** Training scripts of generated code: the recipe of a run, over pictures that lie beside them. */
import type { GenotypeFile } from '../../space/genotype';
import type { Language } from '../language';
import { plainLine, slug, wrap } from '../text';
import { kerasTraining } from './keras';
import { usesPillow, type ScriptFacts } from './pythonData';
import { pytorchTraining } from './pytorch';
import { possibleRecipe, type TrainingRecipe } from './recipe';
import { typescriptTraining } from './typescript';

export type { AuxiliaryClassifier, TrainingRecipe } from './recipe';

interface Writer {
  readonly write: (facts: ScriptFacts, lines: readonly string[]) => string;
  /** Whether the framework's own world has operations on bytes of pictures. */
  readonly turns: boolean;
  /** Beside the frameworks, which the code needs. */
  readonly needs: (recipe: TrainingRecipe) => string;
  readonly tryIt: (name: string) => string;
  readonly outName: (base: string) => string;
}

const pillow = (recipe: TrainingRecipe): string => (usesPillow(recipe) ? 'NumPy, Pillow' : 'NumPy');

const writers: Readonly<Record<string, Writer>> = {
  pytorch: {
    write: pytorchTraining,
    turns: true,
    needs: (recipe) => `PyTorch, ${pillow(recipe)} and safetensors`,
    tryIt: (name) => `python ${name} --epochs 1`,
    outName: (base) => `${base}-trained-torch.safetensors`,
  },
  keras: {
    write: kerasTraining,
    turns: true,
    needs: (recipe) => `Keras 3, ${pillow(recipe)} and safetensors`,
    tryIt: (name) => `python ${name} --epochs 1`,
    outName: (base) => `${base}-trained.safetensors`,
  },
  typescript: {
    write: typescriptTraining,
    turns: false,
    needs: () => 'TensorFlow.js and Node (@tensorflow/tfjs-node is many times faster)',
    tryIt: (name) => `npx tsx ${name} 1`,
    outName: (base) => `${base}-trained.safetensors`,
  },
};

/** File of the pictures, beside the code of every language. */
export function dataName({ origin }: GenotypeFile): string {
  return `${slug(origin.name, '-')}-data.safetensors`;
}

/**
 * A script that trains the code of a network from new weights as its run did.
 * @param file with the normalization, since the script gives the code pixels
 * @param codeName file of the code, in the same folder
 */
export function trainingScript(
  file: GenotypeFile,
  language: Language,
  codeName: string,
  asked: TrainingRecipe,
): { readonly name: string; readonly text: string } {
  const writer = writers[language.id];
  if (!writer) throw new RangeError(`There is no training of ${language.title} code.`);
  const { network, origin } = file;
  const { channels } = network.input;
  const canTurn = writer.turns && (channels === 1 || channels === 3);
  const { recipe, leftOut } = possibleRecipe(asked, file.genotype.space, canTurn);
  const module = codeName.replace(/\.(py|ts)$/, '');
  const name = language.extension === '.py' ? `train_${codeName}` : `${module}.train${language.extension}`;
  const lines = [
    `Trains the network of ${codeName} from new weights.`,
    '',
    ...wrap(`The recipe is that of the run ${plainLine(origin.runId) || plainLine(origin.name)}.`, 76),
    ...(leftOut.length > 0 ? wrap(`What it leaves out of it: ${leftOut.join(', ')}.`, 76) : []),
    '',
    `Try it: ${writer.tryIt(name)}`,
    ...wrap(`It needs ${writer.needs(recipe)}, and is yours to use, change and share.`, 76),
  ];
  const facts: ScriptFacts = {
    ...{ module, recipe, channels, classes: network.classes },
    dataName: dataName(file),
    outName: writer.outName(slug(origin.name, '-')),
    hasClassWeights: file.classWeights !== undefined,
  };
  return { name, text: writer.write(facts, lines) };
}
