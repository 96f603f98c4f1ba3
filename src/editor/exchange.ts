/** Loads what comes in and goes out: its libraries would be a seventh of what the editor reads when it starts. */
import { createRequire } from 'node:module';
import { builtFile } from '../builtFile';
import type * as exchange from '../exchange';

export function loadExchange(): typeof exchange {
  return createRequire(__filename)(builtFile('exchange.js')) as typeof exchange;
}
