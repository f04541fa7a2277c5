import { join } from 'node:path'
import { demoModel } from '../../demo/demo-model'
import { encodeModel } from '../../onnx/serde/encode-model'
import { writeFile } from '../../workspace/files'

/** Writes the demo's untrained model into `folder`, model.onnx and tokens.txt. */
export async function writeDemoModel({
  folder,
  seed
}: {
  readonly folder: string
  readonly seed: number
}): Promise<void> {
  const { model, tokensText } = demoModel(seed)
  await writeFile(join(folder, 'tokens.txt'), new TextEncoder().encode(tokensText))
  await writeFile(join(folder, 'model.onnx'), encodeModel(model))
}
