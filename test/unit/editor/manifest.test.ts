import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import manifest from '../../../package.json';
import * as ids from '../../../src/editor/ids';

const root = join(__dirname, '../../..');
const { contributes } = manifest;

describe('the manifest', () => {
  it('contributes the commands that the code registers, all of one category', () => {
    const contributed = contributes.commands.map(({ command }) => command);
    assert.deepEqual(contributed.toSorted(), Object.values(ids.commands).toSorted());
    assert.deepEqual([...new Set(contributes.commands.map(({ category }) => category))], ['NAS']);
  });

  it('offers in menus only commands that there are', () => {
    const offered = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
    const known: string[] = Object.values(ids.commands);
    assert.deepEqual(
      offered.filter((command) => !known.includes(command)),
      [],
    );
  });

  it('asks in its conditions only for context keys that the code sets', () => {
    const conditions = contributes.commands.flatMap(
      ({ enablement = '' }) => enablement.match(/nas\.\w+/g) ?? [],
    );
    assert.deepEqual([...new Set(conditions)].toSorted(), Object.values(ids.contextKeys).toSorted());
  });

  it('has the settings that the code reads', () => {
    const settings = Object.values(ids.settings).map((key) => `${ids.settingsSection}.${key}`);
    assert.deepEqual(Object.keys(contributes.configuration.properties).toSorted(), settings.toSorted());
  });

  it('restricts, where the workspace is not trusted, settings that exist', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    const known = Object.keys(contributes.configuration.properties);
    assert.deepEqual(
      restrictedConfigurations.filter((key) => !known.includes(key)),
      [],
    );
    assert.ok(restrictedConfigurations.includes(`nas.${ids.settings.nodePath}`));
  });

  it('starts the extension for configs and for pages that the editor brings back', () => {
    for (const type of [ids.dashboardViewType, ids.dataViewType])
      assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${type}`));
    assert.ok(manifest.activationEvents.includes(`workspaceContains:${ids.configPattern}`));
    assert.deepEqual(contributes.languages, [{ id: 'jsonc', extensions: [ids.configSuffix] }]);
    assert.deepEqual(contributes.jsonValidation[0]?.fileMatch, [`*${ids.configSuffix}`]);
  });

  it('names pictures and a schema that are there', () => {
    const files = [manifest.icon, ...contributes.jsonValidation.map(({ url }) => url)];
    assert.deepEqual(
      files.filter((file) => !existsSync(join(root, file))),
      [],
    );
  });
});

describe('what activation loads', () => {
  it('is no schema library and nothing of a search: that comes with the first command', async () => {
    const options = { bundle: true, splitting: true, write: false, metafile: true } as const;
    const { metafile } = await build({
      ...options,
      absWorkingDir: root,
      entryPoints: ['src/extension.ts'],
      outdir: 'unused',
      platform: 'node',
      format: 'esm',
      external: ['vscode'],
    });
    const outputs = metafile.outputs;
    const entry = Object.keys(outputs).find((file) => outputs[file]?.entryPoint === 'src/extension.ts')!;
    const loaded = new Set<string>();
    const load = (file: string): void => {
      const output = outputs[file];
      if (!output || loaded.has(file)) return;
      loaded.add(file);
      output.imports.filter(({ kind }) => kind === 'import-statement').forEach(({ path }) => load(path));
    };
    load(entry);
    const inputs = [...loaded].flatMap((file) => Object.entries(outputs[file]!.inputs));
    const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
    assert.ok(used.includes('src/editor/commands.ts'));
    const heavy = used.filter((file) =>
      /node_modules|src\/(config|worker|protocol|runs|generate|backend)\//.test(file),
    );
    assert.deepEqual(heavy, []);
    const all = Object.keys(metafile.inputs);
    assert.ok(all.some((file) => file.includes('node_modules/zod/')));
    assert.deepEqual(
      all.filter((file) => file.includes('@tensorflow')),
      [],
    );
  });
});
