/** What formats are called, apart from what writes them: the command line names them at every start. */
export const exportFormatNames = ['onnx', 'tfjs', 'pytorch'] as const;
export type ExportFormatName = (typeof exportFormatNames)[number];
