/**
 * What the check of a trained network's generated code came to: the code ran in a tensor library with the trained weights
 * on the whole test split, and every prediction was held against the engine's. Part of the events and of `result.json`.
 */
import * as z from 'zod';

const count = z.number().int().min(0);

export const proofSchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('compared'),
    /** What ran the code: `tensorflow`, `wasm` or `cpu`. */
    engine: z.string(),
    /** Of TensorFlow, else of TensorFlow.js. */
    version: z.string(),
    /** Size of the test split. */
    images: count,
    /** Images that the generated code classifies right, and that the engine does. */
    right: count,
    engineRight: count,
    /** Images of which the two predict different classes, without the near-ties. */
    differing: count,
    /** Images of which they do, and whose two classes are within `margin` for both: rounding decides there. */
    nearTies: count,
    /** Distance of two logits that counts as a tie, relative to the image's largest logit. */
    margin: z.number(),
    /** Largest difference of a logit, relative to the image's largest; two digits. */
    deviation: z.number(),
  }),
  z.object({
    /** The code does not compile, does not take the weights, or fails on an image. */
    outcome: z.literal('broken'),
    message: z.string(),
  }),
  z.object({
    /** Nothing is known of the code: no tensor library loads, or the process that ran it died. */
    outcome: z.literal('unchecked'),
    message: z.string(),
  }),
]);
export type Proof = z.infer<typeof proofSchema>;
export type ComparedProof = Extract<Proof, { outcome: 'compared' }>;

/** Whether the generated code is the network that was judged; undefined where that could not be found out. */
export function proofHolds(proof: Proof): boolean | undefined {
  if (proof.outcome === 'unchecked') return undefined;
  return proof.outcome === 'compared' && proof.differing === 0;
}

const whole = (n: number): string => n.toLocaleString('en-US');

function libraryOf({ engine, version }: ComparedProof): string {
  if (engine === 'tensorflow') return `TensorFlow ${version}`;
  return `TensorFlow.js ${version} (${engine === 'wasm' ? 'WebAssembly' : 'plain JavaScript'})`;
}

function ties({ nearTies, margin }: ComparedProof): string {
  const are = nearTies === 1 ? 'is' : 'are';
  return `${whole(nearTies)} more ${are} within ${margin} of a tie`;
}

/** The check in one sentence, which says what is wrong where anything is. */
export function describeProof(proof: Proof): string {
  switch (proof.outcome) {
    case 'compared': {
      const { images, right, engineRight, differing, nearTies, deviation } = proof;
      const where = `hecked in ${libraryOf(proof)}: ${whole(right)} of ${whole(images)} right`;
      if (differing === 0 && nearTies === 0) return `C${where}, all predictions equal`;
      if (differing === 0) {
        return `C${where}, all predictions equal but ${whole(nearTies)} within ${proof.margin} of a tie`;
      }
      const but = nearTies > 0 ? ` (${ties(proof)})` : '';
      return (
        `The generated code is NOT the network that was judged. C${where}, the engine has ${whole(engineRight)}; ` +
        `${whole(differing)} ${differing === 1 ? 'prediction differs' : 'predictions differ'}${but}, ` +
        `logits by up to ${(100 * deviation).toPrecision(2)} %`
      );
    }
    case 'broken':
      return `The generated code does NOT run with the trained weights: ${proof.message}`;
    case 'unchecked':
      return `The generated code was not checked: ${proof.message}`;
  }
}

/** What a person does about a check that failed. */
export const failedProofHint =
  'Trust neither the code nor the accuracy before this is explained, and report it with the run folder: one of the two is wrong.';
