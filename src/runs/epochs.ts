/** Genotypes of earlier epochs of a gradient search, from its event log: for choosing one from before a collapse. */
import { UserError } from '../errors';
import type { GenotypeFile } from '../space/genotype';
import { requireEventLog } from './eventLog';
import { pastGenotypes } from './pastGenotypes';
import type { RunFolder } from './runFolder';

/**
 * The genotype file of a run as it was at the end of one epoch.
 * @param epoch counted from 1, as views show it
 * @throws UserError when the run has no such epoch, or its log is damaged
 */
export function genotypeOfEpoch(folder: RunFolder, epoch: number): GenotypeFile {
  const file = folder.readGenotype();
  const ofEpochs = pastGenotypes(requireEventLog(folder.eventsPath).events).filter(
    ({ kind }) => kind === 'epoch',
  );
  const found = ofEpochs.find(({ index }) => index === epoch - 1);
  if (file && found) {
    return { ...file, genotype: found.genotype, origin: { ...file.origin, epoch: found.index } };
  }
  const last = 1 + Math.max(-1, ...ofEpochs.map(({ index }) => index));
  throw new UserError(
    `${folder.path} has no genotype of epoch ${epoch}.`,
    last > 0
      ? `Epochs 1 to ${last} have one.`
      : 'Only searches of a gradient strategy have one for every epoch; leave --epoch out to take the best architecture.',
    'no-epoch',
  );
}
