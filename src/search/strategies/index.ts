/** The registry of search strategies. A new one is one file and one line here. */
import { darts } from './darts';
import { evolution } from './evolution';
import { nsga2 } from './nsga2';
import { pcDarts } from './pcDarts';
import { predictor } from './predictor';
import { random } from './random';
import { reinforce } from './reinforce';

export const strategies = [darts, pcDarts, random, reinforce, evolution, nsga2, predictor] as const;

export type StrategyName = (typeof strategies)[number]['name'];

export function strategyNamed(name: StrategyName): (typeof strategies)[number] {
  return strategies.find((strategy) => strategy.name === name)!;
}
