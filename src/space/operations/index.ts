/** The registry of operations, those of DARTS first and in its order. A new operation is one file and one line here. */
import { avgPool3x3 } from './avgPool';
import { conv1x1, conv3x3, conv5x5, conv7x1x1x7 } from './convolution';
import { dilConv3x3, dilConv5x5 } from './dilatedConvolution';
import { givesZeros } from '../layers';
import { maxPool3x3 } from './maxPool';
import { none } from './none';
import type { Operation } from './operation';
import { sepConv3x3, sepConv5x5, sepConv7x7 } from './separableConvolution';
import { skipConnect } from './skipConnect';

export const operations: readonly Operation[] = [
  none,
  maxPool3x3,
  avgPool3x3,
  skipConnect,
  sepConv3x3,
  sepConv5x5,
  dilConv3x3,
  dilConv5x5,
  conv1x1,
  conv3x3,
  conv5x5,
  conv7x1x1x7,
  sepConv7x7,
];

export const operationNames: readonly string[] = operations.map((operation) => operation.name);

/** What DARTS searches over, and what a config does that names no operations. */
export const dartsOperations: readonly string[] = [
  none,
  maxPool3x3,
  avgPool3x3,
  skipConnect,
  sepConv3x3,
  sepConv5x5,
  dilConv3x3,
  dilConv5x5,
].map((operation) => operation.name);

const namesByAlias = new Map(
  operations.flatMap(({ name, aliases = [] }) => aliases.map((alias) => [alias, name] as const)),
);

/** The registered name where the field has another one for the same operation; any other text as it is. */
export function canonicalOperation(name: string): string {
  return namesByAlias.get(name) ?? name;
}

/** Without case, signs and the name of the module that Python writes before it. */
const bare = (name: string): string =>
  name
    .replace(/^.*\./, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

/** Registered names by what people write for them, without signs; names come before aliases, and these before what is near. */
const namesByWriting = new Map([
  ...operations.flatMap(({ name, nearNames = [] }) => nearNames.map((near) => [bare(near), name] as const)),
  ...[...namesByAlias].map(([alias, name]) => [bare(alias), name] as const),
  ...operationNames.map((name) => [bare(name), name] as const),
]);

/** The operation that is meant by what is no name and no alias, e.g. `SeparableConv2D`; undefined where none is. */
export function operationMeant(written: string): string | undefined {
  return namesByWriting.get(bare(written));
}

/** @throws RangeError for a name that is not registered; configs and genotypes are checked before they get here */
export function operationNamed(name: string): Operation {
  const found = operations.find((operation) => operation.name === name);
  if (!found)
    throw new RangeError(`There is no operation "${name}". Registered: ${operationNames.join(', ')}.`);
  return found;
}

/** Whether an operation lets anything through: all do but those whose output is zeros. A name that is unknown counts as one. */
export function isConnection(name: string): boolean {
  const found = operations.find((operation) => operation.name === name);
  return !found || !givesZeros(found.layers({ channels: 1, stride: 1, affine: true }));
}

export type { Operation, OperationFamily, OperationSite } from './operation';
