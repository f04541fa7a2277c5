/**
 * From this size on a model that is made only to be run goes to a file with its weights beside it, and a model is not loaded
 * only to see that it loads: ONNX Runtime holds a model twice while it prepares it, and nothing else that is done without
 * audio needs more than one layer at a time.
 */
const largeModelBytes = 2 ** 27

/** Whether a model is run from a file only, and only where that is asked for, by giving audio. */
export function isLargeModel(sizeBytes: number): boolean {
  return sizeBytes >= largeModelBytes
}
