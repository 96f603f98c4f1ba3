/** What zod found wrong with a config, in words for the person who wrote it: what is wrong, and what would be right. */
import { distance } from 'fastest-levenshtein';
import type * as z from 'zod';
import { formerNames, type Finding } from '../describe';
import { operationMeant } from '../space/operations';
import { checkArchitecture } from './architecture';
import { chooserAt, kindsAt, keysAt, schemaAt, valueAt } from './schemaAt';
import { isRecord, kindOf } from './sections';

/** The known word nearest to what was written, if one is near enough to be meant. */
export function didYouMean(written: string, known: readonly string[]): string | undefined {
  const ranked = known.map((word) => ({ word, d: distance(written.toLowerCase(), word.toLowerCase()) }));
  ranked.sort((a, b) => a.d - b.d);
  const best = ranked[0];
  return best && best.d <= Math.max(2, Math.floor(best.word.length / 3)) ? best.word : undefined;
}

/** Suggests what the field calls an operation of that name, or else the nearest by its letters. */
function nearest(written: string, known: readonly string[]): string | undefined {
  const meant = operationMeant(written);
  return meant !== undefined && known.includes(meant) ? meant : didYouMean(written, known);
}

function suggestion(written: unknown, known: readonly string[]): string {
  const near = typeof written === 'string' ? nearest(written, known) : undefined;
  return near ? `Did you mean "${near}"?` : `Use one of: ${known.join(', ')}.`;
}

function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return JSON.stringify(value) ?? 'nothing';
}

const typeNames: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text in quotes',
  boolean: 'true or false',
  array: 'a list in [ ]',
  record: 'an object in { }',
  object: 'an object in { }',
};

/** What a key is called that had another name before. */
function renamed(key: string, path: Finding['path'], input: unknown): string | undefined {
  const shape: Readonly<Record<string, z.ZodType>> = keysAt(path, input)?.shape ?? {};
  const now = Object.keys(shape).find((name) => formerNames.get(shape[name]!)?.name === key);
  return now && `It is called "${now}" now. Did you mean "${now}"?`;
}

/** An unknown key: a slip, or one of another kind of the same section. */
function explainKey(key: string, path: Finding['path'], input: unknown): Finding {
  const known = Object.keys(keysAt(path, input)?.shape ?? {});
  const owners = kindsAt(path, input).filter(({ shape }) => key in shape);
  const message = `There is no key "${key}" here.`;
  const at = { path: [...path, key], message, atKey: true };
  if (owners.length === 0) return { ...at, hint: renamed(key, path, input) ?? suggestion(key, known) };
  const chooser = chooserAt(path, input);
  const names = owners.map((owner) => `"${chooser}": "${kindOf(owner, chooser)}"`).join(' or ');
  const type = valueAt(input, [...path, chooser]);
  const here =
    typeof type === 'string' ? `"${type}" has: ${known.join(', ')}.` : 'Add it, or remove the key.';
  return { ...at, hint: `It is a key of ${names}. ${here}` };
}

/** A value that is of none of several forms: what is wrong with it as the form that it is nearest to. */
function explainUnion(issue: z.core.$ZodIssueInvalidUnion, path: Finding['path'], input: unknown): Finding[] {
  const around = path.slice(0, -1);
  const chooser = chooserAt(around, input);
  const kinds = kindsAt(around, input).map((kind) => kindOf(kind, chooser));
  const written = valueAt(input, path);
  if (path.join('.') === 'architecture' && isRecord(written)) {
    const checked = checkArchitecture(written);
    if ('path' in checked) return [checked];
  }
  if (kinds.length > 0 && path.at(-1) === chooser) {
    return [
      { path, message: `${describeValue(written)} is not a known value.`, hint: suggestion(written, kinds) },
    ];
  }
  // A choice among words: first those that are offered, then other names of theirs.
  const [first] = issue.errors[0] ?? [];
  if (first?.code === 'invalid_value' && first.path.length === 0 && first.values.length > 1) {
    const hint = suggestion(written, first.values.map(String));
    return [{ path, message: `${describeValue(written)} is not a known value.`, hint }];
  }
  const near = issue.errors.find((issues) =>
    issues.every(
      ({ code, path: inner }) => inner.length > 0 || !['invalid_type', 'invalid_value'].includes(code),
    ),
  );
  if (near) return near.flatMap((inner) => explain({ ...inner, path: [...path, ...inner.path] }, input));
  return [{ path, message: `${describeValue(written)} cannot stand here.`, hint: description(path, input) }];
}

function description(path: Finding['path'], input: unknown): string | undefined {
  return (schemaAt(path, input) as z.ZodType | undefined)?.description;
}

/** @param input what was checked: what is written over the preset */
export function explain(issue: z.core.$ZodIssue, input: unknown): Finding[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  const written = valueAt(input, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => explainKey(key, path, input));
    case 'invalid_union':
      return explainUnion(issue, path, input);
    case 'invalid_value': {
      const message = `${describeValue(written)} is not a known value.`;
      return [{ path, message, hint: suggestion(written, issue.values.map(String)) }];
    }
    case 'invalid_type': {
      if (written === undefined) {
        return [{ path, message: 'This key is missing.', hint: description(path, input) }];
      }
      const hint = `It has to be ${typeNames[issue.expected] ?? issue.expected}.`;
      return [{ path, message: `${describeValue(written)} is of the wrong type.`, hint }];
    }
    case 'too_small': {
      const than = issue.inclusive ? 'at least' : 'more than';
      const what = issue.origin === 'array' ? `${than} ${issue.minimum} entries` : `${than} ${issue.minimum}`;
      return [{ path, message: `${describeValue(written)} is too small.`, hint: `It has to be ${what}.` }];
    }
    case 'too_big': {
      const than = issue.inclusive ? 'at most' : 'less than';
      const hint = `It has to be ${than} ${issue.maximum}.`;
      return [{ path, message: `${describeValue(written)} is too large.`, hint }];
    }
    default:
      return [{ path, message: issue.message }];
  }
}
