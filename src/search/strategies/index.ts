/** The registry of search strategies. A new one is one file and one line here. */
import type * as z from 'zod';
import type { GradientMethod } from '../strategy';
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

/** A strategy's section of a config, checked. */
export type StrategyOptions = z.output<(typeof strategies)[number]['options']>;

/** How the strategy of a section searches by gradients; undefined where it proposes architectures. */
export function gradientMethod(options: StrategyOptions): GradientMethod | undefined {
  const strategy = strategyNamed(options.type);
  if (strategy.kind !== 'gradient') return undefined;
  const method = strategy.method.bind(strategy) as (chosen: StrategyOptions) => GradientMethod;
  return method(options);
}
