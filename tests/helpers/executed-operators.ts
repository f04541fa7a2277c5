/** What ONNX Runtime makes of a model; for native tests only. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InferenceSession } from 'onnxruntime-node'
import type { Model } from '../../src-main/onnx/ir/model'
import { decodeModel } from '../../src-main/onnx/serde/decode-model'
import { encodeModel } from '../../src-main/onnx/serde/encode-model'

/** The operators of the main graph after all of the runtime's own rewriting, as `domain:type`. */
export async function executedOperators(model: Model, folder: string): Promise<string[]> {
  const optimizedModelFilePath = join(folder, 'optimized.onnx')
  const session = await InferenceSession.create(encodeModel(model), {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    // Silences the warning that the written graph is tuned for this machine.
    logSeverityLevel: 3,
    optimizedModelFilePath
  })
  await session.release()
  return decodeModel(readFileSync(optimizedModelFilePath)).graph.nodes.map(
    ({ domain, opType }) => `${domain}:${opType}`
  )
}
