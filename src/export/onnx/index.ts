/** ONNX files of trained networks, in the format's own schema (`onnx.proto`, from the package onnx 1.23.2, Apache-2.0). */
import { readFileSync } from 'node:fs';
import { parse, type Type } from 'protobufjs';
import { builtFile } from '../../builtFile';
import type { GenotypeFile } from '../../space/genotype';
import type { GraphOptions } from '../graphWriter';
import { fittingStructure, type TrainedWeights } from '../../network/trainedWeights';
import { floats, opset, type Attribute, type Node, type Tensor } from './graph';
import { OnnxWriter } from './network';

/** Version of the file's form that belongs to `opset`. */
const irVersion = 8;
/** Numbers that the schema gives to types. */
const float = 1;
const int64 = 7;
const attributeTypes = { float: 1, integer: 2, string: 3, integers: 7 };

export interface OnnxFileOptions extends GraphOptions {
  /** Images at a time; any number unless it is told. */
  readonly batch?: number;
}

let modelType: Type | undefined;

function model(): Type {
  // The schema names fields as Python does; so does this file.
  modelType ??= parse(readFileSync(builtFile('onnx.proto'), 'utf8'), { keepCase: true }).root.lookupType(
    'onnx.ModelProto',
  );
  return modelType;
}

function attributeOf(name: string, value: Attribute): object {
  if (typeof value === 'string') return { name, type: attributeTypes.string, s: Buffer.from(value) };
  if (typeof value !== 'number') return { name, type: attributeTypes.integers, ints: value };
  if (floats.has(name)) return { name, type: attributeTypes.float, f: value };
  return { name, type: attributeTypes.integer, i: value };
}

function nodeOf({ name, operator, inputs, attributes }: Node): object {
  const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value));
  return { name, op_type: operator, input: inputs, output: [name], attribute };
}

function tensorOf({ name, shape, values }: Tensor): object {
  const { buffer, byteOffset, byteLength } = values;
  const raw = new Uint8Array(buffer, byteOffset, byteLength);
  return { name, dims: shape, data_type: values instanceof Float32Array ? float : int64, raw_data: raw };
}

/** @param batch a number, or the name of a dimension that may be any */
function valueOf(name: string, batch: number | string, shape: readonly number[]): object {
  const first = typeof batch === 'number' ? { dim_value: batch } : { dim_param: batch };
  const dim = [first, ...shape.map((size) => ({ dim_value: size }))];
  return { name, type: { tensor_type: { elem_type: float, shape: { dim } } } };
}

/**
 * A file that computes logits [N, classes] of normalized images [N, C, H, W], or as `options` say.
 * @throws RangeError for weights of another network
 */
export function encodeOnnx(
  file: GenotypeFile,
  trained: TrainedWeights,
  options: OnnxFileOptions = {},
): Uint8Array {
  const structure = fittingStructure(file, trained);
  const writer = new OnnxWriter(structure, trained, file);
  const { input, output } = writer.network(options);
  const { graph } = writer;
  const { plan } = structure;
  const batch = options.batch ?? 'batch';
  const { height, width, channels: inputs } = plan.input;
  const about = {
    genotype: JSON.stringify(file),
    ...(file.classNames && { classes: JSON.stringify(file.classNames) }),
    input: options.rawPixels ? 'pixels 0 to 255' : normalizationText(file),
  };
  return model()
    .encode({
      ir_version: irVersion,
      producer_name: 'NAS Workbench',
      producer_version: file.origin.tool,
      doc_string: `An image classifier found by neural architecture search: ${file.origin.name}.`,
      opset_import: [{ domain: '', version: opset }],
      metadata_props: Object.entries(about).map(([key, value]) => ({ key, value })),
      graph: {
        name: 'network',
        node: graph.nodes.map(nodeOf),
        initializer: graph.tensors.map(tensorOf),
        input: [valueOf(input, batch, [inputs, height, width])],
        output: [valueOf(output, batch, [plan.classes])],
      },
    })
    .finish();
}

function normalizationText({ normalization }: GenotypeFile): string {
  if (!normalization) return 'normalized';
  const { mean, deviation } = normalization;
  return `(pixels / 255 - mean) / deviation, with mean ${JSON.stringify(mean)} and deviation ${JSON.stringify(deviation)}`;
}
