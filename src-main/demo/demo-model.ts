import type { Model } from '../onnx/ir/model'
import { conformerCtc, demoConformer, subsampling } from './conformer-ctc'

/** The characters that the demo's model says, in the order of its classes; `▁` begins a word. */
const symbols = ['<blk>', '▁', ...'abcdefghijklmnopqrstuvwxyz'] as const

/** A model with everything that must stand beside it. */
export interface DemoModel {
  readonly model: Model
  /** The content of tokens.txt: `<symbol> <class>` per line. */
  readonly tokensText: string
}

/**
 * The demo's model before its training. Its metadata are those of a NeMo export as sherpa-onnx reads them.
 *
 * - `seed` decides the weights.
 */
export function demoModel(seed: number): DemoModel {
  const classes = symbols.length
  const network = conformerCtc({ ...demoConformer, classes }, seed)
  const metadataProps = new Map([
    ['model_type', 'EncDecCTCModel'],
    ['normalize_type', 'per_feature'],
    ['subsampling_factor', String(subsampling)],
    ['vocab_size', String(classes)],
    ['model_author', 'Lathe']
  ])
  return {
    model: { ...network, metadataProps },
    tokensText: symbols.map((symbol, id) => `${symbol} ${id}\n`).join('')
  }
}
