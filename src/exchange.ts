/** What architectures and trained networks come in and go out with: a bundle of its own, which the editor loads when it is needed. */
export { codeWeights, type CodeWeights } from './export/codeWeights';
export { writeExported } from './export/file';
export { exportFormats, type ExportOptions } from './export/formats';
export { convertedFormats, type ConvertedFormat } from './export/python/formats';
export {
  importPublished,
  networkText,
  publishedNames,
  publishedText,
  sizeText,
  type NetworkChoice,
} from './published';
