/** How a run trains its network, for a script that trains the same code. */
import type { Config } from '../config/schema';
import type { AuxiliaryClassifier, TrainingRecipe } from '../generate/training';
import { trainingAugmentation } from '../job/data';
import { withAuxiliary } from '../network/auxiliary';
import type { GenotypeFile } from '../space/genotype';
import { planNetwork } from '../space/network';

/** @param config that trains: its `final.epochs` is above 0 */
export function recipeOf(config: Config, file: GenotypeFile): TrainingRecipe {
  const { final, data, seed } = config;
  return {
    ...final,
    ...{ seed, sampling: data.sampling, mixup: data.augmentation.mixup },
    augmentation: trainingAugmentation(config),
    auxiliary: auxiliaryOf(file, final.auxiliaryWeight),
  };
}

function auxiliaryOf({ genotype, network }: GenotypeFile, weight: number): AuxiliaryClassifier | undefined {
  if (weight === 0) return undefined;
  const { auxiliary } = withAuxiliary(planNetwork(genotype, network), weight);
  if (!auxiliary) return undefined;
  const { from, cell } = auxiliary;
  const { entry, output } = cell;
  return {
    ...{ weight, cell: from, inputs: cell.inputs[0]!.channels },
    ...{ bottleneck: entry.channels, filters: output.channels },
  };
}
