/** What formats are called, apart from what writes them: the command line names them at every start. */
export const exportFormatNames = ['onnx', 'tfjs', 'pytorch'] as const;
export type ExportFormatName = (typeof exportFormatNames)[number];
/** Formats that Python makes. */
export const convertedFormatNames = ['keras', 'litert', 'litert-int8'] as const;
export type ConvertedFormatName = (typeof convertedFormatNames)[number];
