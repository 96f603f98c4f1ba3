/**
 * Instructions of the kernel machine. In the comments: operands (places in memory) first, then plain numbers after the
 * semicolon. What each does stands at the function of the same name in this folder.
 */
export enum Opcode {
  /** x, w, y; pixels, inputs, outputs, accumulate */
  pointwise,
  /** x, dy, dw; pixels, inputs, outputs */
  pointwiseFilterGradient,
  /** x, w, y; height, width, channels, size, stride, dilation, xRow, yRow, accumulate */
  depthwise,
  /** x, dy, dw; height, width, channels, size, stride, dilation, xRow */
  depthwiseFilterGradient,
  /** dx, w, dy; height, width, channels, size, stride, dilation, xRow */
  depthwiseScatter,
  /** z, sums; pixels, channels */
  statistics,
  /** g, z, mean, sums; pixels, channels */
  products,
  /** g, z, mean, scale, shift, sums; pixels, channels */
  maskedProducts,
  /** z, scale, shift, y; pixels, channels */
  affine,
  /** z, scale, y; pixels, channels */
  scaledAdd,
  /** z, scale, shift, gate, y; pixels, channels */
  gatedAdd,
  /** vectors, y; terms, pixels, channels */
  fill,
  /** x, y; count */
  add,
  /** x, factor, y; count */
  multipleAdd,
  /** x, factor, y; count */
  multiple,
  /** g, x, sum; count */
  dot,
  /** g, z, k, dz; pixels, channels, accumulate */
  gradient,
  /** sums, moments; chunks, channels, count */
  forwardMoments,
  /** moments, gamma, beta, weight, scale, shift; channels */
  foldAffine,
  /** sums, moments, gamma, beta, weight, k, dGamma, dBeta, dWeight; chunks, channels, count */
  backwardMoments,
  /** table, y; chunks */
  sumDoubles,
  /** x, y; chunks, count */
  sumChunks,
  /** w, scale, y; inputs, outputs */
  scaleColumns,
  /** w, y; inputs, outputs */
  transpose,
  /** w, y; taps, channels */
  turn,
  /** x, y; height, width, channels, rows, columns, size, stride, border */
  maxPool,
  /** x, y, dy, dx; height, width, channels, rows, columns, size, stride, border */
  maxPoolGradient,
  /** x, y; height, width, channels, rows, columns, size, stride, border */
  avgPool,
  /** dy, dx; height, width, channels, rows, columns, size, stride, border */
  avgPoolGradient,
  /** x, y; height, width, channels, yRow, relu */
  pad,
  /** z, scale, shift, y; height, width, channels, yRow, relu */
  padNormalized,
  /** g, x, dx; height, width, channels, gRow, masked */
  addInside,
  /** x; bytes */
  clear,
  /** x, y; height, width, channels, xRow */
  subsample,
  /** dy, dx; height, width, channels, xRow */
  subsampleAdd,
  /** x, y; height, width, channels, size, stride, xRow */
  columns,
  /** dy, dx; height, width, channels, size, stride, xRow */
  columnsAdd,
  /** x, y, table; pixels, xChannels, yChannels, count */
  moveChannels,
  /** x, features; pixels, channels */
  poolFeatures,
  /** dFeatures, dx; pixels, channels */
  poolFeaturesGradient,
  /** features, w, b, label, score, dLogits; inputs, classes, batch */
  classify,
  /** features, dLogits, dw, db; inputs, classes */
  classifierFilterGradient,
  /** w, dLogits, dFeatures; inputs, classes */
  classifierInputGradient,
}
