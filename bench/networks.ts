/**
 * Sixty random networks, fifteen of each space, trained for a few steps on handwritten digits and then computed by everything that their
 * files are for, on 1,000 test pictures of 14 × 14: `npm run bench:networks`, or with another number of each space behind `--`. It ends with
 * an error where logits are further apart than 1e-4, more than one prediction in a thousand differs, or a framework counts other parameters
 * than `nas inspect`.
 */
import { compareEverywhere, randomNetworks } from './support/randomNetworks';

const allowed = { logits: 1e-4, predictions: 0.001 };

async function main(): Promise<void> {
  const networks = await randomNetworks(Array<number>(4).fill(Number(process.argv[2] ?? 15)));
  const { stored, images, parameters, missing } = networks;
  console.error(`Trained ${stored.length} networks.`);
  console.log(
    `${stored.length} networks of ${Math.min(...parameters)} to ${Math.max(...parameters)} parameters, ${images} pictures`,
  );
  if (missing.length > 0) console.log(`Operations that none of them has: ${missing.join(', ')}`);
  console.log(
    '| computed by | largest difference of logits | networks with one above 1e-4 | the same by the largest logit | most predictions of a network that differ | parameters |',
  );
  console.log('| --- | --- | --- | --- | --- | --- |');
  let held = missing.length === 0;
  for (const { name, apart, relative, differing, countsAlike } of await compareEverywhere(networks)) {
    const largest = Math.max(...apart);
    const most = Math.max(...differing);
    held &&= largest <= allowed.logits && most <= allowed.predictions * images && countsAlike !== false;
    const beyond = apart.filter((distance) => distance > allowed.logits).length;
    const equal = countsAlike === undefined ? '' : countsAlike ? 'all equal' : 'differ';
    const cells = [largest.toExponential(1), beyond, Math.max(...relative).toExponential(1), most, equal];
    console.log(`| ${[name, ...cells].join(' | ')} |`);
  }
  if (!held) throw new Error('Not all networks are the same everywhere.');
}

void main();
