/** The parts that the networks of a config are put together from: what a latency table of it has to hold. */
import { completeChoices, wishesOf } from '../cost/smallest';
import { networkParts, partKey, type Part } from '../cost/parts';
import type { Config } from '../config/schema';
import { Random } from '../random';
import type { NetworkPlan } from '../space/plan';
import type { NetworkFrame } from '../space/frame';
import type { Genotype } from '../space/genotype';
import { planNetwork } from '../space/network';
import type { SearchSpace } from '../space/searchSpace';
import { finalNetwork, usesSupernet } from '../job/plan';

/** Networks drawn in a row without a new part, after which there are taken to be no more. */
const patience = 400;

/**
 * The parts of the final networks, and of the supernet where one is searched (what each candidate costs there). Final
 * networks are taken from one architecture with each of its choices changed in turn, then drawn until nothing new comes up.
 * @param known parts that a table holds already: whoever asks again, for a rare one that was missed, draws others
 */
export function configParts(
  config: Config,
  space: SearchSpace,
  frame: NetworkFrame,
  known = 0,
): Map<string, Part> {
  const parts = new Map<string, Part>();
  /** @returns whether it had anything new */
  const add = (plan: NetworkPlan): boolean => {
    const before = parts.size;
    for (const part of networkParts(plan)) {
      const key = partKey(part);
      if (!parts.has(key)) parts.set(key, part);
    }
    return parts.size > before;
  };
  // At the full width of the channels, as expected costs count it.
  if (usesSupernet(config) && space.supernet) add(space.supernet.plan(frame));
  const network = finalNetwork(config, frame);
  const random = Random.fromSeed(config.seed, `latency parts ${known}`);
  for (const genotype of neighbours(space, space.sample(random))) add(planNetwork(genotype, network));
  for (let vain = 0; vain < patience; vain++) {
    if (add(planNetwork(space.sample(random), network))) vain = 0;
  }
  return parts;
}

/** An architecture and all that differ from it in one choice. */
function neighbours(space: SearchSpace, genotype: Genotype): Genotype[] {
  const choices = space.toChoices(genotype);
  const wishes = wishesOf(space, choices);
  return choices.flatMap((_, at) => {
    const before = choices.slice(0, at);
    return space
      .decide(before)!
      .options.map((_, option) => space.fromChoices(completeChoices(space, [...before, option], wishes)));
  });
}
