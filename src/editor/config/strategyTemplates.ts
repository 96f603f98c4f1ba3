/** A template for every strategy of the registry, in the space that shows it best. Pure. */
import { allEstimators, allSpaces, allStrategies, refusalOf } from '../../config/combinations';
import type { ConfigTemplate } from './configTemplate';

/** Where a strategy shows best what it can do; others start in the first space that they can search. */
const naturalSpaces: Readonly<Record<string, string>> = {
  random: 'nasbench201',
  reinforce: 'chain',
  evolution: 'chain',
  nsga2: 'mbconv',
  predictor: 'nasbench201',
};

export const strategyTemplates: readonly ConfigTemplate[] = allStrategies.flatMap((strategy) => {
  const usable = allSpaces.filter((space) => !refusalOf(space, strategy));
  const space = usable.find(({ name }) => name === naturalSpaces[strategy.name]) ?? usable[0];
  if (!space) return [];
  const sampling = strategy.kind === 'sampling';
  const estimator = allEstimators.find((each) => sampling && !refusalOf(space, strategy, each));
  const sections = [
    ['space', space] as const,
    ['strategy', strategy] as const,
    ...(estimator ? [['estimator', estimator] as const] : []),
  ].flatMap(([key, { name, description }]) => [
    `  // ${description}`,
    `  ${JSON.stringify(key)}: { "type": ${JSON.stringify(name)} },`,
  ]);
  const budget = sampling
    ? ['  // Architectures that are judged before the search ends.', '  "budget": { "trials": 20 },']
    : ['  // Epochs of the supernet.', '  "budget": { "epochs": 6 },'];
  const text = (name: string): string =>
    [
      `// A search of minutes with the strategy "${strategy.name}". Hover over a key to see what it does.`,
      '{',
      `  "name": ${JSON.stringify(name)},`,
      '  "preset": "laptop",',
      '  "seed": 1,',
      '  "data": { "set": "mnist" },',
      ...sections,
      ...budget,
      '  // Random networks with the same training show whether the search found anything.',
      '  "final": { "epochs": 4, "randomNetworks": 3 }',
      '}',
      '',
    ].join('\n');
  return {
    id: `strategy-${strategy.name}`,
    title: strategy.name,
    description: `in the space ${space.name}`,
    detail: strategy.description,
    fileName: `search-${strategy.name}`,
    text,
  };
});
